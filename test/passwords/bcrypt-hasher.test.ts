import { createHash, createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { expect } from 'chai';
import { BcryptHasher } from '../../src/passwords/index.js';
import { UsersSetupError } from '../../src/runtime/setup-error.js';
import { weakBcrypt } from './weak-hashers.js';

describe('BcryptHasher', () => {
  const hasher = weakBcrypt();
  const seventyTwo = 'a'.repeat(72);

  describe('hash', () => {
    it('makes a usual bcrypt hash that other systems can read', async () => {
      const hash = await hasher.hash('correct horse battery staple');
      expect(hash).to.match(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
      expect(await bcrypt.compare('correct horse battery staple', hash)).to.equal(true);
    });

    it('salts each hash anew', async () => {
      expect(await hasher.hash('one password')).to.not.equal(await hasher.hash('one password'));
    });

    it('keeps the usual form up to 72 bytes of UTF-8', async () => {
      expect(await hasher.hash(seventyTwo)).to.match(/^\$2b\$/);
      expect(await hasher.hash('é'.repeat(36))).to.match(/^\$2b\$/);
    });

    it('has a form of its own for longer passwords and for those with a NUL', async () => {
      for (const password of [`${seventyTwo}b`, 'é'.repeat(37), 'with a \0 inside', '\0'.repeat(8)]) {
        expect(await hasher.hash(password)).to.match(/^\$rcu-bcrypt-sha384\$2b\$04\$[./A-Za-z0-9]{53}$/);
      }
    });
  });

  describe('verify', () => {
    it('knows the password it was made of, of any length and with any characters', async () => {
      const passwords = [
        '',
        'correct horse',
        seventyTwo,
        `${seventyTwo}b`,
        'x'.repeat(4096),
        'nul\0nul',
        '😀'.repeat(256),
        '\ud800 alone',
      ];
      for (const password of passwords) {
        const hash = await hasher.hash(password);
        expect(await hasher.verify(password, hash), hash).to.equal(true);
        expect(await hasher.verify(`${password}!`, hash), hash).to.equal(false);
      }
    });

    it('does not cut at 72 bytes', async () => {
      const hash = await hasher.hash(`${seventyTwo}b`);
      expect(await hasher.verify(`${seventyTwo}Z`, hash)).to.equal(false);
      expect(await hasher.verify(seventyTwo, hash)).to.equal(false);
      expect(await hasher.verify(`${seventyTwo}Z`, await hasher.hash(seventyTwo))).to.equal(false);
    });

    it('does not cut at a NUL', async () => {
      expect(await hasher.verify('password', await hasher.hash('password\0tail'))).to.equal(false);
      expect(await hasher.verify('password\0tail', await hasher.hash('password'))).to.equal(false);
      expect(await hasher.verify('password\0other', await hasher.hash('password\0tail'))).to.equal(false);
    });

    it('does not wrap at 255 bytes', async () => {
      const hash = await hasher.hash('a'.repeat(256));
      expect(await hasher.verify('', hash)).to.equal(false);
      expect(await hasher.verify('a', hash)).to.equal(false);
    });

    it('does not take the condensed input of a long password for the password', async () => {
      const password = `${seventyTwo}b`;
      const hash = await hasher.hash(password);
      const salt = hash.slice('$rcu-bcrypt-sha384$2b$04$'.length, -31);
      const condensed = createHmac('sha384', 'routing-controllers-users/bcrypt/sha384/1')
        .update(`${salt}$${password}`)
        .digest('base64');
      expect(await bcrypt.compare(condensed, hash.slice('$rcu-bcrypt-sha384'.length)), 'it is what bcrypt was given').to.equal(
        true,
      );
      expect(await hasher.verify(condensed, hash)).to.equal(false);
    });

    it('does not take a long password for the short one that bcrypt was given', async () => {
      const password = `${seventyTwo}b`;
      const salt = await bcrypt.genSalt(4);
      const condensed = createHmac('sha384', 'routing-controllers-users/bcrypt/sha384/1')
        .update(`${salt.slice(7)}$${password}`)
        .digest('base64');
      const plain = await bcrypt.hash(condensed, salt);
      expect(await hasher.verify(condensed, plain)).to.equal(true);
      expect(await hasher.verify(password, plain)).to.equal(false);
    });

    it('does not give bcrypt a digest that other sites may have leaked', async () => {
      const password = `${seventyTwo}b`;
      const bare = (await hasher.hash(password)).slice('$rcu-bcrypt-sha384'.length);
      for (const algorithm of ['sha256', 'sha384', 'sha512']) {
        expect(await bcrypt.compare(createHash(algorithm).update(password).digest('base64'), bare)).to.equal(false);
      }
    });

    it('reads $2a$, $2b$ and $2y$ hashes of other systems', async () => {
      // Published by jBCrypt's tests and by PHP's manual (password_verify).
      expect(await hasher.verify('abc', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i')).to.equal(true);
      expect(await hasher.verify('rasmuslerdorf', '$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a')).to.equal(true);
      expect(await hasher.verify('rasmuslerdork', '$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a')).to.equal(
        false,
      );
    });

    it('answers false for a hash that is cut, garbled or of another form', async () => {
      const hash = await hasher.hash('correct horse');
      const garbled = [
        '',
        '$',
        '$2b$',
        hash.slice(0, -1),
        `${hash}x`,
        `${hash}\n`,
        hash.replace('$04$', '$99$'),
        hash.replace('$2b$', '$2x$'),
      ];
      for (const value of [
        ...garbled,
        `$rcu-bcrypt-sha384${hash.slice(0, -1)}`,
        `$rcu-bcrypt-sha512${hash}`,
        '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA',
      ]) {
        expect(await hasher.verify('correct horse', value), value).to.equal(false);
        expect(hasher.recognizes(value), value).to.equal(false);
      }
    });
  });

  describe('recognizes', () => {
    const ofCost = (cost: number) => [`$2b$${cost}$${'a'.repeat(53)}`, `$rcu-bcrypt-sha384$2b$${cost}$${'a'.repeat(53)}`];

    it('takes hashes that are worked off in seconds, and those of its own cost', () => {
      for (const hash of ofCost(16)) expect(hasher.recognizes(hash), hash).to.equal(true);
      for (const hash of ofCost(18)) expect(new BcryptHasher({ cost: 18 }).recognizes(hash), hash).to.equal(true);
    });

    it('takes none that would hold a thread for minutes or a day', async () => {
      for (const hash of [...ofCost(17), ...ofCost(31)]) {
        expect(hasher.recognizes(hash), hash).to.equal(false);
        expect(await hasher.verify('correct horse', hash), hash).to.equal(false);
      }
      for (const hash of ofCost(19)) expect(new BcryptHasher({ cost: 18 }).recognizes(hash), hash).to.equal(false);
    });
  });

  describe('needsRehash', () => {
    it('asks for a new hash when the cost was lower', async () => {
      expect(weakBcrypt(5).needsRehash(await hasher.hash('correct horse'))).to.equal(true);
      expect(weakBcrypt(5).needsRehash(await hasher.hash(`${seventyTwo}b`))).to.equal(true);
    });

    it('asks for a new hash when the form is an older one', () => {
      expect(hasher.needsRehash('$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i')).to.equal(true);
      expect(hasher.needsRehash('$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a')).to.equal(true);
    });

    it('leaves hashes of the same or a higher cost', async () => {
      expect(hasher.needsRehash(await hasher.hash('correct horse'))).to.equal(false);
      expect(hasher.needsRehash(await hasher.hash(`${seventyTwo}b`))).to.equal(false);
      expect(hasher.needsRehash(await weakBcrypt(5).hash('correct horse'))).to.equal(false);
    });
  });

  describe('its cost', () => {
    it('is 12 unless told', async () => {
      expect(await new BcryptHasher().hash('correct horse')).to.match(/^\$2b\$12\$/);
    });

    it('is refused where it is no whole number from 10 to 31', () => {
      for (const cost of [0, 4, 9, 32, 12.5, Number.NaN]) {
        expect(() => new BcryptHasher({ cost }), String(cost)).to.throw(UsersSetupError, 'from 10 to 31');
      }
    });

    it('may be lower only under a name to stop at', () => {
      expect(() => new BcryptHasher({ cost: 9 })).to.throw('dangerouslyAllowWeakCost: true');
      expect(() => weakBcrypt(3)).to.throw(UsersSetupError, 'from 4 to 31');
    });
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await new BcryptHasher({ cost: 10 }).hash('correct horse');
    clearInterval(timer);
    expect(turns).to.be.greaterThan(5);
  });
});
