import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { drivers, forEachDriver, type TestDatabase } from '../support/databases.js';
import { ExampleServer } from './example-server.js';

const LINE = 'DATABASE_URL names a database in which the tables cannot be made: name an empty one, whose user may make them (';

async function expectOneLine(databaseUrl: string, reason: string): Promise<void> {
  const server = await ExampleServer.make({ DATABASE_URL: databaseUrl });
  const { code, output } = await server.exit();
  await server.remove();
  expect(output).to.include(LINE).and.to.include(reason);
  expect(output.trim().split('\n')).to.have.length(1);
  expect(code).to.equal(1);
}

async function query({ dataSourceOptions }: TestDatabase, sql: string): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions()).initialize();
  await dataSource.query(sql);
  await dataSource.destroy();
}

describe('the start of the example on a wrong database', () => {
  forEachDriver((driver) => {
    it('ends with one line where it has users of another app', async () => {
      const database = await driver.createDatabase();
      await query(database, 'CREATE TABLE users (id integer)');
      await expectOneLine(database.url, 'already exists');
      await database.drop();
    });
  });

  const [postgres] = drivers.filter(({ name, available }) => name === 'postgres' && available);
  if (postgres === undefined) return;

  it('ends with one line where its user may make no tables', async () => {
    const database = await postgres.createDatabase();
    const name = `poor_${randomBytes(8).toString('hex')}`;
    await query(database, `CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
    const url = new URL(database.url);
    Object.assign(url, { username: name, password: name });
    await expectOneLine(url.href, 'permission denied for schema public');
    await query(database, `DROP ROLE ${name}`);
    await database.drop();
  });
});
