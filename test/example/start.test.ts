import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Environment, ExampleServer, type Exit } from './example-server.js';

const secret = 'a secret of thirty-two bytes or a few more';
const production = { NODE_ENV: 'production', SECRET: secret, BASE_URL: 'https://example.com' };

/** What only the attempt can tell. */
const faults: [Environment, string][] = [
  [{ HOST: '192.0.2.1' }, 'HOST is no address of this machine'],
  [
    { DATABASE_URL: 'postgres://127.0.0.1:1/app' },
    'DATABASE_URL names a database that cannot be opened: start it, or correct the address (ECONNREFUSED)',
  ],
  [
    { DATABASE_URL: 'mysql://127.0.0.1:1/app' },
    'DATABASE_URL names a database that cannot be opened: start it, or correct the address (ECONNREFUSED)',
  ],
  [
    { DATABASE_URL: 'sqlite:/dev/null/app.sqlite' },
    'DATABASE_URL names a database that cannot be opened: start it, or correct the address (',
  ],
  [{ SUPERUSER_EMAIL: 'sue', SUPERUSER_PASSWORD: 'a superuser of old' }, 'SUPERUSER_EMAIL must be an e-mail address'],
  [{ SUPERUSER_EMAIL: 'sue@example.com', SUPERUSER_PASSWORD: 'password' }, 'SUPERUSER_PASSWORD is refused: '],
];

describe('the start of the example', () => {
  let server: ExampleServer;

  afterEach(() => server.remove());

  const exitWith = async (environment: Environment): Promise<Exit> => {
    server = await ExampleServer.make(environment);
    return server.exit();
  };

  for (const [environment, line] of faults) {
    it(`ends with one line on ${describeSettings(environment)}`, async () => {
      const { code, output } = await exitWith(environment);
      expect(output).to.include(line);
      expect(output.trim().split('\n')).to.have.length(1);
      expect(code).to.equal(1);
    });
  }

  it('tells of all faults at once, a line each', async () => {
    const { output } = await exitWith({ PORT: 'x', RATE_LIMIT: 'x', SECRET: 'x' });
    expect(
      output
        .trim()
        .split('\n')
        .map((line) => line.split(' ', 1)[0]),
    ).to.deep.equal(['PORT', 'SECRET', 'RATE_LIMIT']);
  });

  it('tells where a port is taken', async () => {
    server = await ExampleServer.make();
    const other = createServer().listen(server.port, '127.0.0.1');
    const { code, output } = await server.exit();
    other.close();
    expect([code, output.trim()]).to.deep.equal([
      1,
      `PORT ${server.port} is taken: end what listens there, or set PORT to another one`,
    ]);
  });

  it('makes a secret at the first start, which only its owner can read, and keeps it', async () => {
    server = await ExampleServer.start();
    const file = join(server.folder, 'data/secret');
    const made = await readFile(file, 'utf8');
    expect(Buffer.byteLength(made)).to.be.at.least(32);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect((await readdir(join(server.folder, 'data'))).filter((name) => name.startsWith('secret'))).to.deep.equal(['secret']);
    await server.stop();
    await server.start();
    expect(await readFile(file, 'utf8')).to.equal(made);
  });

  it('refuses a kept secret that was cut', async () => {
    server = await ExampleServer.start();
    await server.stop();
    await writeFile(join(server.folder, 'data/secret'), 'cut');
    const { code, output } = await server.exit();
    expect([code, output]).to.deep.equal([
      1,
      'data/secret holds no secret of at least 32 bytes: delete it, and a new one is made at the next start\n',
    ]);
  });

  it('goes well in production with a secret and an https address, of which links are made whatever host a request names', async () => {
    server = await ExampleServer.start({ ...production, BASE_URL: 'https://example.com/app/' });
    const body = { email: 'ada@example.com', password: 'analytical engine' };
    await server.ask('POST', '/users/register', { body, headers: { 'X-Forwarded-Host': 'evil.example' } });
    await server.tokenFor('ada@example.com', 'Verify your address');
    expect((await server.mailsTo('ada@example.com'))[0]).to.include('https://example.com/app/verify?token=');
  });

  it('never resets a superuser who is there', async () => {
    const environment = { SUPERUSER_EMAIL: 'sue@example.com', SUPERUSER_PASSWORD: 'a superuser of old' };
    server = await ExampleServer.start(environment);
    await server.stop();
    environment.SUPERUSER_PASSWORD = 'another password';
    await server.start();
    await server.signIn('sue@example.com', 'a superuser of old');
    const { status } = await server.ask('POST', '/users/login', {
      body: { username: 'sue@example.com', password: 'another password' },
    });
    expect(status).to.equal(400);
  });
});

function describeSettings(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
