export { hasIndexByCodePoint, sortsByCodePoint } from './collation.js';
export { adaptColumns, isMysqlFamily, isSqliteFamily, millisecondsAsDate } from './column-types.js';
export { type CompiledStatement, compileStatement, type Row } from './compiled-statement.js';
export { Database } from './database.js';
export { EntityHydrator, hearsOfUpdates, needsOrm } from './entity-hydrator.js';
export { decodeCursor, encodeCursor, type Page } from './keyset-page.js';
export { LibraryEntity } from './library-entity.js';
export { asServiceError } from './unavailability.js';
export { isConstraintViolation, isForeignKeyViolation, isUnfitValue, violatedProperties } from './violations.js';
