import { expect } from 'chai';
import { BcryptHasher, DeviseHasher, FirebaseHasher, PassportLocalMongooseHasher } from 'routing-controllers-users';
import { drivers } from '../support/databases.js';
import { ImportFolder } from './support/import-folder.js';

/** Made by the systems themselves, or by what their tests publish. */
const HASHES: readonly [system: string, hash: string, password: string][] = [
  ['PHP, by bcrypt', '$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a', 'rasmuslerdorf'],
  [
    'fastapi-users, by Argon2',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'password',
  ],
  ['Django', 'pbkdf2_sha256$12000$seasalt$Ybw8zsFxqja97tY/o6G+Fy1ksY4U/Hw3DRrGED6Up4s=', 'lètmein'],
  ['Devise with a pepper', DeviseHasher.tag('$2a$05$abcdefghijklmnopqrstuu6C2lJ7UJEvXC0Zbko0UN4ZObQH0IW1O'), 'correct horse'],
  [
    'better-auth',
    '0f1e2d3c4b5a69788796a5b4c3d2e1f0:ce0a7f7f79cc59b12da1aad85312903aec34216177c1f787b73ffa7cd06379b70e5dba27e21302e5e413460e920aaee30ae13db40516854baf1eff56c90edda7',
    'correct horse battery staple',
  ],
  [
    'Firebase',
    FirebaseHasher.join({
      salt: '42xEC+ixf3L2lw==',
      passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    }),
    'user1password',
  ],
  [
    'passport-local-mongoose',
    PassportLocalMongooseHasher.join({
      salt: '9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c0b1c',
      hash: '7da4d307c372c81b3ff540083481a89bfcb4c7387a453e5dce53f0d8007b97e7',
    }),
    'correct horse battery staple',
  ],
  ['passlib, by scrypt', '$scrypt$ln=8,r=8,p=1$WKs1xljLudd6z9kbY0wpJQ$yCR4iDZYDKv+iEJj6yHY0lv/epnfB6f/w1EbXrsJOuQ', 'password'],
];

describe('whom rcu import has brought along', () => {
  for (const driver of drivers.filter(({ name }) => name === 'better-sqlite3' || name === 'postgres')) {
    describe(`on ${driver.name}`, () => {
      let folder: ImportFolder;

      before(async function () {
        if (!driver.available) return this.skip();
        folder = await ImportFolder.make(driver);
        const lines = HASHES.map(([, hash], index) => `user${index}@example.com,${hash}`);
        await folder.write(
          'users.csv',
          ['email,hashedPassword', ...lines.map((line) => line.replace(/,(.*)/, ',"$1"'))].join('\n'),
        );
        const { exitCode, stderr, rejected } = await folder.import('users.csv');
        expect(exitCode, stderr + JSON.stringify(rejected)).to.equal(0);
      });

      after(() => folder?.remove());

      for (const [index, [system, , password]] of HASHES.entries()) {
        it(`signs in with the old password of ${system}, and gets a new hash`, async () => {
          const username = `user${index}@example.com`;
          const found = await folder.withApp(async ({ users }) => [
            await users.manager.authenticate({ username, password: `${password}!` }),
            await users.manager.authenticate({ username, password }),
            await users.manager.authenticate({ username, password }),
          ]);
          expect(found.map((user) => user?.email)).to.deep.equal([undefined, username, username]);
          const hash = (await folder.people()).find(({ email }) => email === username)?.hashedPassword ?? '';
          const hasher = new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true });
          expect([hasher.recognizes(hash), hasher.needsRehash(hash)]).to.deep.equal([true, false]);
        });
      }
    });
  }
});
