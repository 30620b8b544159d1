import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { Argon2Hasher } from '../../../src/passwords/argon2/index.js';
import { UsersSetupError } from '../../../src/runtime/setup-error.js';

describe('Argon2Hasher', () => {
  const hasher = new Argon2Hasher({ memoryKiB: 7168, passes: 1 });
  // Published by the tests of the reference implementation (phc-winner-argon2, src/test.c).
  const published = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  const publishedOld = '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ';

  it('makes Argon2id hashes with 19 MiB, 2 passes and 1 lane unless told', async () => {
    expect(await new Argon2Hasher().hash('correct horse')).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await new Argon2Hasher({ memoryKiB: 8192, passes: 3, parallelism: 2 }).hash('correct horse')).to.include(
      '$m=8192,t=3,p=2$',
    );
  });

  it('knows the password it was made of, of any length and with any characters', async () => {
    for (const password of ['', 'correct horse', 'x'.repeat(4096), 'nul\0nul', '😀'.repeat(256), '\ud800 alone']) {
      const hash = await hasher.hash(password);
      expect(await hasher.verify(password, hash)).to.equal(true);
      expect(await hasher.verify(`${password}!`, hash)).to.equal(false);
    }
  });

  it('reads hashes of other implementations', async () => {
    expect(await hasher.verify('password', published)).to.equal(true);
    expect(await hasher.verify('passwort', published)).to.equal(false);
    expect(await hasher.verify('password', publishedOld)).to.equal(true);
  });

  it('answers false for a hash that is cut, garbled, of another form, or of a cost that would exhaust the machine', async () => {
    const costly = ['m=4194304,t=2,p=1', 'm=65536,t=99,p=1', 'm=65536,t=2,p=99'];
    const garbled = [
      '',
      '$argon2id$',
      published.slice(0, -40),
      `${published}\n`,
      published.replace('argon2id', 'argon2x'),
      'plain text',
    ];
    for (const hash of [...garbled, ...costly.map((cost) => published.replace('m=65536,t=2,p=1', cost))]) {
      expect(hasher.recognizes(hash), hash).to.equal(false);
      expect(await hasher.verify('password', hash), hash).to.equal(false);
    }
  });

  it('answers false for base64 that does not decode', async () => {
    const hash = '$argon2id$v=19$m=7168,t=1,p=1$AAAAAAAAAAAAA$CTFhFdXPJO1aFaMaO6Mm5';
    expect(await hasher.verify('password', hash)).to.equal(false);
  });

  it('asks for a new hash when memory, passes, variant or version are behind', async () => {
    const hash = await hasher.hash('correct horse');
    expect(hasher.needsRehash(hash)).to.equal(false);
    expect(hasher.needsRehash(published)).to.equal(false);
    expect(new Argon2Hasher().needsRehash(hash)).to.equal(true);
    expect(new Argon2Hasher({ memoryKiB: 7168, passes: 2 }).needsRehash(hash)).to.equal(true);
    expect(hasher.needsRehash(publishedOld)).to.equal(true);
    expect(hasher.needsRehash(published.replace('argon2id', 'argon2d'))).to.equal(true);
  });

  it('refuses options out of range', () => {
    for (const options of [{ memoryKiB: 1024 }, { passes: 0 }, { parallelism: 1.5 }, { memoryKiB: 2_000_000 }]) {
      expect(() => new Argon2Hasher(options), JSON.stringify(options)).to.throw(UsersSetupError, Object.keys(options)[0]);
    }
  });

  describe('without its package', () => {
    let folder = '';

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'argon2-'));
      const built = fileURLToPath(new URL('../../../src/', import.meta.url));
      for (const part of ['passwords/argon2', 'runtime']) {
        await cp(join(built, part), join(folder, part), { recursive: true });
      }
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
      await writeFile(
        join(folder, 'try.js'),
        `import { Argon2Hasher } from './passwords/argon2/index.js';
        const hasher = new Argon2Hasher();
        const error = await hasher.hash('correct horse').catch((thrown) => thrown);
        console.log(JSON.stringify({ faults: hasher.faults(), name: error.name, message: error.message }));`,
      );
    });

    after(() => rm(folder, { recursive: true }));

    it('says what to install, at start and at the first use', async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'try.js')]);
      const outcome: { faults: string[]; name: string; message: string } = JSON.parse(stdout);
      expect(outcome.faults).to.deep.equal(['Argon2Hasher needs the package @node-rs/argon2: npm install @node-rs/argon2']);
      expect(outcome.name).to.equal('UsersSetupError');
      expect(outcome.message).to.include('npm install @node-rs/argon2');
    });
  });

  it('finds no fault where the package is there', () => {
    expect(hasher.faults()).to.deep.equal([]);
  });
});
