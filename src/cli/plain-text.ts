/**
 * What a terminal takes for commands in place of text: C0 and C1 controls (escape sequences among them), line separators, and the marks
 * that turn the direction of writing. A person may have chosen any of them for his name.
 * @see {@link https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing | UTR 36, 2.6}
 */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** A text of one line that a terminal shows and does not obey: each unsafe character becomes `�`. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, '\uFFFD');
}

/** JSON that a terminal does not obey either: what JSON.stringify leaves as it is becomes an escape, so that no value changes. */
export function safeJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, 2).replace(UNSAFE, (character) => (character === '\n' ? character : escaped(character)));
}

/** A value of a user's as a cell of a table shows it. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? safeJson(value).replace(/\s+/g, ' ') : plainText(String(value));
}

/** `1 session`, `2 sessions`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
