import { type EntityMetadata, MigrationExecutor, type QueryRunner, type Table } from 'typeorm';
import { escapedTable, hasIndexByCodePoint, sortsByCodePoint } from '../../database/index.js';
import type { Check, Finding } from './finding.js';

const MIGRATE = 'generate and run a migration: npx typeorm migration:generate …, npx typeorm migration:run …';

/** Compares the database with the entities: what is missing there fails at the first query, or lets in what must not be. */
export const checkSchema: Check = async ({ app: { context } }) => {
  const { database, metadata: users } = context.table;
  const uniqueFields = new Set(['email', ...context.settings.loginFields]);
  const { dataSource } = database;
  const runner = dataSource.createQueryRunner();
  try {
    const findings: Finding[] = [];
    for (const metadata of dataSource.entityMetadatas.filter(({ tableType }) => tableType === 'regular')) {
      const table = await runner.getTable(metadata.tablePath);
      findings.push(...(table === undefined ? [missingTable(metadata)] : differences(metadata, table, users)));
      if (table === undefined || metadata !== users) continue;
      for (const field of uniqueFields) findings.push(...checkUniqueIndex(field, metadata, table));
      findings.push(...(await checkEmailCollation(metadata, runner)));
    }
    return findings;
  } finally {
    await runner.release();
  }
};

/** Migrations that the DataSource lists and the database has not seen. */
export const checkMigrations: Check = async ({ app: { context } }) => {
  const pending = await new MigrationExecutor(context.table.database.dataSource).getPendingMigrations();
  if (pending.length === 0) return [];
  const names = pending.map(({ name }) => name).join(', ');
  return [
    {
      severity: 'error',
      check: 'migrations',
      problem: `migrations have not been run: ${names}`,
      advice: 'npx typeorm migration:run -d …, before the app of this version starts',
    },
  ];
};

function missingTable({ tablePath }: EntityMetadata): Finding {
  return { severity: 'error', check: 'schema', problem: `the table ${tablePath} is missing`, advice: MIGRATE };
}

function differences(metadata: EntityMetadata, table: Table, users: EntityMetadata): Finding[] {
  const missing = metadata.columns.filter(
    ({ databaseName, isVirtualProperty }) => !isVirtualProperty && table.findColumnByName(databaseName) === undefined,
  );
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const names = missing.map(({ databaseName }) => databaseName).join(', ');
    const problem = `the table ${metadata.tablePath} lacks columns of ${metadata.name}: ${names}`;
    findings.push({ severity: 'error', check: 'schema', problem, advice: MIGRATE });
  }
  return [...findings, ...checkForeignKeys(metadata, table, users)];
}

/** People sign in by what is unique. A partial index is none. */
function checkUniqueIndex(field: string, metadata: EntityMetadata, table: Table): Finding[] {
  const column = metadata.findColumnWithPropertyName(field)?.databaseName ?? field;
  const indices = table.indices.filter(({ isUnique, where }) => isUnique && !where);
  if ([...indices, ...table.uniques].some(({ columnNames }) => columnNames.join() === column)) return [];
  return [
    {
      severity: 'error',
      check: 'unique-index',
      problem: `${table.name}.${column} has no unique index: two people who register at once get the same`,
      advice: `${MIGRATE}; or CREATE UNIQUE INDEX users_${column} ON ${table.name} (${column})`,
    },
  ];
}

/** What goes with its user in the entities has to do so in the database. */
function checkForeignKeys(metadata: EntityMetadata, table: Table, users: EntityMetadata): Finding[] {
  return metadata.foreignKeys
    .filter(({ referencedEntityMetadata, onDelete }) => referencedEntityMetadata === users && onDelete === 'CASCADE')
    .flatMap(({ columnNames }) => {
      const key = table.foreignKeys.find((one) => one.columnNames.join() === columnNames.join());
      if (key?.onDelete?.toUpperCase() === 'CASCADE') return [];
      const problem =
        key === undefined
          ? `${table.name}.${columnNames.join()} has no foreign key: rows outlive their user`
          : `the foreign key of ${table.name}.${columnNames.join()} lacks ON DELETE CASCADE: users cannot be deleted`;
      return [{ severity: 'error' as const, check: 'foreign-keys', problem, advice: MIGRATE }];
    });
}

/** MySQL's usual collations take `é` for `e`, PostgreSQL's nondeterministic ones may: one address is another's then. */
async function checkEmailCollation(metadata: EntityMetadata, runner: QueryRunner): Promise<Finding[]> {
  const email = metadata.findColumnWithPropertyName('email')?.databaseName ?? 'email';
  const collation = await inexactCollation(metadata, email, runner);
  if (collation === null) return checkSearch(email, metadata, runner);
  return [
    {
      severity: 'error',
      check: 'email-collation',
      problem: `${metadata.tablePath}.${email} compares by ${collation}, to which different addresses are the same`,
      advice: `${MIGRATE}; the column's collation has to be utf8mb4_bin on MySQL and MariaDB, the default one on PostgreSQL`,
    },
  ];
}

/** The unique index is of no use to a search where PostgreSQL sorts it by the rules of a language. */
async function checkSearch(email: string, metadata: EntityMetadata, { manager }: QueryRunner): Promise<Finding[]> {
  if (await sortsByCodePoint(manager, metadata, 'email')) return [];
  if (await hasIndexByCodePoint(manager, metadata, 'email')) return [];
  return [
    {
      severity: 'warning',
      check: 'search-index',
      problem: `${metadata.tablePath}.${email} is sorted by a language: GET /users?search= reads the whole table`,
      advice: `CREATE INDEX CONCURRENTLY users_email_search ON ${metadata.tablePath} ("${email}" COLLATE "C"), and @Index('users_email_search', { synchronize: false }) on the entity`,
    },
  ];
}

async function inexactCollation(metadata: EntityMetadata, column: string, runner: QueryRunner): Promise<string | null> {
  const { type } = runner.connection.options;
  if (type === 'mysql' || type === 'mariadb') {
    const collation = await onlyValue(
      runner,
      'SELECT COLLATION_NAME AS value FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? AND COLUMN_NAME = ?',
      [metadata.database ?? null, metadata.tableName, column],
    );
    return collation === null || /(?:^binary|_bin)$/i.test(collation) ? null : collation;
  }
  if (type !== 'postgres') return null;
  return onlyValue(
    runner,
    'SELECT c.collname AS value FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT c.collisdeterministic',
    [escapedTable(metadata), column],
  );
}

async function onlyValue(runner: QueryRunner, sql: string, parameters: unknown[]): Promise<string | null> {
  const rows: unknown = await runner.query(sql, parameters);
  const value: unknown = Array.isArray(rows) ? Reflect.get(Object(rows[0]), 'value') : undefined;
  return typeof value === 'string' ? value : null;
}
