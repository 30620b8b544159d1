import { DataSource, TableForeignKey } from 'typeorm';
import type { AppSettings } from './app-settings.js';

/** Makes a database as it should not be: without the unique index, a column and the foreign key, and with a collation that is too kind. */
export async function schemaFaults({ database }: AppSettings): Promise<void> {
  const dataSource = await new DataSource({ ...database, entities: [] }).initialize();
  const runner = dataSource.createQueryRunner();
  try {
    const people = required(await runner.getTable('people'));
    const index = people.indices.find(({ columnNames }) => columnNames.join() === 'email');
    await runner.dropIndex(people, required(index));
    await runner.dropColumn(people, 'pendingEmailStamp');
    const sessions = required(await runner.getTable('user_session'));
    const key = required(sessions.foreignKeys[0]);
    await runner.dropForeignKey(sessions, key);
    if (database.type === 'postgres') await runner.createForeignKey(sessions, withoutCascade(key));
    for (const sql of kindCollation(database.type)) await runner.query(sql);
  } finally {
    await runner.release();
    await dataSource.destroy();
  }
}

/** Another collation than the library asks for, to which `é` and `e` are one. */
function kindCollation(type: AppSettings['database']['type']): string[] {
  if (type === 'better-sqlite3') return [];
  if (type === 'postgres') {
    return [
      `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
      'ALTER TABLE people ALTER COLUMN email TYPE varchar(254) COLLATE loose',
    ];
  }
  return ['ALTER TABLE people MODIFY email varchar(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL'];
}

function withoutCascade({ columnNames, referencedTableName, referencedColumnNames }: TableForeignKey): TableForeignKey {
  return new TableForeignKey({ columnNames, referencedTableName, referencedColumnNames, onDelete: 'NO ACTION' });
}

function required<T extends object>(found: T | undefined): T {
  if (found === undefined) throw new Error('the table, index or key is not there');
  return found;
}
