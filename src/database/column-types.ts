import type { DataSource, ValueTransformer } from 'typeorm';

/**
 * Times of the library's own tables are milliseconds since 1970 in a bigint: the same on every driver, whatever its time zone,
 * its precision and its calendar do. In the entity they are a `Date`.
 */
export const millisecondsAsDate: ValueTransformer = {
  to: (value: unknown) => (value instanceof Date ? value.getTime() : value),
  from: (value: unknown) => (value === null || value === undefined ? value : new Date(Number(value))),
};

const MYSQL_TYPES = new Set<string>(['mysql', 'mariadb', 'aurora-mysql']);

export function isMysqlFamily(dataSource: DataSource): boolean {
  return MYSQL_TYPES.has(dataSource.options.type);
}

/** SQLite in its several TypeORM drivers, each of which has one connection for all. */
export function isSqliteFamily(dataSource: DataSource): boolean {
  return ['better-sqlite3', 'sqljs', 'capacitor', 'cordova', 'expo', 'nativescript', 'react-native'].includes(
    dataSource.options.type,
  );
}

/**
 * Gives columns what their driver needs, before the schema is made or compared: TypeORM's decorators do not know the driver.
 * Called while the DataSource builds its metadata, so that `synchronize` and `migration:generate` see it.
 * @param exactColumns - properties whose text must compare byte by byte: MySQL's default collation takes `é` for `e`
 * @param times - properties that are moments; other columns of the entity may be the app's, whose type is the app's affair
 */
export function adaptColumns(
  dataSource: DataSource,
  entity: Function,
  exactColumns: readonly string[],
  times: readonly string[] = [],
): void {
  if (!dataSource.hasMetadata(entity)) return;
  for (const column of dataSource.getMetadata(entity).ownColumns) {
    if (isMysqlFamily(dataSource) && exactColumns.includes(column.propertyName)) {
      column.charset ??= 'utf8mb4';
      column.collation ??= 'utf8mb4_bin';
    }
    // Without a time zone PostgreSQL stores the local time of whichever process writes.
    const isMoment = times.includes(column.propertyName) && column.type === Date;
    if (dataSource.options.type === 'postgres' && isMoment) column.type = 'timestamp with time zone';
  }
}
