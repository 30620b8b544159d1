import { expect } from 'chai';
import { drivers } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';
import { backend, type Flow, flows } from './flows.js';

/** Which flows run a hook that can still refuse. */
const BEFORE: readonly [string, string][] = [
  ['beforeRegister', 'register'],
  ['duringRegister', 'register'],
  ['beforeRegister', 'make a user'],
  ['duringRegister', 'invite a user'],
  ['beforeLogin', 'login'],
  ['beforeDelete', 'delete the own account'],
  ['duringDelete', 'delete the own account'],
  ['duringDelete', 'delete a user'],
];

/** Which run one that is told of what is done. */
const AFTER: readonly [string, string][] = [
  ['afterRegister', 'register'],
  ['invite', 'invite a user'],
  ['afterLogin', 'login'],
  ['afterRequestVerify', 'request-verify-token'],
  ['afterVerify', 'verify'],
  ['afterUpdate', 'verify a new address'],
  ['afterEmailChange', 'verify a new address'],
  ['afterForgotPassword', 'forgot-password'],
  ['afterResetPassword', 'reset-password'],
  ['afterRequestEmailChange', 'ask for a new address'],
  ['afterUpdate', 'change a field'],
  ['afterUpdate', 'deactivate'],
  ['afterDelete', 'delete the own account'],
  ['afterDelete', 'delete a user'],
];

/** A mailer's error often carries the mail. */
function mailerError(): Error {
  return Object.assign(new Error('the mail server is away'), { mail: `${PASSWORD} ${emailOf('ada')} eyJ` });
}

describe('each hook that fails, one at a time', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  let app: UsersApp;
  const reported: string[] = [];

  before(async () => {
    app = await UsersApp.start(driver, { backends: [backend], onHookError: (_error, hook) => reported.push(hook) });
  });
  after(() => app.close());
  beforeEach(() => {
    reported.length = 0;
  });
  afterEach(() => {
    const log = JSON.stringify(app.logger.lines);
    app.logger.lines.length = 0;
    expect(log, 'is told').to.contain('the mail server is away');
    for (const secret of [PASSWORD, NEW_PASSWORD, '@example', 'eyJ']) expect(log).not.to.contain(secret);
  });

  const rows = async () => JSON.stringify(await app.dataSource.query(`SELECT * FROM ${quoted('people')} ORDER BY id`));
  const quoted = (name: string) => app.dataSource.driver.escape(name);
  const fail = () => Promise.reject(mailerError());

  for (const [hook, title] of BEFORE) {
    it(`${title}, @${hook}: 500, nothing is stored, and the next try works`, async () => {
      const flow = flowOf(title);
      const ask = await flow.prepare(app, `${hook}-${flows.indexOf(flow)}`.toLowerCase());
      const before = await rows();
      app.hooks.deeds.set(hook, fail);
      const answer = await ask();
      app.hooks.clear();
      expect([answer.status, answer.code]).to.deep.equal([500, 'INTERNAL_ERROR']);
      expect(await rows()).to.equal(before);
      expect((await ask()).status).to.equal(flow.status);
    });
  }

  for (const [hook, title] of AFTER) {
    it(`${title}, @${hook}: the answer stays, and the app is told`, async () => {
      const flow = flowOf(title);
      const ask = await flow.prepare(app, `${hook}-${flows.indexOf(flow)}`.toLowerCase());
      app.hooks.deeds.set(hook, fail);
      const answer = await ask();
      await app.users.close();
      app.hooks.clear();
      expect(answer.status).to.equal(flow.status);
      expect(reported).to.deep.equal([hook]);
    });
  }

  it('@onSecurityEvent: the answer stays', async () => {
    const ada: User = await app.add('ada');
    const token = await app.tokenOf(ada);
    app.hooks.event = () => {
      throw mailerError();
    };
    expect((await app.login('ada')).status).to.equal(200);
    expect((await app.http.delete('/users/me', { token, body: { currentPassword: PASSWORD } })).status).to.equal(204);
    expect(reported).to.include('securityEvent');
  });
});

function flowOf(title: string): Flow {
  const flow = flows.find((known) => known.title === title);
  if (flow === undefined) throw new Error(`there is no flow "${title}"`);
  return flow;
}
