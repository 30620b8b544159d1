export { adaptColumns, isMysqlFamily, isSqliteFamily, millisecondsAsDate } from './column-types.js';
export { Database } from './database.js';
export { EntityHydrator, needsOrm } from './entity-hydrator.js';
export { decodeCursor, encodeCursor, type Page } from './keyset-page.js';
export { createRowReader, type Row, type RowReader } from './row-reader.js';
export { asServiceError, isConstraintViolation, isUnavailable, isUnfitValue, violatedProperties } from './violations.js';
