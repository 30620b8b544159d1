import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { ImportFolder, someHash } from './support/import-folder.js';

const HASH = someHash();

describe('rcu import', () => {
  forEachDriver((driver) => {
    let folder: ImportFolder;

    beforeEach(async () => {
      folder = await ImportFolder.make(driver);
    });

    afterEach(() => folder.remove());

    it('brings the users of a CSV file along, with hash, flags, id, time and fields of the app', async () => {
      const id = '01890a5d-ac96-774b-bcce-b302099a8057';
      await folder.write(
        'users.csv',
        [
          'id,email,hashedPassword,isActive,isVerified,isSuperuser,createdAt,firstName,userName,points,tags',
          `${id.toUpperCase()},Ada@Example.com,${HASH},t,TRUE,1,2019-03-01 10:00:00.5+01,"Ada, ""Countess""",ada,12,"[""x""]"`,
          ',vera@example.com,,no,f,0,1551434400000,,,,',
        ].join('\n'),
      );
      const { exitCode, json, stderr } = await folder.import('users.csv', '--json');
      expect(exitCode, stderr).to.equal(0);
      expect(json).to.include({ end: 'finished', read: 2, imported: 2, skipped: 0, bad: 0, rejected: null });
      const [ada, vera] = await folder.people();
      expect(ada).to.deep.include({ id, email: 'ada@example.com', hashedPassword: HASH, hasPassword: true, isActive: true });
      expect(ada).to.deep.include({ isVerified: true, isSuperuser: true, createdAt: new Date('2019-03-01T09:00:00.500Z') });
      expect(ada).to.deep.include({ firstName: 'Ada, "Countess"', userName: 'ada', points: 12, tags: ['x'] });
      expect(vera).to.deep.include({ hashedPassword: null, hasPassword: false, isActive: false, isVerified: false });
      expect(vera).to.deep.include({ firstName: '', userName: null, points: 0, tags: null });
      expect(vera?.createdAt).to.deep.equal(new Date('2019-03-01T10:00:00Z'));
      expect([ada?.securityStamp, vera?.securityStamp]).to.satisfy(
        ([one, other]: string[]) => one !== other && one?.length === 43,
      );
      expect(await folder.files()).to.deep.equal(['users.csv']);
    });

    it('brings those of a file of JSON lines along', async () => {
      const ada = {
        email: 'ada@example.com',
        hashedPassword: HASH,
        isVerified: true,
        points: 12,
        tags: { a: [1] },
        userName: null,
      };
      await folder.write(
        'users.jsonl',
        `${JSON.stringify(ada)}\n{"email":"bob@example.com","isActive":null,"createdAt":1551434400}\n`,
      );
      expect((await folder.import('users.jsonl', '--json')).json).to.include({ imported: 2, bad: 0 });
      const [first, second] = await folder.people();
      expect(first).to.deep.include({ ...ada, firstName: '', isActive: true });
      expect(second).to.deep.include({ isActive: true, isVerified: false, createdAt: new Date('2019-03-01T10:00:00Z') });
    });

    it('tells every bad line with its number and why, and brings all others along', async () => {
      await folder.withApp(({ users }) =>
        users.manager.create({ email: 'there@example.com', password: 'analytical engine', userName: 'there' }),
      );
      const lines: [line: string, ...reasons: string[]][] = [
        [`first@example.com,${HASH},,,`],
        [`no address,${HASH},,,`, 'email is no e-mail address'],
        [`,${HASH},,,`, 'email is missing'],
        ['hash@example.com,cleartext,,,', 'hashedPassword has a form that none of your `hashers` reads'],
        [`points@example.com,${HASH},,,many`, 'points must be a whole number'],
        [`points2@example.com,${HASH},,,99999999999`, 'a value does not fit its column'],
        [`long@example.com,${HASH},Wolfeschlegelsteinhausen,,`, 'firstName has more than 20 characters'],
        [`nul@example.com,${HASH},A\0da,,`, 'firstName has characters that cannot be stored'],
        [`THERE@example.com,${HASH},,,`, 'email is taken: there is a user of this address already'],
        [`FIRST@example.com,${HASH},,,`, 'email is taken: there is a user of this address already'],
        [`name@example.com,${HASH},,there,`, 'userName is taken'],
        [`short@example.com,${HASH}`, 'the line has 2 values, the first line 5 names'],
        [
          `both@example.com,cleartext,,,many`,
          'hashedPassword has a form that none of your `hashers` reads',
          'points must be a whole number',
        ],
        [`last@example.com,${HASH},,,`],
      ];
      await folder.write(
        'users.csv',
        ['email,hashedPassword,firstName,userName,points', ...lines.map(([line]) => line)].join('\n'),
      );
      const { exitCode, stdout, stderr, rejected } = await folder.import('users.csv');
      // SQLite has integers of any size.
      const expected = lines
        .map(([line, ...reasons], index) => ({ line: index + 2, cell: line.split(',')[0] ?? '', reasons }))
        .filter(({ reasons, cell }) => reasons.length > 0 && !(driver.name === 'better-sqlite3' && cell.startsWith('points2')));
      expect(rejected.map(({ line, reasons }) => ({ line, reasons }))).to.deep.equal(
        expected.map(({ line, reasons }) => ({ line, reasons })),
      );
      expect(rejected.find(({ line }) => line === 10)?.email).to.equal('there@example.com');
      expect(exitCode).to.equal(1);
      expect(stdout).to.include(`${expected.length}, told in `);
      for (const text of [stdout, stderr, JSON.stringify(rejected)]) {
        expect(text).not.to.include('pbkdf2');
        expect(text).not.to.include('cleartext');
      }
      const emails = (await folder.people()).map(({ email }) => email).filter((email) => !email.startsWith('points2'));
      expect(emails).to.deep.equal(['first@example.com', 'last@example.com', 'there@example.com']);
      expect(await folder.files()).to.deep.equal(['users.csv', 'users.csv.rejected.jsonl']);
    });

    it('finds the few that a batch cannot store, of whatever kind, and an id that is taken', async () => {
      const id = (index: number) => `01890a5d-ac96-774b-bcce-${String(index).padStart(12, '0')}`;
      const rows = Array.from({ length: 1200 }, (_, index) => [id(index), `u${index}@example.com`, `name${index}`]);
      for (const [index, column, from] of [
        [100, 0, 7],
        [500, 2, 20],
        [501, 1, 8],
        [1100, 1, 9],
      ] as const) {
        rows[index]?.splice(column, 1, String(rows[from]?.[column]));
      }
      await folder.write('users.csv', ['id,email,userName', ...rows.map((row) => row.join(','))].join('\n'));
      const { json, rejected } = await folder.import('users.csv', '--json');
      expect(rejected.map(({ line, reasons }) => [line - 2, ...reasons])).to.deep.equal([
        [100, 'id is taken'],
        [500, 'userName is taken'],
        [501, 'email is taken: there is a user of this address already'],
        [1100, 'email is taken: there is a user of this address already'],
      ]);
      expect(json).to.include({ read: 1200, imported: 1196, bad: 4 });
      expect(await folder.people()).to.have.length(1196);
    });

    it('leaves a field to the @BeforeInsert() of the entity, where the file does not give it', async () => {
      await folder.write('users.jsonl', '{"email":"ada@example.com"}\n{"email":"bob@example.com","slug":"bobby"}\n');
      expect((await folder.import('users.jsonl', '--json')).json).to.include({ imported: 2, bad: 0 });
      await folder.write('more.csv', 'email\nvera@example.com');
      expect((await folder.import('more.csv', '--json')).json).to.include({ imported: 1, bad: 0 });
      expect((await folder.people()).map(({ slug }) => slug)).to.deep.equal(['ada', 'bobby', 'vera']);
    });

    it('skips a line whose address has a user, where it is told to', async () => {
      await folder.withApp(({ users }) => users.manager.importUser({ email: 'ada@example.com', firstName: 'Ada' }));
      await folder.write('users.csv', 'email,firstName\nada@example.com,Other\nbob@example.com,Bob\nbob@example.com,Bob\n');
      const { exitCode, json } = await folder.import('users.csv', '--on-conflict', 'skip', '--json');
      expect(exitCode).to.equal(0);
      expect(json).to.include({ imported: 1, skipped: 2, bad: 0, rejected: null });
      expect((await folder.people()).map(({ firstName }) => firstName)).to.deep.equal(['Ada', 'Bob']);
    });

    it('makes one user of an address that the app registers meanwhile', async () => {
      const emails = Array.from({ length: 200 }, (_, index) => `u${index}@example.com`);
      await folder.write('users.csv', `email\n${emails.join('\n')}\n`);
      await folder.withApp(async ({ users }) => {
        let isOver = false;
        const importing = folder.importApart('users.csv', ['--json']).finally(() => {
          isOver = true;
        });
        let made = 0;
        for (const email of emails.toReversed()) {
          if (isOver) break;
          await users.manager.importUser({ email }).then(
            () => (made += 1),
            // MySQL may end one of two that wait for each other.
            ({ code }: { code: string }) => expect(['REGISTER_USER_ALREADY_EXISTS', 'SERVICE_UNAVAILABLE']).to.include(code),
          );
          await sleep(10);
        }
        const { json, stderr } = await importing;
        expect(json, stderr).to.include({ read: 200, imported: 200 - made, bad: made });
      });
      expect((await folder.people()).map(({ email }) => email)).to.deep.equal(emails.toSorted());
    });
  });
});
