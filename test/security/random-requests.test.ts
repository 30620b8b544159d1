import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { expect } from 'chai';
import fc from 'fast-check';
import { forEachDriver } from '../support/databases.js';
import { isFullSize } from '../support/test-size.js';
import { PASSWORD } from '../support/users-app.js';
import { AppWithEverything } from './app-with-everything.js';
import { inhabit, type Possessions, type RandomRequest } from './possessions.js';
import { randomRequests } from './random-request.js';
import { SECRET_WORD } from './random-values.js';

const RUNS = isFullSize ? 20_000 : 1000;
const SEED = Number(process.env.RCU_TEST_SEED ?? 1);
/** So often somebody has new sessions and tokens, since requests end sessions and delete people. */
const RENEWED_EVERY = 50;
const LONGEST_ANSWER_MS = 10_000;
/** Where the library answers whatever nobody else does. */
const PREFIXES = ['/users', '/oauth', '/auth/cookie', '/auth/opaque', '/auth/jwks'];
/** What no answer has a field of. */
const NEVER_SHOWN =
  /"(?:password|hashedPassword|securityStamp|pendingEmailStamp|tokenDigest|refreshDigest|note)"\s*:|\$rcu-test\$/;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

describe(`${RUNS} random requests over all routes (seed ${SEED})`, function () {
  this.timeout(300_000);

  forEachDriver((driver) => {
    let stage: AppWithEverything;
    let possessions: Possessions;
    const agent = new Agent({ keepAlive: true });

    before(async () => {
      stage = await AppWithEverything.start(driver);
      possessions = await stage.newPossessions();
    });
    after(() => {
      agent.destroy();
      return stage.close();
    });

    const send = ({ method, path, headers, body }: RandomRequest): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(stage.app.http.url);
        const signal = AbortSignal.timeout(LONGEST_ANSWER_MS);
        const content = body === undefined ? undefined : Buffer.from(body);
        const length = content === undefined ? {} : { 'content-length': String(content.length) };
        const sending = request(
          { hostname, port, path, method, headers: { ...headers, ...length }, agent, signal },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
            response.on('end', () =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
            );
          },
        );
        sending.on('error', reject);
        sending.end(content);
      });

    it('make no 5xx and no hang, are answered by problem+json where they are refused, and tell no secret', async () => {
      const statuses: Record<number, number> = {};
      const printed = watchConsole();
      let runs = 0;
      try {
        const property = fc.asyncProperty(randomRequests(stage.routes), async (template) => {
          runs += 1;
          if (runs % RENEWED_EVERY === 0) possessions = await stage.newPossessions();
          const asked = inhabit(template, possessions);
          const answer = await send(asked);
          statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
          check(asked, answer);
          const told = JSON.stringify(stage.app.logger.lines.splice(0)) + printed.lines.splice(0).join('');
          const leaked = [SECRET_WORD, ...stage.secrets].find((secret) => told.includes(secret));
          expect(leaked, `what is logged: ${told}`).to.equal(undefined);
        });
        await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
      } finally {
        printed.stop();
      }
      expect(Object.keys(statuses), 'all that a client may be told').to.include.members([
        '200',
        '201',
        '202',
        '204',
        '400',
        '401',
        '403',
        '404',
        '415',
        '422',
      ]);
    });

    it('leave the app as well as before', async () => {
      possessions = await stage.newPossessions();
      const { status } = await stage.app.http.get('/users/me', { token: String(possessions.user) });
      expect(status).to.equal(200);
    });
  });
});

function check({ method, path }: RandomRequest, { status, headers, text }: Answer): void {
  const what = `${method} ${path.slice(0, 200)} was answered ${status} ${text.slice(0, 500)}`;
  expect(status, what).to.be.within(200, 499);
  const [pathname = ''] = path.split('?', 1);
  const isOurs = PREFIXES.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`));
  expect(text, what).not.to.match(NEVER_SHOWN);
  if (status >= 400) {
    for (const secret of [SECRET_WORD, PASSWORD]) expect(text + JSON.stringify(headers), what).not.to.contain(secret);
    // What no controller is for is the app's own to answer.
    if (!isOurs && status === 404) return;
    expect(headers['content-type'], what).to.equal('application/problem+json');
    if (method !== 'HEAD') expect(JSON.parse(text), what).to.include({ status, type: 'about:blank' }).and.have.property('code');
  }
  if (isOurs && method !== 'OPTIONS') expect(headers['cache-control'], what).to.equal('no-store');
}

/** Keeps what is written to the console, which is nothing where all goes well. */
function watchConsole(): { lines: string[]; stop(): void } {
  const lines: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams) {
    const write = stream.write.bind(stream);
    stream.write = (...parts: unknown[]) => {
      lines.push(String(parts[0]));
      return Reflect.apply(write, stream, parts);
    };
  }
  const stop = (): void => {
    for (const [index, stream] of streams.entries()) stream.write = writes[index] ?? stream.write;
  };
  return { lines, stop };
}
