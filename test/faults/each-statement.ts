import { expect } from 'chai';
import type { UsersApp } from '../support/users-app.js';
import type { FailingStatements, FailureCode } from './failing-statements.js';
import type { Flow } from './flows.js';

/** More than any request has; the test ends at the first that is not reached. */
const MOST_STATEMENTS = 60;
/** Addresses, passwords, hashes and tokens of the people here. */
const SECRETS = /@example|battery|another long|rcu-test|eyJ|of the provider/;

/** What fails, and what the client is told of it. */
export const FAILURES: readonly [FailureCode, number, string][] = [
  ['ECONNRESET', 503, 'SERVICE_UNAVAILABLE'],
  ['UNFORESEEN', 500, 'INTERNAL_ERROR'],
];

export interface Trial {
  app: UsersApp;
  statements: FailingStatements;
  flow: Flow;
  /** Of the people of this trial, unlike those of any other. */
  name: string;
  failure: (typeof FAILURES)[number];
  /** What a refused try must leave as it was. @defaultValue every row of every table */
  state?: () => Promise<string>;
}

/**
 * Asks for the same until each statement of it has failed once. Each time it is refused, nothing of it is done and the next try works; or the
 * answer is as ever, and what failed after it is told to the log. No log and no answer holds a secret.
 */
export async function failEachStatement({ app, statements, flow, name, failure, state }: Trial): Promise<void> {
  const [failureCode, failedStatus, failedCode] = failure;
  const { status, writes, prepare } = flow;
  const everything = () => rowsOf(app);
  const stays = state ?? everything;
  let at = 1;
  for (let failed: string | null = ''; failed !== null; at += 1) {
    if (at > MOST_STATEMENTS) throw new Error(`more than ${MOST_STATEMENTS} statements`);
    const ask = await prepare(app, `${name}-${at}`);
    await app.users.close();
    const before = await everything();
    const left = await stays();
    app.logger.lines.length = 0;
    let answer = { status: 0, code: undefined as unknown, headers: {} as Record<string, unknown>, body: {} };
    failed = await statements.during(at, failureCode, async () => {
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
      if (writes) expect(await everything(), `${place}, is done`).not.to.equal(before);
      continue;
    }
    expect([answer.status, answer.code], place).to.deep.equal([failedStatus, failedCode]);
    expect(answer.headers['content-type'], place).to.contain('application/problem+json');
    expect(JSON.stringify(answer.body), place).not.to.match(SECRETS);
    expect((await stays()) === left, `${place}, leaves nothing`).to.equal(true);
    expect((await ask()).status, `${place}, the next try`).to.equal(status);
  }
  expect(at, 'some statement failed').to.be.above(2);
}

/** Every row of every table but these, as text. */
export async function rowsOf({ dataSource }: UsersApp, except: readonly string[] = []): Promise<string> {
  const tables = dataSource.entityMetadatas.map(({ tablePath }) => tablePath).filter((table) => !except.includes(table));
  return JSON.stringify(await Promise.all(tables.map((table) => dataSource.query(`SELECT * FROM "${table}"`))));
}
