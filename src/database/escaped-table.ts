import type { EntityMetadata } from 'typeorm';

/** The table of an entity as SQL has it, each part of its path in the driver's quotes. */
export function escapedTable({ tablePath, connection }: EntityMetadata): string {
  const parts = tablePath.split('.').map((part) => connection.driver.escape(part));
  return parts.join('.');
}
