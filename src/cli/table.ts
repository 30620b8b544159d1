import { cellText } from './plain-text.js';

/** Two cells of a terminal: East Asian letters and most emoji. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;
const NO_WIDTH = /\p{M}|\u200D/u;
const GAP = '  ';

/** Columns under their names, as wide as their longest cell. Values are shown, never obeyed. */
export function table(names: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [names, ...rows].map((cells) => cells.map(cellText));
  const widths = names.map((_, column) => Math.max(...lines.map((cells) => width(cells[column] ?? ''))));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** A row for each thing, of the fields of these names. */
export function tableOf(names: readonly string[], items: readonly Readonly<Record<string, unknown>>[]): string {
  return table(
    names,
    items.map((item) => names.map((name) => item[name])),
  );
}

/** One thing, a line for each of its fields. */
export function fieldList(fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields);
  const longest = Math.max(0, ...names.map(width));
  return names.map((name) => `${pad(name, longest)}${GAP}${cellText(fields[name])}`.trimEnd()).join('\n');
}

function pad(text: string, wanted: number): string {
  return text + ' '.repeat(Math.max(0, wanted - width(text)));
}

function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1), 0);
}
