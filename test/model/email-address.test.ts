import { expect } from 'chai';
import { validate } from 'class-validator';
import { EMAIL_MAX_LENGTH, IsEmailAddress, normalizeEmail } from '../../src/model/index.js';

class Body {
  @IsEmailAddress()
  email: unknown;
}

/** The characters that addresses are attacked with, and ordinary ones between. */
const ALPHABET = [...'abcdefghijABC0123aZ9.@-_+é\u0301\u0130ıſKＡ＠．\u200b\u202eß𝒜"<>(),;: \t\n\0\ud800ı𐐀xn--'];

describe('normalizeEmail', () => {
  for (const [input, normalized] of [
    ['ada@example.com', 'ada@example.com'],
    ['  Ada@EXAMPLE.com\n', 'ada@example.com'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['JOSE\u0301@example.com', 'jos\u00e9@example.com'],
    ['\u212Aim@example.com', 'kim@example.com'],
    ['ada+tag@example.com', 'ada+tag@example.com'],
    ["o'hara!#$%&*/=?^_`{|}~-@example.com", "o'hara!#$%&*/=?^_`{|}~-@example.com"],
    ['ada@BÜCHER.example', 'ada@bücher.example'],
    ['ada@xn--bcher-kva.example', 'ada@bücher.example'],
    ['用户@例子.公司', '用户@例子.公司'],
    ['a@b.co', 'a@b.co'],
    ['ada@sub.sub.example.com', 'ada@sub.sub.example.com'],
  ] as const) {
    it(`puts ${JSON.stringify(input)} in the form ${normalized}`, () => {
      expect(normalizeEmail(input)).to.equal(normalized);
    });
  }

  for (const [what, inputs] of [
    ['what is no text', [undefined, null, 1, true, {}, [], ['ada@example.com'], { toString: () => 'ada@example.com' }]],
    [
      'half an address',
      ['', ' ', '@', 'ada', 'example.com', 'ada@', '@example.com', 'ada@example', 'ada@localhost', 'ada@.com', 'ada@example.'],
    ],
    ['two addresses', ['a@b.com,c@d.com', 'a@b.com c@d.com', 'a@b.com;c@d.com', 'a@b@c.com', 'a@b.com\nc@d.com']],
    ['a name or a comment beside it', ['Ada <ada@example.com>', '<ada@example.com>', 'ada(x)@example.com', 'ada@example.com(x)']],
    ['a quoted local part', ['"ada"@example.com', '"a b"@example.com', '"a@b"@example.com', 'a\\@b@example.com']],
    [
      'dots where none belong',
      ['.ada@example.com', 'ada.@example.com', 'a..da@example.com', 'ada@example..com', 'ada@example.com.'],
    ],
    ['hyphens where none belong', ['ada@-example.com', 'ada@example-.com', 'ada@example.-com']],
    [
      'an address of a computer',
      ['ada@127.0.0.1', 'ada@[127.0.0.1]', 'ada@[IPv6:::1]', 'ada@2130706433', 'ada@0x7f.1', 'ada@example.123', 'ada@１.2.3.4'],
    ],
    ['control characters', ['a\0da@example.com', 'ada\r\n@example.com', 'ada@exam\tple.com', 'ada\u007f@example.com']],
    [
      'characters that turn the text or are not seen',
      [
        'a\u202eda@example.com',
        'a\u200bda@example.com',
        'a\ufeffda@example.com',
        'a\u034fda@example.com',
        'ada@exa\u00admple.com',
      ],
    ],
    [
      'full-width and other look-alikes',
      ['ada＠example.com', 'ａda@example.com', 'ada@ｅxample.com', 'ada@example．com', 'ada@example。com', 'aﬁ@example.com'],
    ],
    ['half a pair', ['a\ud800@example.com', 'a\udc00@example.com']],
    ['a name that punycode does not have', ['ada@xn--a.example', 'ada@xn--.example', 'ada@xn--999999999.example']],
  ] as const) {
    it(`refuses ${what}`, () => {
      for (const input of inputs) expect(normalizeEmail(input), JSON.stringify(input)).to.equal(null);
    });
  }

  it('counts code points: 64 before the @, 63 in a label, 254 in all', () => {
    expect(normalizeEmail(`${'a'.repeat(64)}@example.com`)).not.to.equal(null);
    expect(normalizeEmail(`${'a'.repeat(65)}@example.com`)).to.equal(null);
    expect(normalizeEmail(`${'𐐨'.repeat(64)}@example.com`)).not.to.equal(null);
    expect(normalizeEmail(`a@${'a'.repeat(63)}.com`)).not.to.equal(null);
    expect(normalizeEmail(`a@${'a'.repeat(64)}.com`)).to.equal(null);
    // 254 for a resolver, which knows it in ASCII.
    expect(normalizeEmail(`a@${'ü.'.repeat(31)}${'a'.repeat(3)}`)).not.to.equal(null);
    expect(normalizeEmail(`a@${'ü.'.repeat(31)}${'a'.repeat(6)}`)).to.equal(null);
    const labels = `${'a'.repeat(63)}.${'b'.repeat(63)}.`;
    const rest = EMAIL_MAX_LENGTH - 65 - labels.length - '.com'.length;
    const longest = `${'a'.repeat(64)}@${labels}${'c'.repeat(rest)}.com`;
    expect(normalizeEmail(longest)).to.equal(longest);
    expect(longest).to.have.length(EMAIL_MAX_LENGTH);
    expect(normalizeEmail(`${'a'.repeat(64)}@${labels}${'c'.repeat(rest + 1)}.com`)).to.equal(null);
  });

  it('is done soon with whatever is long', () => {
    const start = performance.now();
    for (const part of ['a', 'a.', '@', '.', '-', 'é', '\u0301', '"', 'xn--']) {
      for (const length of [240, 1000, 1_000_000]) {
        normalizeEmail(`${part.repeat(length)}@example.com`);
        normalizeEmail(`a@${part.repeat(length)}.com`);
      }
    }
    expect(performance.now() - start).to.be.below(1000);
  });

  it('gives the same again for what it gave, whatever that was made of', () => {
    let seed = 7;
    const next = (bound: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % bound;
    };
    const part = () => Array.from({ length: next(6) }, () => ALPHABET[next(ALPHABET.length)]).join('');
    let taken = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const input = `${part()}@${part()}.com`;
      const normalized = normalizeEmail(input);
      if (normalized === null) continue;
      taken += 1;
      expect(normalizeEmail(normalized), JSON.stringify(input)).to.equal(normalized);
      expect(normalized).not.to.match(/[\s\p{C}"<>(),;:]/u);
    }
    expect(taken).to.be.above(200);
  });
});

describe('@IsEmailAddress()', () => {
  it('takes what can be put in a normalized form, and says what the field must be', async () => {
    expect(await validate(Object.assign(new Body(), { email: ' Ada@Example.com' }))).to.deep.equal([]);
    for (const email of [undefined, 'ada', 'ada＠example.com']) {
      const [fault] = await validate(Object.assign(new Body(), { email }));
      expect(fault?.constraints).to.deep.equal({ isEmailAddress: 'email must be an e-mail address' });
    }
  });
});
