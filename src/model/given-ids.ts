import type { EntityManager, EntityMetadata } from 'typeorm';
import { escapedTable } from '../database/index.js';

type Values = Readonly<Record<string, unknown>>;

/** Whether rows bring ids along that the database would make of a counter. */
function bringsIds(metadata: EntityMetadata, rows: readonly Values[]): boolean {
  const [column] = metadata.primaryColumns;
  return column?.generationStrategy === 'increment' && rows.some(({ id }) => id !== undefined);
}

/** The columns that an insert has to name: TypeORM leaves such an id out on PostgreSQL unless it is told. None is all but that one. */
export function insertedColumns(metadata: EntityMetadata, rows: readonly Values[]): string[] {
  if (!bringsIds(metadata, rows)) return [];
  return metadata.columns.filter(({ isInsert }) => isInsert).map(({ propertyPath }) => propertyPath);
}

/** Has the counter pass the ids that were brought along. PostgreSQL's alone does not by itself, and would give a later row one of them. */
export async function passGivenIds(metadata: EntityMetadata, rows: readonly Values[], manager: EntityManager): Promise<void> {
  const [column] = metadata.primaryColumns;
  if (column === undefined || manager.connection.options.type !== 'postgres' || !bringsIds(metadata, rows)) return;
  const highest = rows.reduce((most, { id }) => Math.max(most, id === undefined ? 0 : Number(id)), 0);
  await manager.query(
    `SELECT setval(counter, GREATEST($3::bigint, COALESCE(pg_sequence_last_value(counter), 1)))
       FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS counter) AS named WHERE counter IS NOT NULL`,
    [escapedTable(metadata), column.databaseName, highest],
  );
}
