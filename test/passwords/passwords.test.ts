import { expect } from 'chai';
import { ServiceUnavailableError } from '../../src/http/http.errors.js';
import { BreachedPasswords, HashQueue, InvalidPasswordError, PasswordPolicy, Passwords } from '../../src/passwords/index.js';
import { CountingHasher, weakBcrypt } from './weak-hashers.js';

describe('Passwords', () => {
  describe('normalize', () => {
    it('puts a password in NFC and changes nothing else', () => {
      const passwords = new Passwords({ hashers: [weakBcrypt()] });
      expect(passwords.normalize('Cafe\u0301')).to.equal('Caf\u00e9');
      expect(passwords.normalize('  ＡＢＣ ﬁ\0\ud800 ')).to.equal('  ＡＢＣ ﬁ\0\ud800 ');
    });
  });

  describe('check', () => {
    it('throws the reason of the policy', () => {
      const passwords = new Passwords({ policy: new PasswordPolicy({ minLength: 10 }) });
      expect(() => passwords.check('xkq-7wzv', {}))
        .to.throw(InvalidPasswordError)
        .with.property('reason')
        .that.matches(/at least 10/);
      expect(() => passwords.check('xkq-7wzv-12', {})).to.not.throw();
    });

    it('knows the address', () => {
      expect(() => new Passwords().check('ada.lovelace', { email: 'ada.lovelace@example.com' })).to.throw(InvalidPasswordError);
    });
  });

  describe('checkBreached', () => {
    it('is off unless the app gives a list', async () => {
      await new Passwords().checkBreached('password');
    });

    it('refuses what is known from a breach', async () => {
      const passwords = new Passwords({ breached: new BreachedPasswords(async (digest) => digest.startsWith('5BAA6')) });
      const error = await passwords.checkBreached('password').catch((thrown: unknown) => thrown);
      expect(error)
        .to.be.instanceOf(InvalidPasswordError)
        .with.property('reason')
        .that.matches(/data breach/);
      await passwords.checkBreached('correct horse battery staple');
    });
  });

  describe('hash', () => {
    it('hashes by the first hasher', async () => {
      const passwords = new Passwords({ hashers: [new CountingHasher('new'), new CountingHasher('old')] });
      expect(await passwords.hash('correct horse')).to.equal('$new$correct horse');
    });

    it('hashes by bcrypt at cost 12 unless told', async () => {
      expect(await new Passwords().hash('correct horse')).to.match(/^\$2b\$12\$/);
    });

    it('makes one hash form of one password typed on two systems', async () => {
      const passwords = new Passwords({ hashers: [weakBcrypt()] });
      const hash = await passwords.hash('cafe\u0301 au lait');
      expect((await passwords.verify('caf\u00e9 au lait', hash)).valid).to.equal(true);
      expect((await passwords.verify('cafe\u0301 au lait', hash)).valid).to.equal(true);
    });

    it('refuses more than 4096 bytes, which could never be verified', async () => {
      const passwords = new Passwords({ hashers: [new CountingHasher('new')] });
      expect(await passwords.hash('x'.repeat(4096))).to.have.length(4096 + 5);
      for (const password of ['x'.repeat(4097), 'é'.repeat(2049), 'x'.repeat(10_000_000)]) {
        const error = await passwords.hash(password).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(InvalidPasswordError);
      }
    });
  });

  describe('verify', () => {
    it('knows the right password', async () => {
      const passwords = new Passwords({ hashers: [weakBcrypt()] });
      const hash = await passwords.hash('correct horse');
      expect(await passwords.verify('correct horse', hash)).to.deep.equal({ valid: true, renewedHash: null });
    });

    it('refuses a wrong one', async () => {
      const passwords = new Passwords({ hashers: [weakBcrypt()] });
      const hash = await passwords.hash('correct horse');
      expect(await passwords.verify('Correct horse', hash)).to.deep.equal({ valid: false, renewedHash: null });
      expect(await passwords.verify('', hash)).to.deep.equal({ valid: false, renewedHash: null });
    });

    it('asks the first hasher that recognizes the hash', async () => {
      const [first, second, third] = [new CountingHasher('new'), new CountingHasher('old'), new CountingHasher('old')];
      const passwords = new Passwords({ hashers: [first, second, third] });
      expect((await passwords.verify('correct horse', '$old$correct horse')).valid).to.equal(true);
      expect([second.calls, third.calls]).to.deep.equal([['verify'], []]);
    });

    describe('an outdated hash', () => {
      it('is renewed by the first hasher when another verified it', async () => {
        const passwords = new Passwords({ hashers: [new CountingHasher('new'), new CountingHasher('old')] });
        expect(await passwords.verify('correct horse', '$old$correct horse')).to.deep.equal({
          valid: true,
          renewedHash: '$new$correct horse',
        });
      });

      it('is renewed when its hasher asks for it', async () => {
        const passwords = new Passwords({ hashers: [weakBcrypt(5)] });
        const { valid, renewedHash } = await passwords.verify('correct horse', await weakBcrypt(4).hash('correct horse'));
        expect(valid).to.equal(true);
        expect(renewedHash).to.match(/^\$2b\$05\$/);
        expect((await passwords.verify('correct horse', renewedHash)).valid).to.equal(true);
      });

      it('is not renewed by a wrong password, which takes as long', async () => {
        const [first, second] = [new CountingHasher('new'), new CountingHasher('old')];
        const passwords = new Passwords({ hashers: [first, second] });
        expect(await passwords.verify('wrong', '$old$correct horse')).to.deep.equal({ valid: false, renewedHash: null });
        expect([first.calls.length, second.calls.length]).to.deep.equal([1, 1]);
      });
    });

    describe('a user who is unknown or has no password', () => {
      it('is refused after the work of one hash, from the first request on', async () => {
        for (const hash of [null, undefined, '']) {
          const hasher = new CountingHasher('new');
          const passwords = new Passwords({ hashers: [hasher] });
          for (let count = 1; count <= 3; count++) {
            expect(await passwords.verify('', hash)).to.deep.equal({ valid: false, renewedHash: null });
            expect(hasher.calls).to.have.length(count);
          }
        }
      });

      it('costs one hash each when many come at once before the first is done', async () => {
        const hasher = new CountingHasher('new');
        const passwords = new Passwords({ hashers: [hasher], queue: new HashQueue({ concurrency: 4 }) });
        await Promise.all(Array.from({ length: 20 }, () => passwords.verify('correct horse', null)));
        expect(hasher.calls).to.have.length(20);
      });

      it('takes the time of a known one', async () => {
        const passwords = new Passwords({ hashers: [weakBcrypt(9)] });
        const hash = await passwords.hash('correct horse');
        const known: number[] = [];
        const unknown: number[] = [];
        for (let count = 0; count < 15; count++) {
          unknown.push(await millisecondsOf(() => passwords.verify('wrong password', null)));
          known.push(await millisecondsOf(() => passwords.verify('wrong password', hash)));
        }
        expect(median(unknown) / median(known)).to.be.within(0.6, 1.6);
      });
    });

    describe('a hash of no known form', () => {
      it('is refused after the same work, and reported without the hash', async () => {
        const reports: unknown[][] = [];
        const hasher = new CountingHasher('new');
        const passwords = new Passwords({
          hashers: [hasher],
          onUnrecognizedHash: (...values: unknown[]) => reports.push(values),
        });
        expect(await passwords.verify('correct horse', 'correct horse')).to.deep.equal({ valid: false, renewedHash: null });
        expect(hasher.calls).to.have.length(1);
        expect(reports).to.deep.equal([[]]);
      });

      it('is not reported where there is no hash', async () => {
        const passwords = new Passwords({
          hashers: [weakBcrypt()],
          onUnrecognizedHash: () => expect.fail('there was nothing to recognize'),
        });
        await passwords.verify('correct horse', null);
      });
    });

    it('refuses more than 4096 bytes unread, after the same work', async () => {
      const hasher = new CountingHasher('new');
      const passwords = new Passwords({ hashers: [hasher] });
      for (const password of ['x'.repeat(4097), 'é'.repeat(2049), '\ufb2c'.repeat(1000), 'x'.repeat(10_000_000)]) {
        expect((await passwords.verify(password, `$new$${password}`)).valid, `${password.length}`).to.equal(false);
      }
      expect(hasher.calls).to.deep.equal(['hash', 'verify', 'verify', 'verify']);
    });
  });

  it('sends all work through the queue, and tells when that is full', async () => {
    const passwords = new Passwords({ hashers: [weakBcrypt()], queue: new HashQueue({ concurrency: 1, maxQueued: 0 }) });
    const hash = await passwords.hash('correct horse');
    const busy = passwords.hash('correct horse');
    const attempts = [
      passwords.hash('correct horse'),
      passwords.verify('correct horse', hash),
      passwords.verify('correct horse', null),
      passwords.verify('correct horse', 'no known form'),
    ];
    for (const outcome of await Promise.allSettled(attempts)) {
      expect(outcome.status === 'rejected' && outcome.reason).to.be.instanceOf(ServiceUnavailableError);
    }
    await busy;
  });

  it('counts the work against the client', async () => {
    const clients: (string | undefined)[] = [];
    class SeeingQueue extends HashQueue {
      override run<T>(client: string | undefined, job: () => Promise<T>): Promise<T> {
        clients.push(client);
        return super.run(client, job);
      }
    }
    const passwords = new Passwords({ hashers: [weakBcrypt()], queue: new SeeingQueue() });
    await passwords.hash('correct horse', '192.0.2.1');
    await passwords.verify('correct horse', null, '192.0.2.2');
    await passwords.hash('correct horse');
    expect(clients).to.deep.equal(['192.0.2.1', '192.0.2.2', undefined]);
  });
});

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
