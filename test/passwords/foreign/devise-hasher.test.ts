import { expect } from 'chai';
import { BcryptHasher, DeviseHasher } from '../../../src/passwords/index.js';
import { UsersSetupError } from '../../../src/runtime/setup-error.js';
import { itReadsForeignHashes } from './foreign-hashers.js';

// The hashes were made by crypt(3) of libxcrypt, whose bcrypt is the one that Ruby's gem contains.
describe('DeviseHasher', () => {
  const pepper = `${'8f4b2c'.repeat(21)}0a`;
  const hasher = new DeviseHasher({ pepper });
  const encrypted = '$2a$05$abcdefghijklmnopqrstuu6C2lJ7UJEvXC0Zbko0UN4ZObQH0IW1O';

  itReadsForeignHashes(hasher, 'correct horse', DeviseHasher.tag(encrypted));

  it('reads a pepper that bcrypt has room for', async () => {
    const short = new DeviseHasher({ pepper: 'tiny-pepper' });
    const hash = DeviseHasher.tag('$2a$05$abcdefghijklmnopqrstuuKfvuyD30MFyPaWoTWtNfnNSUE2rEVEC');
    expect(await short.verify('short pepper pw', hash)).to.equal(true);
    expect(await hasher.verify('short pepper pw', hash)).to.equal(false);
  });

  it('reads a password that leaves the pepper a part of the room, also within a character', async () => {
    const hash = DeviseHasher.tag('$2a$05$abcdefghijklmnopqrstuutqmwyYxIESRllKEZWr96AM497jRfAVW');
    expect(await hasher.verify(`pässwort-mit-${'x'.repeat(52)}`, hash)).to.equal(true);
  });

  it('refuses a password that Devise would have cut', async () => {
    const hash = DeviseHasher.tag('$2a$05$abcdefghijklmnopqrstuu7a0rSGTeOoXVYK5DhvpMYGhUA70z8VG');
    expect(await hasher.verify('y'.repeat(90), hash)).to.equal(false);
    expect(await hasher.verify('y'.repeat(80), hash)).to.equal(false);
  });

  it('refuses a NUL, which would hide the pepper', async () => {
    expect(await hasher.verify('correct horse\0', DeviseHasher.tag(encrypted))).to.equal(false);
  });

  it('is told from plain bcrypt by its tag', async () => {
    expect(hasher.recognizes(encrypted)).to.equal(false);
    expect(new BcryptHasher().recognizes(DeviseHasher.tag(encrypted))).to.equal(false);
  });

  it('reads no hash that would hold a thread for minutes', () => {
    expect(hasher.recognizes(DeviseHasher.tag(encrypted.replace('$05$', '$16$')))).to.equal(true);
    expect(hasher.recognizes(DeviseHasher.tag(encrypted.replace('$05$', '$17$')))).to.equal(false);
  });

  it('needs a pepper', () => {
    expect(() => new DeviseHasher({ pepper: '' })).to.throw(UsersSetupError, 'config.pepper');
  });
});
