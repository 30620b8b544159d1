import { expect } from 'chai';
import { AuditController, audit, auditEntities } from '../../src/features/audit/index.js';
import { drivers } from '../support/databases.js';
import { User, userEntities } from '../support/user.entity.js';
import { UsersApp } from '../support/users-app.js';
import { FailingStatements, type FailureCode } from './failing-statements.js';
import { backend, flows } from './flows.js';

const entities = [...userEntities, ...auditEntities(User)];
/** More than any request has; the test ends at the first that is not reached. */
const MOST_STATEMENTS = 60;
/** Addresses, passwords, hashes and tokens of the people here. */
const SECRETS = /@example|battery|another long|rcu-test|eyJ/;

const FAILURES: readonly [FailureCode, number, string][] = [
  ['ECONNRESET', 503, 'SERVICE_UNAVAILABLE'],
  ['UNFORESEEN', 500, 'INTERNAL_ERROR'],
];

/** The flows are the same on every database; SQLite is the one whose driver can be made to fail at will. */
describe('each statement of a request that fails, one at a time', function () {
  this.timeout(60_000);
  const [driver] = drivers.filter(({ name }) => name === 'better-sqlite3');
  if (driver === undefined) return;
  let app: UsersApp;
  let statements: FailingStatements;

  before(async () => {
    app = await UsersApp.start(driver, {
      connection: { entities },
      features: [audit()],
      controllers: [AuditController],
      backends: [backend],
    });
    statements = FailingStatements.in(app.dataSource);
  });
  after(() => app.close());

  const rows = async () => {
    const tables = app.dataSource.entityMetadatas.map(({ tablePath }) => app.dataSource.query(`SELECT * FROM "${tablePath}"`));
    return JSON.stringify(await Promise.all(tables));
  };

  for (const [index, { title, status, writes, prepare }] of flows.entries()) {
    for (const [code, failedStatus, failedCode] of FAILURES) {
      it(`${title}: ${failedStatus}, nothing half-done, and the next try works (${code})`, async () => {
        let at = 1;
        for (let failed: string | null = ''; failed !== null; at += 1) {
          if (at > MOST_STATEMENTS) throw new Error(`more than ${MOST_STATEMENTS} statements`);
          const ask = await prepare(app, `p${index}-${failedStatus}-${at}`);
          await app.users.close();
          const before = await rows();
          app.logger.lines.length = 0;
          let answer = { status: 0, code: undefined as unknown, headers: {} as Record<string, unknown>, body: {} };
          failed = await statements.during(at, code, async () => {
            answer = await ask();
            await app.users.close();
          });
          const place = `statement ${at}: ${failed}`;
          if (failed === null) {
            expect(answer.status, 'without a failure').to.equal(status);
            continue;
          }
          expect(app.logger.lines, `${place}, is told`).not.to.deep.equal([]);
          expect(JSON.stringify(app.logger.lines), place).not.to.match(SECRETS);
          if (answer.status === status) {
            if (writes) expect(await rows(), `${place}, is done`).not.to.equal(before);
            continue;
          }
          expect([answer.status, answer.code], place).to.deep.equal([failedStatus, failedCode]);
          expect(answer.headers['content-type'], place).to.contain('application/problem+json');
          expect(JSON.stringify(answer.body), place).not.to.match(SECRETS);
          expect((await rows()) === before, `${place}, leaves nothing`).to.equal(true);
          expect((await ask()).status, `${place}, the next try`).to.equal(status);
        }
        expect(at, 'some statement failed').to.be.above(2);
      });
    }
  }
});
