import { expect } from 'chai';
import { describeError } from '../../src/runtime/describe-error.js';

/** What TypeORM makes of a driver's error: all of its properties, the SQL and the parameters. */
function queryFailed(message: string, driver: object): Error {
  const error = Object.assign(new Error(message), { query: 'INSERT', parameters: ['$2b$12$hash'], driverError: driver }, driver);
  error.name = 'QueryFailedError';
  return error;
}

describe('describeError', () => {
  it('gives name, message, code and frames', () => {
    const error = Object.assign(new TypeError('broken'), { code: 'E_BROKEN' });
    const { stack, ...others } = describeError(error);
    expect(others).to.deep.equal({ name: 'TypeError', message: 'broken', code: 'E_BROKEN' });
    expect(stack).to.match(/^ +at .*describe-error\.test/);
    expect(stack).not.to.contain('broken');
  });

  it('follows causes, and ends where they go round', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(describeError(error).cause?.message).to.equal('inner');
    const round: Error = new Error('round');
    round.cause = round;
    expect(JSON.stringify(describeError(round)).match(/"round"/g)).to.have.length.lessThan(10);
  });

  it('gives the parts of an AggregateError, which has no message of its own', () => {
    const error = new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]);
    expect(describeError(error).errors?.[0]).to.include({ message: 'connect', code: 'ECONNREFUSED' });
  });

  it('describes what is no error', () => {
    expect(describeError('text')).to.deep.equal({ name: 'NonError', message: 'text' });
    expect(describeError({ password: 'hunter2' })).to.deep.equal({
      name: 'NonError',
      message: 'A value of type object was thrown.',
    });
    expect(describeError(undefined).message).to.equal('A value of type undefined was thrown.');
  });

  describe('holds no value', () => {
    it('of other properties', () => {
      const error = Object.assign(new Error('failed'), {
        body: 'hunter2',
        parameters: ['hunter2'],
        command: { args: ['hunter2'] },
      });
      expect(JSON.stringify(describeError(error))).not.to.contain('hunter2');
    });

    it('of tokens that a message cites, cut or whole', () => {
      const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
      const opaque = 'rcu_rt_hunter2-hunter2';
      const { message } = describeError(
        new Error(`554 blocked: https://app.example/verify?token=${jwt} ${opaque} ${'a'.repeat(1900)} ${jwt}`),
      );
      expect(message)
        .to.contain('554 blocked: https://app.example/verify?token=[token] [token]')
        .and.not.match(/eyJ|hunter2/);
    });

    it('of text that was no JSON', () => {
      let error: unknown;
      try {
        JSON.parse('hunter2');
      } catch (caught) {
        error = caught;
      }
      expect(JSON.stringify(describeError(error))).not.to.contain('hunter2');
    });

    for (const [name, message, driver] of [
      [
        'PostgreSQL, unique',
        'duplicate key value violates unique constraint "UQ_1"',
        { code: '23505', detail: 'Key (email)=(hunter2) already exists.', table: 'users', constraint: 'UQ_1' },
      ],
      ['PostgreSQL, syntax of a value', 'invalid input syntax for type uuid: "hunter2"', { code: '22P02' }],
      [
        'MySQL, unique',
        "Duplicate entry 'hunter2' for key 'users.UQ_1'",
        { code: 'ER_DUP_ENTRY', errno: 1062, sqlMessage: "Duplicate entry 'hunter2'" },
      ],
      [
        'MySQL, a quote in the value',
        "Incorrect string value: 'o'hunter2' for column 'a'",
        { code: 'ER_TRUNCATED', errno: 1366, sqlMessage: '' },
      ],
      ['an unknown driver', 'the value hunter2 is bad', { code: 'X' }],
    ] as const) {
      it(`of a query that failed: ${name}`, () => {
        const text = JSON.stringify(describeError(new Error('outer', { cause: queryFailed(message, driver) })));
        expect(text).not.to.contain('hunter2').and.not.to.contain('$2b$12$');
        expect(text).to.contain(driver.code);
      });
    }

    it('but names table and constraint', () => {
      const error = queryFailed('x', { code: '23505', table: 'users', constraint: 'UQ_1' });
      expect(describeError(error).message).to.equal('The database refused a query (table users, constraint UQ_1).');
    });
  });

  it('keeps messages that name the schema alone', () => {
    for (const [message, driver] of [
      ['relation "users" does not exist', { code: '42P01' }],
      [
        "Table 'app.users' doesn't exist",
        { code: 'ER_NO_SUCH_TABLE', errno: 1146, sqlMessage: "Table 'app.users' doesn't exist" },
      ],
      ['SqliteError: no such table: users', { code: 'SQLITE_ERROR' }],
      ['SqliteError: UNIQUE constraint failed: users.email', { code: 'SQLITE_CONSTRAINT_UNIQUE' }],
    ] as const) {
      expect(describeError(queryFailed(message, driver)).message).to.equal(message);
    }
  });
});
