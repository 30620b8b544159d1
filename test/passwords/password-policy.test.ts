import { expect } from 'chai';
import fc from 'fast-check';
import { PasswordPolicy } from '../../src/passwords/index.js';
import { UsersSetupError } from '../../src/runtime/setup-error.js';

describe('PasswordPolicy', () => {
  const policy = new PasswordPolicy();

  it('takes a good password', () => {
    for (const password of [
      'correct horse battery staple',
      'tr0ub4dor&3xy',
      '        nine      ',
      'пароль из слов',
      '😀😁😂🤣😃😄😅😆',
    ]) {
      expect(policy.reasonAgainst(password, { email: 'ada@example.com' }), password).to.equal(null);
    }
  });

  it('asks for no digits, capitals or signs', () => {
    expect(policy.reasonAgainst('justsomelowercasewords')).to.equal(null);
  });

  describe('length', () => {
    it('refuses fewer than 8 code points and says how many are needed', () => {
      expect(policy.reasonAgainst('')).to.match(/too short.*at least 8/);
      expect(policy.reasonAgainst('xkq-7wz')).to.match(/too short/);
      expect(policy.reasonAgainst('xkq-7wzv')).to.equal(null);
    });

    it('refuses more than 256 code points and says how many are allowed', () => {
      expect(policy.reasonAgainst('xkq7'.repeat(64))).to.equal(null);
      expect(policy.reasonAgainst(`${'xkq7'.repeat(64)}x`)).to.match(/too long.*at most 256/);
      expect(policy.reasonAgainst('x'.repeat(10_000_000))).to.match(/too long/);
    });

    it('counts code points, not UTF-16 units or bytes', () => {
      expect(policy.reasonAgainst('😀'.repeat(7))).to.match(/too short/);
      expect(policy.reasonAgainst('😀'.repeat(8))).to.equal(null);
      expect(policy.reasonAgainst('😀'.repeat(256))).to.equal(null);
      expect(policy.reasonAgainst('😀'.repeat(257))).to.match(/too long/);
    });

    it('counts after NFC', () => {
      expect(policy.reasonAgainst('e\u0301'.repeat(7))).to.match(/too short/);
      expect(policy.reasonAgainst('e\u0301'.repeat(256))).to.equal(null);
    });

    it('is an option', () => {
      const strict = new PasswordPolicy({ minLength: 15, maxLength: 64 });
      expect(strict.reasonAgainst('xkq-7wzv')).to.match(/at least 15/);
      expect(strict.reasonAgainst('xkq7'.repeat(16))).to.equal(null);
      expect(strict.reasonAgainst(`${'xkq7'.repeat(16)}x`)).to.match(/at most 64/);
    });

    it('is refused as an option where it makes no sense', () => {
      for (const options of [
        { minLength: 7 },
        { minLength: 8.5 },
        { minLength: 65 },
        { maxLength: 63 },
        { maxLength: 1025 },
        { maxLength: Number.NaN },
      ]) {
        expect(() => new PasswordPolicy(options), JSON.stringify(options)).to.throw(UsersSetupError, Object.keys(options)[0]);
      }
    });
  });

  describe('common passwords', () => {
    it('refuses them in any case', () => {
      const common = [
        'password',
        'password1',
        '12345678',
        'qwertyuiop',
        'iloveyou1',
        'Password123',
        'PASSWORD',
        'p@ssw0rd',
        'trustno1',
      ];
      for (const password of [
        ...common,
        '11111111',
        'aaaaaaaa',
        'abcdefgh',
        '87654321',
        '19841984',
        'qwerty123',
        'Football',
        'changeme',
        'pa$$w0rd',
      ]) {
        expect(policy.reasonAgainst(password), password).to.match(/too common/);
      }
    });

    it('refuses them in full-width letters', () => {
      expect(policy.reasonAgainst('ｐａｓｓｗｏｒｄ１')).to.match(/too common/);
    });

    it('takes a password that only holds a common one', () => {
      expect(policy.reasonAgainst('password of the year')).to.equal(null);
      expect(policy.reasonAgainst('qwertyuiop[')).to.equal(null);
    });

    it('is not fooled by line breaks', () => {
      for (const password of ['password\n12345678', '\npassword', 'password\n', '\n\n\n\n\n\n\n\n']) {
        expect(policy.reasonAgainst(password), JSON.stringify(password)).to.equal(null);
      }
    });
  });

  describe('the address', () => {
    const email = 'ada.lovelace@example.com';

    it('is refused in any case, whole or its local part', () => {
      for (const password of [email, email.toUpperCase(), 'Ada.Lovelace', ' ada.lovelace ']) {
        expect(policy.reasonAgainst(password, { email }), password).to.match(/e-mail address/);
      }
    });

    it('is found whatever the case and form of the address that is given', () => {
      expect(policy.reasonAgainst('jose\u0301-maria', { email: ' JOS\u00c9-Maria@Example.com ' })).to.match(/e-mail address/);
    });

    it('may be a part of a password', () => {
      expect(policy.reasonAgainst('ada.lovelace wrote the first program', { email })).to.equal(null);
    });

    it('does not matter when there is none', () => {
      expect(policy.reasonAgainst('xkq-7wzv', {})).to.equal(null);
      expect(policy.reasonAgainst('xkq-7wzv', { email: '' })).to.equal(null);
      expect(policy.reasonAgainst('xkq-7wzv', { email: 'no address' })).to.equal(null);
    });
  });

  it('answers with null or a sentence that does not repeat the password, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: 'binary' }), (password, email) => {
        const reason = policy.reasonAgainst(password, { email });
        expect(reason === null || /^The password is .*\.$/.test(reason)).to.equal(true);
      }),
    );
    expect(policy.reasonAgainst('\ud800\udbff lone surrogates \udc00')).to.equal(null);
  });
});
