import { OAuthProviderError } from '../oauth.errors.js';

/** What openid-client asks for, and what `fetch` takes. */
export interface FetchRequest {
  method: string;
  headers: Record<string, string>;
  body?: RequestInit['body'];
  signal?: AbortSignal;
}

/** The largest answer of a provider, decompressed: key sets and profiles have some kB. */
const largestAnswer = 1024 * 1024;
const bodiless = new Set([204, 205, 304]);

/**
 * Calls a provider with bounds: a time for the whole answer and not only for its first byte, a size, and no redirect is followed. The answer
 * is in memory when it comes.
 * @throws {@link OAuthProviderError} when it is down, too slow, too large, or answers 5xx, 429 or 408
 */
export async function boundedFetch(url: string, request: FetchRequest, timeoutSeconds: number): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  let response: Response;
  let body: Uint8Array | null;
  try {
    response = await fetch(url, { ...request, redirect: 'manual', signal });
    body = await readBody(response);
  } catch (error) {
    throw error instanceof OAuthProviderError ? error : new OAuthProviderError({ cause: error });
  }
  const { status, headers } = response;
  if (status >= 500 || status === 429 || status === 408)
    throw new OAuthProviderError({ cause: new Error(`it answered ${status}`) });
  return new Response(bodiless.has(status) ? null : body, { status, headers });
}

async function readBody(response: Response): Promise<Uint8Array | null> {
  if (response.body === null) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    // Leaving the loop cancels the stream, so that the rest is never sent.
    if (size > largestAnswer) throw new OAuthProviderError({ cause: new Error(`it sent more than ${largestAnswer} bytes`) });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
