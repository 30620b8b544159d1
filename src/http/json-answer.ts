import type { Response } from 'express';

const JSON_TYPE = 'application/json; charset=utf-8';
export const PROBLEM_TYPE = 'application/problem+json';

/**
 * Takes the place of Express' `response.json` on the library's routes, for what routing-controllers and an app's own error handler answer
 * with: one write, and no ETag, as nothing here may be stored (`Cache-Control: no-store`). A content type that is set already stays.
 */
export function answerJson(this: Response, value?: unknown): Response {
  const contentType = this.getHeader('Content-Type');
  if (value === undefined) return this.end();
  const ownType = isProblem(value) ? PROBLEM_TYPE : JSON_TYPE;
  writeAnswer(this, this.statusCode, typeof contentType === 'string' ? contentType : ownType, JSON.stringify(value));
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
