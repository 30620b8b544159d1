import type { DataSource } from 'typeorm';

import { RateLimitCount } from './rate-limit-count.entity.js';

/** TypeORM's names of the drivers whose upsert is known here. */
export const DIALECTS: Readonly<Record<string, 'postgres' | 'mysql' | 'sqlite'>> = {
  'better-sqlite3': 'sqlite',
  cockroachdb: 'postgres',
  mariadb: 'mysql',
  mysql: 'mysql',
  postgres: 'postgres',
};

/**
 * The statements on the table of `RateLimitCount`, under the names that the app's naming strategy gave. Each is one statement,
 * so that the database counts atomically. Parameters stand in the order of the text, since mysql has no numbered ones.
 */
export interface CounterStatements {
  /** Parameters: id, endsAt of a new window, now, now. */
  count: string;
  /** True where `count` answers the row; on mysql it answers the tries as the insert id. */
  countReturnsRow: boolean;
  /** Parameters: id, tries, endsAt, tries, endsAt. */
  put: string;
  /** Parameters: id, now. Answers tries and endsAt of an open window. */
  read: string;
  /** Parameters: endsAt, id. */
  prolong: string;
  /** Parameters: id, now. */
  takeBack: string;
  /** Parameters: id. */
  remove: string;
  /** Parameters: now. Removes some hundred ended windows. */
  sweep: string;
}

/** @throws {@link EntityMetadataNotFoundError} when `RateLimitCount` is none of the DataSource's entities */
export function counterStatements(dataSource: DataSource): CounterStatements {
  const { driver } = dataSource;
  const metadata = dataSource.getMetadata(RateLimitCount);
  const table = metadata.tablePath
    .split('.')
    .map((part) => driver.escape(part))
    .join('.');
  const column = (property: keyof RateLimitCount) =>
    driver.escape(metadata.findColumnWithPropertyName(property)?.databaseName ?? property);
  const [id, tries, endsAt] = [column('id'), column('tries'), column('endsAt')];
  const [p1, p2, p3, p4, p5] = [0, 1, 2, 3, 4].map((index) => driver.createParameter(`p${index}`, index));
  const dialect = DIALECTS[dataSource.options.type];
  const insert = `INSERT INTO ${table} (${id}, ${tries}, ${endsAt})`;
  const ended = `SELECT ${id} FROM ${table} WHERE ${endsAt} <= ${p1} LIMIT 200`;

  const shared = {
    read: `SELECT ${tries} AS tries, ${endsAt} AS ends FROM ${table} WHERE ${id} = ${p1} AND ${endsAt} > ${p2}`,
    prolong: `UPDATE ${table} SET ${endsAt} = ${p1} WHERE ${id} = ${p2}`,
    takeBack: `UPDATE ${table} SET ${tries} = ${tries} - 1 WHERE ${id} = ${p1} AND ${endsAt} > ${p2} AND ${tries} > 0`,
    remove: `DELETE FROM ${table} WHERE ${id} = ${p1}`,
  };
  if (dialect === 'mysql') {
    return {
      ...shared,
      // Assigned from left to right: the tries are reckoned by the old end. The insert id carries them out of the one statement.
      count:
        `${insert} VALUES (?, 1, ?) ON DUPLICATE KEY UPDATE ` +
        `${tries} = LAST_INSERT_ID(IF(${endsAt} <= ?, 1, ${tries} + 1)), ${endsAt} = IF(${endsAt} <= ?, VALUES(${endsAt}), ${endsAt})`,
      countReturnsRow: false,
      put: `${insert} VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE ${tries} = ?, ${endsAt} = ?`,
      sweep: `DELETE FROM ${table} WHERE ${endsAt} <= ? LIMIT 200`,
    };
  }
  return {
    ...shared,
    count:
      `${insert} VALUES (${p1}, 1, ${p2}) ON CONFLICT (${id}) DO UPDATE SET ` +
      `${tries} = CASE WHEN ${table}.${endsAt} <= ${p3} THEN 1 ELSE ${table}.${tries} + 1 END, ` +
      `${endsAt} = CASE WHEN ${table}.${endsAt} <= ${p4} THEN excluded.${endsAt} ELSE ${table}.${endsAt} END ` +
      `RETURNING ${tries} AS tries, ${endsAt} AS ends`,
    countReturnsRow: true,
    put: `${insert} VALUES (${p1}, ${p2}, ${p3}) ON CONFLICT (${id}) DO UPDATE SET ${tries} = ${p4}, ${endsAt} = ${p5}`,
    // Two processes that sweep at once each take other rows.
    sweep: `DELETE FROM ${table} WHERE ${id} IN (${ended}${dialect === 'postgres' ? ' FOR UPDATE SKIP LOCKED' : ''})`,
  };
}
