/** A part of a list, and where the next part begins: null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Makes the opaque text that a client hands back to get the next page. It holds keys only, and no position. */
export function encodeCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** The keys of a cursor, or null where it was not made by {@link encodeCursor}. */
export function decodeCursor(cursor: string, size: number): string[] | null {
  if (cursor.length > 1024 || !/^[\w-]+$/.test(cursor)) return null;
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(keys) || keys.length !== size) return null;
    return keys.every((key): key is string => typeof key === 'string') ? keys : null;
  } catch {
    // Not JSON: a cursor that somebody made up.
    return null;
  }
}
