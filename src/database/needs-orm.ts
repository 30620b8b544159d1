import type { DataSource, EntityMetadata } from 'typeorm';

/** Whether an entity is more than one row of one table, or something wants to hear of its loading: TypeORM's own way is right then. */
export function needsOrm(dataSource: DataSource, metadata: EntityMetadata): boolean {
  return (
    metadata.tableType !== 'regular' ||
    metadata.eagerRelations.length > 0 ||
    metadata.embeddeds.length > 0 ||
    metadata.relationIds.length > 0 ||
    metadata.inheritancePattern !== undefined ||
    metadata.afterLoadListeners.length > 0 ||
    metadata.columns.some((column) => column.isVirtualProperty) ||
    dataSource.subscribers.some((subscriber) => subscriber.afterLoad !== undefined)
  );
}

/** Whether something of the app's wants to hear of updates, which only TypeORM's own way tells. */
export function hearsOfUpdates(dataSource: DataSource): boolean {
  return dataSource.subscribers.some(({ beforeUpdate, afterUpdate }) => beforeUpdate !== undefined || afterUpdate !== undefined);
}
