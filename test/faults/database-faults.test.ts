import { AuditController, audit, auditEntities } from '../../src/features/audit/index.js';
import { drivers } from '../support/databases.js';
import { User, userEntities } from '../support/user.entity.js';
import { UsersApp } from '../support/users-app.js';
import { FAILURES, failEachStatement } from './each-statement.js';
import { FailingStatements } from './failing-statements.js';
import { backend, flows } from './flows.js';

const entities = [...userEntities, ...auditEntities(User)];

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

  for (const [index, flow] of flows.entries()) {
    for (const failure of FAILURES) {
      const [code, status] = failure;
      it(`${flow.title}: ${status}, nothing half-done, and the next try works (${code})`, () =>
        failEachStatement({ app, statements, flow, name: `p${index}-${status}`, failure }));
    }
  }
});
