import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { ExampleServer, eventually } from '../example/example-server.js';
import { type Answer, HttpClient } from '../support/http-client.js';
import { isFullSize } from '../support/test-size.js';

const CLIENTS = 500;
const STORM_MS = isFullSize ? 30_000 : 3000;
/** A busy machine gets longer for it. */
const FEWEST_OTHERS = 5;
/** What a refused one waits before he tries again; far less than the answer asks for. */
const IMPATIENCE_MS = 3000;
const ada = { email: 'ada@example.com', password: 'analytical engine' };

describe(`${CLIENTS} clients that sign in at once, for ${STORM_MS / 1000} s`, function () {
  this.timeout(STORM_MS + 120_000);
  let server: ExampleServer;
  let client: HttpClient;
  let other: HttpClient;

  before(async () => {
    server = await ExampleServer.start({ TRUST_PROXY: 'loopback' });
    client = new HttpClient(server.url);
    other = new HttpClient(server.url);
    await server.register(ada.email, ada.password);
  });
  after(async () => {
    client.close();
    other.close();
    await server.remove();
  });

  it('are signed in, or refused with Retry-After; memory stays flat, and /users/me goes on', async () => {
    const token = await server.signIn(ada.email, ada.password);
    const answers: Answer[] = [];
    const others: number[] = [];
    const memory: number[] = [];
    const end = Date.now() + STORM_MS;
    const goesOn = () => Date.now() < end || others.length < FEWEST_OTHERS;
    // A quarter of them comes from one address, the others each from his own.
    const signIn = async (index: number): Promise<void> => {
      const address = index % 4 === 0 ? '198.51.100.1' : `10.0.${index >> 8}.${index & 255}`;
      const person = index % 2 === 0 ? ada : { email: `nobody${index}@example.com`, password: 'a guess' };
      // A connection that the server closes just when it is used again would lose a login.
      const headers = { 'x-forwarded-for': address, connection: 'close' };
      while (goesOn()) {
        const answer = await client.post('/users/login', person, { headers });
        answers.push(answer);
        if (answer.status < 429) continue;
        // In the small size one try each makes the storm.
        if (!isFullSize) return;
        await wait(IMPATIENCE_MS);
      }
    };
    const storm = Promise.allSettled(Array.from({ length: CLIENTS }, (_, index) => signIn(index)));
    while (goesOn()) {
      others.push((await other.get('/users/me', { token })).status);
      memory.push(await server.memoryKilobytes());
      await wait(100);
    }
    // Those that still wait for their turn are waited for in full size only.
    if (!isFullSize) client.close();
    const ends = await storm;
    if (isFullSize)
      expect(
        ends.filter(({ status }) => status === 'rejected'),
        'without an answer',
      ).to.deep.equal([]);

    expect([...new Set(others)], 'answers of /users/me').to.deep.equal([200]);
    const statuses = [...new Set(answers.map(({ status }) => status))];
    expect(statuses, 'answers')
      .to.include(503)
      .and.satisfy(() => statuses.every((status) => [200, 400, 429, 503].includes(status)));
    const refused = answers.filter(({ status }) => status >= 429);
    expect(
      refused.filter(({ headers }) => !(Number(headers['retry-after']) >= 1)),
      'without Retry-After',
    ).to.deep.equal([]);
    const half = memory[Math.floor(memory.length / 2)] ?? 0;
    expect(memory.at(-1), `memory, of ${half} kB at half-time`).to.be.below(1.5 * half);
    expect((await server.ask('GET', '/health/live')).status).to.equal(200);
    expect(server.output).not.to.match(/ failed|error/i);
  });

  if (!isFullSize) return;
  it('are followed by sign-ins as before, and by an orderly end', async () => {
    await eventually(async () => (await other.post('/users/login', ada)).status === 200);
    other.close();
    expect((await server.stop()).code).to.equal(0);
  });
});
