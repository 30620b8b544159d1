import type { Response } from 'express';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Answers with JSON, in one write. There is no ETag, as nothing here may be stored (`Cache-Control: no-store`).
 * @param value - what `JSON.stringify` takes; the caller has made it free of secrets
 */
export function sendJson(response: Response, status: number, value: unknown): void {
  writeAnswer(response, status, JSON_TYPE, JSON.stringify(value));
}

/**
 * Takes the place of Express' `response.json` on the library's routes, for what routing-controllers and an app's own error handler answer
 * with: one write, and no hash of the body for an ETag. A content type that is set already stays.
 */
export function answerJson(this: Response, value?: unknown): Response {
  const contentType = this.getHeader('Content-Type');
  if (value === undefined) this.end();
  else if (typeof contentType === 'string') writeAnswer(this, this.statusCode, contentType, JSON.stringify(value));
  else if (isProblem(value)) writeAnswer(this, this.statusCode, 'application/problem+json', JSON.stringify(value));
  else sendJson(this, this.statusCode, value);
  return this;
}

/** What an error of the library gives by `toJSON`, also to routing-controllers' default error handler. */
function isProblem(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'about:blank' && 'code' in value;
}

/** Writes head and body at once, by Node's own means: Express' `send` would hash the body for an ETag. */
export function writeAnswer(response: Response, status: number, contentType: string, text: string): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
