import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { ForwardedHeaderWarning } from '../../src/limits/forwarded-header-warning.js';
import { LogBook } from './log-book.js';

/** What the log holds after requests with these headers. */
async function linesAfter(settings: {
  environment?: string;
  trustProxy?: unknown;
  headers: Record<string, string>;
}): Promise<string[]> {
  const log = new LogBook();
  const warning = new ForwardedHeaderWarning(log, settings.environment ?? 'production');
  const app = express();
  if ('trustProxy' in settings) {
    app.set('trust proxy', settings.trustProxy);
  }
  app.use((request, response) => {
    warning.check(request);
    response.end();
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    for (let index = 0; index < 3; index += 1) {
      await fetch(`http://127.0.0.1:${port}/`, { headers: settings.headers });
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return log.lines;
}

describe('ForwardedHeaderWarning', () => {
  const headers = { 'X-Forwarded-For': '203.0.113.9' };

  it('warns once in production where `trust proxy` is unset and a forwarded header comes', async () => {
    const lines = await linesAfter({ headers });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include("app.set('trust proxy', 1)");
    expect(await linesAfter({ headers: { Forwarded: 'for=203.0.113.9' } })).to.have.length(1);
  });

  it('repeats nothing of the request', async () => {
    expect((await linesAfter({ headers })).join()).not.to.include('203.0.113.9');
  });

  it('is silent where no such header comes, where a proxy is trusted, and outside of production', async () => {
    expect(await linesAfter({ headers: {} })).to.deep.equal([]);
    expect(await linesAfter({ headers, trustProxy: 1 })).to.deep.equal([]);
    expect(await linesAfter({ headers, trustProxy: 'loopback' })).to.deep.equal([]);
    expect(await linesAfter({ headers, environment: 'test' })).to.deep.equal([]);
  });
});
