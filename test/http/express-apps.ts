import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import express5, { type Express } from 'express';
import type { Logger } from '../../src/runtime/logger.js';

type ExpressModule = typeof express5;

/** Express 4 is here under another name, and the types of 5 fit what the tests use of it. */
const express4: ExpressModule = createRequire(import.meta.url)('express-4');

export function forEachExpress(suite: (express: ExpressModule) => void): void {
  for (const [name, express] of [
    ['Express 4', express4],
    ['Express 5', express5],
  ] as const) {
    describe(`on ${name}`, () => suite(express));
  }
}

export interface Served {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Serves an app on a port of its own. */
export async function serve(app: Express): Promise<Served> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Writes parts to a connection as they are, and gives all that comes back until `until` is in it or the connection ends. */
export async function raw(port: number, parts: readonly (string | Buffer)[], until = '\r\n\r\n'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1');
  for (const part of parts) socket.write(part);
  try {
    for await (const chunk of socket) {
      answer += chunk;
      if (answer.includes(until)) break;
    }
  } finally {
    socket.destroy();
  }
  return answer;
}

export interface RecordedLogger extends Logger {
  lines: unknown[][];
}

/** Keeps what it is handed. */
export function recordingLogger(): RecordedLogger {
  const lines: unknown[][] = [];
  const keep = (...line: unknown[]): void => void lines.push(line);
  return { lines, info: keep, warn: keep, error: keep };
}
