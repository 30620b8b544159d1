import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { MalformedBodyError, UnsupportedMediaTypeError } from './http.errors.js';

/** What a body said, before any rule was put to it. */
export interface ParsedBody {
  /** An object, or whatever else the JSON is. */
  value: unknown;
  /** How it was written; no body is as good as an empty object of JSON. */
  syntax: BodySyntax;
  /** Names that a form gave more than once. */
  repeated: ReadonlySet<string>;
}

export type BodySyntax = 'json' | 'form';

/** Objects and arrays within each other. No body here needs more than a few, and what walks a value may do so without a bound of its own. */
const deepestLevel = 32;

/** Whether a body is announced. A chunked one may turn out to be empty, which is none. */
export function mayHaveBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Tells how a body is written.
 * @throws {@link UnsupportedMediaTypeError} for a content encoding, a charset other than UTF-8, and a type that the route does not take
 */
export function syntaxOf(headers: IncomingHttpHeaders, forms: boolean): BodySyntax {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (encoding !== 'identity' || !parameters.every(isNoOtherCharset)) throw new UnsupportedMediaTypeError();
  if (type === 'application/json' || /^[\w.!#$&^-]+\/[\w.!#$&^+-]+\+json$/.test(type)) return 'json';
  if (forms && type === 'application/x-www-form-urlencoded') return 'form';
  throw new UnsupportedMediaTypeError();
}

function isNoOtherCharset(parameter: string): boolean {
  const [name, value = ''] = parameter.split('=', 2).map((part) => part.trim());
  return name !== 'charset' || /^"?utf-?8"?$/.test(value);
}

/** @throws {@link MalformedBodyError} for bytes that are not UTF-8, bad JSON or percent signs, and more than 32 levels */
export function parseBytes(bytes: Uint8Array, syntax: BodySyntax): ParsedBody {
  if (!isUtf8(bytes)) throw new MalformedBodyError();
  return parseText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'), syntax);
}

/** @throws {@link MalformedBodyError} as {@link parseBytes} */
export function parseText(text: string, syntax: BodySyntax): ParsedBody {
  if (text === '') return { value: {}, syntax, repeated: new Set() };
  return syntax === 'form' ? parseForm(text) : parsedAlready(parseJson(text), syntax);
}

/**
 * Takes what an app-wide parser has made of the body.
 * @throws {@link MalformedBodyError} for more than 32 levels
 */
export function parsedAlready(value: unknown, syntax: BodySyntax): ParsedBody {
  if (isDeeper(value, deepestLevel)) throw new MalformedBodyError();
  const repeated = new Set<string>();
  if (syntax === 'form' && typeof value === 'object' && value !== null) {
    // Parsers of forms make an array of what was given twice.
    for (const [name, part] of Object.entries(value)) if (Array.isArray(part)) repeated.add(name);
  }
  return { value, syntax, repeated };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    // V8's message repeats the text; ours does not.
    throw new MalformedBodyError();
  }
}

/** @see {@link https://url.spec.whatwg.org/#urlencoded-parsing | URL Standard, 5.1}, but bytes that are not UTF-8 are refused, not replaced */
function parseForm(text: string): ParsedBody {
  // Without a prototype `__proto__` is a name as any other.
  const value: Record<string, string> = Object.create(null);
  const repeated = new Set<string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const end = pair.indexOf('=');
    const name = decode(end < 0 ? pair : pair.slice(0, end));
    if (name in value) repeated.add(name);
    else value[name] = end < 0 ? '' : decode(pair.slice(end + 1));
  }
  return { value, syntax: 'form', repeated };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9a-fA-F]{2})/g, '%25'));
  } catch {
    throw new MalformedBodyError();
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}
