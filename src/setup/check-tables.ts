import type { DataSource, EntityMetadata } from 'typeorm';
import { LibraryEntity } from '../database/index.js';
import { RateLimitCount } from '../limits/index.js';

/**
 * Two entities of one table would each ask for columns that the other's rows lack: every sign-in would fail.
 * @returns the faults, each a sentence that says what to write
 */
export function checkTables({ entityMetadatas }: DataSource): string[] {
  // An entity that makes no table, such as one for reports, may read the library's.
  const makers = entityMetadatas.filter(({ synchronize }) => synchronize);
  const ours = makers.filter(isOfLibrary);
  return ours.flatMap((our, index) => {
    const others = makers.filter((one) => one !== our && one.tablePath === our.tablePath);
    const earlier = ours.slice(0, index);
    return others.filter((other) => !earlier.includes(other)).map((other) => faultOf(our, other));
  });
}

function faultOf({ name, tablePath }: EntityMetadata, other: EntityMetadata): string {
  if (isOfLibrary(other)) {
    return `two entities ${name} have the one table "${tablePath}": list the library's entities once, for one class of users, and give another class a DataSource of its own`;
  }
  return `your entity ${other.name} has the table "${tablePath}" of the library's ${name}: give it another, such as @Entity('app_${tablePath.split('.').at(-1)}'), or let your naming strategy name the library's`;
}

function isOfLibrary({ target }: EntityMetadata): boolean {
  return target === RateLimitCount || (typeof target === 'function' && target.prototype instanceof LibraryEntity);
}
