import type { Response } from 'express';

/**
 * Answers with JSON, in one write. There is no ETag, as nothing here may be stored (`Cache-Control: no-store`).
 * @param value - what `JSON.stringify` takes; the caller has made it free of secrets
 */
export function sendJson(response: Response, status: number, value: unknown): void {
  writeAnswer(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/**
 * Takes the place of Express' `response.json` on the library's routes, for what routing-controllers answers with: one write, and no hash
 * of the body for an ETag.
 */
export function answerJson(this: Response, value?: unknown): Response {
  if (value === undefined) this.end();
  else sendJson(this, this.statusCode, value);
  return this;
}

/** Writes head and body at once, by Node's own means: Express' `send` would hash the body for an ETag. */
export function writeAnswer(response: Response, status: number, contentType: string, text: string): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
