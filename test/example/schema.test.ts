import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';

const TYPEORM = fileURLToPath(import.meta.resolve('typeorm/cli.js'));
const ORMCONFIG = fileURLToPath(new URL('../../ormconfig.js', import.meta.url));
const COMPARE_SCHEMA = fileURLToPath(new URL('compare-schema.js', import.meta.url));

async function run(databaseUrl: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return stdout;
}

/**
 * TypeORM's `mysql` misreads how MariaDB writes the default NULL, and would change every such column for nothing, and make the indexes anew
 * that it has with others.
 */
function withoutMisreadings(changes: string[]): string[] {
  const made = changes.map((query) => /^CREATE (?:UNIQUE )?INDEX (\S+)/.exec(query)?.[1]);
  const dropped = changes.map((query) => /^DROP INDEX (\S+)/.exec(query)?.[1]);
  return changes.filter((query, index) => {
    const name = made[index] ?? dropped[index];
    const isMadeAnew = name !== undefined && made.includes(name) && dropped.includes(name);
    return !isMadeAnew && !/CHANGE .* NULL$/.test(query);
  });
}

describe('the migrations of the example', () => {
  forEachDriver((driver) => {
    it('make the tables that the entities want, and take them away again', async () => {
      const database = await driver.createDatabase();
      const { changes, fromNothing } = JSON.parse(await run(database.url, COMPARE_SCHEMA));
      await database.drop();
      expect(driver.name === 'mysql' ? withoutMisreadings(changes) : changes).to.deep.equal([]);
      expect(fromNothing.join('\n')).to.match(/CREATE TABLE \W?users/);
    });
  });

  it('are found by the command line of TypeORM through ormconfig.ts', async () => {
    const shown = await run('sqlite::memory:', TYPEORM, '-d', ORMCONFIG, 'migration:show');
    expect(shown).to.include('[ ] Initial');
  });
});
