/** The one of the names that was probably meant, or undefined where none is near: a slip of a few letters, or a beginning. */
export function closestName(written: string, names: readonly string[]): string | undefined {
  const wanted = written.slice(0, 64).toLowerCase();
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  const [nearest] = ranked;
  if (nearest && nearest.distance <= Math.max(2, Math.floor(nearest.name.length / 3))) {
    return nearest.name;
  }
  return wanted.length < 3 ? undefined : names.find((name) => name.toLowerCase().startsWith(wanted));
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function distanceOf(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
