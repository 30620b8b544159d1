import type { DataSource, EntityMetadata, SelectQueryBuilder } from 'typeorm';
import type { Row } from './compiled-statement.js';

/**
 * Makes an entity of a row, by the driver's own conversion of each column. It is for entities that are one row of one table; the
 * others are TypeORM's to load.
 */
export class EntityHydrator<T extends object> {
  private readonly columns;

  constructor(
    private readonly dataSource: DataSource,
    private readonly metadata: EntityMetadata,
  ) {
    this.columns = metadata.columns.filter((column) => column.isSelect && !column.isVirtual);
  }

  /** Adds the columns to a query in which the entity is joined under `alias`. */
  select(query: SelectQueryBuilder<object>, alias: string): void {
    for (const [index, column] of this.columns.entries()) query.addSelect(`${alias}.${column.propertyPath}`, `${alias}_${index}`);
  }

  /** @param offset - where the columns of the entity begin in the row */
  hydrate(row: Row, offset: number): T {
    const entity: T = this.metadata.create();
    const { driver } = this.dataSource;
    let index = offset;
    for (const column of this.columns) {
      Reflect.set(entity, column.propertyName, driver.prepareHydratedValue(row[index], column));
      index += 1;
    }
    return entity;
  }
}
