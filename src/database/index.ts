export { adaptColumns, isMysqlFamily, isSqliteFamily, millisecondsAsDate } from './column-types.js';
export { Database } from './database.js';
export { decodeCursor, encodeCursor, type Page } from './keyset-page.js';
export { asServiceError, isUnavailable, isUnfitValue, violatedProperties } from './violations.js';
