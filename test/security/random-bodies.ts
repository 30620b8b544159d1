import fc from 'fast-check';
import { SECRET_WORD, text, token } from './random-values.js';

const FIELDS = [
  'email',
  'password',
  'username',
  'token',
  'currentPassword',
  'refresh_token',
  'firstName',
  'userName',
  'captcha',
  'isActive',
  'isVerified',
  'isSuperuser',
  'id',
  'hashedPassword',
  'sessions',
  '__proto__',
  'constructor',
  'toString',
  'grant_type',
  'code',
  'state',
  'error',
  'user',
  'returnTo',
  'text',
  'tags',
];
/** Those that only a secret is put into. */
const SECRET_FIELDS = ['password', 'token', 'currentPassword', 'refresh_token', 'hashedPassword'];

/** Bodies that some route takes. */
const USUAL: readonly Record<string, string>[] = [
  {},
  { email: '<email>' },
  { email: 'new-<email>', password: '<password>' },
  { email: '<email>', password: '<password>' },
  { username: '<email>', password: '<password>', grant_type: 'password' },
  { refresh_token: '<refresh>' },
  { token: '<reset>', password: '<password>' },
  { token: '<verify>' },
  { password: '<password>', currentPassword: '<password>' },
  { email: 'moved-<email>', currentPassword: '<password>' },
  { text: 'a note' },
  { state: '<state>', code: 'a code' },
  { returnTo: '/here' },
];

const value = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: token },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, [], {}, ['a', 'a'], { type: 'not', value: '' }),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const fields = fc
  .record({
    usual: fc.constantFrom(...USUAL),
    more: fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 4 }),
    secret: fc.option(fc.constantFrom(...SECRET_FIELDS), { freq: 2 }),
  })
  .map(({ usual, more, secret }) => ({ ...usual, ...more, ...(secret === null ? {} : { [secret]: SECRET_WORD }) }));
const form = fc
  .array(fc.tuple(fc.constantFrom(...FIELDS), text), { maxLength: 5 })
  .map((pairs) => new URLSearchParams(pairs.map(([name, part]): [string, string] => [name, part.toWellFormed()])).toString());
const brokenBody = fc.constantFrom(
  '[]',
  '[[[[]]]]',
  'null',
  '"x"',
  '{',
  '{"a":1,}',
  '{"email": NaN}',
  '{"email":"a","email":"b"}',
  `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
  `{"password":"${SECRET_WORD}`,
  `{"text":"${'x'.repeat(110_000)}"}`,
  `username=a&password=${SECRET_WORD}&password=b`,
  '%E0%A4%A=%',
  '\uFEFF{}',
  '\u0000',
);
/** What comes as a body, or that none does. */
export const body = fc.oneof(
  { weight: 8, arbitrary: fields.map((content) => JSON.stringify(content)) },
  { weight: 1, arbitrary: form },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: brokenBody },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
