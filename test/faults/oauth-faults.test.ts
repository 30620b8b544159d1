import { AppWithEverything, oauthAccounts, spentTickets } from '../security/app-with-everything.js';
import { drivers } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { emailOf } from '../support/users-app.js';
import { FAILURES, failEachStatement, rowsOf } from './each-statement.js';
import { FailingStatements } from './failing-statements.js';
import type { Flow } from './flows.js';

/**
 * A callback has two parts, each of them whole: the account is found, made or added, then the person is signed in. Where the second fails the
 * first stays, and the next try goes on from there.
 */
interface OAuthFlow extends Flow {
  hasParts?: true;
}

/** Where a browser stands that comes back from the provider. */
interface Arrival {
  path: string;
  cookie: string;
  nonce: string;
}

describe('each statement of a sign-in by a provider that fails, one at a time', function () {
  this.timeout(60_000);
  const [driver] = drivers.filter(({ name }) => name === 'better-sqlite3');
  if (driver === undefined) return;
  let stage: AppWithEverything;
  let statements: FailingStatements;

  before(async () => {
    stage = await AppWithEverything.start(driver);
    statements = FailingStatements.in(stage.app.dataSource);
  });
  after(() => stage.close());

  /** That a ticket was used stays, also where its use came to nothing: its code is spent at the provider. */
  const allButTickets = () => rowsOf(stage.app, [stage.app.dataSource.getMetadata(spentTickets).tablePath]);
  /** Sessions, and people who have no way in. */
  const sessionsAndStrays = async (): Promise<string> => {
    const { dataSource } = stage.app;
    const accounts = dataSource.getMetadata(oauthAccounts).tablePath;
    const strays = `SELECT id FROM "people" WHERE "hasPassword" = 0 AND id NOT IN (SELECT "userId" FROM "${accounts}")`;
    return JSON.stringify([await dataSource.query('SELECT * FROM "user_session"'), await dataSource.query(strays)]);
  };

  /** What authorize or associate answered, as the browser takes it to the provider and back. */
  const arrivalBy = ({ status, body, cookies }: Answer): Arrival => {
    if (status !== 200) throw new Error(`the start was answered ${status}`);
    const { searchParams } = new URL(String(body.authorization_url));
    const cookie = Object.entries(cookies)
      .map((pair) => pair.join('='))
      .join('; ');
    return {
      path: `/oauth/oidc/callback?code=a&state=${searchParams.get('state')}`,
      cookie,
      nonce: searchParams.get('nonce') ?? '',
    };
  };
  /** Asks the callback, by the arrival that was made before; the next try begins at the start, as a person would. */
  const callbacks = async (person: string, start: () => Promise<Answer>): Promise<() => Promise<Answer>> => {
    let arrival: Arrival | undefined = arrivalBy(await start());
    return async () => {
      const { path, cookie, nonce } = arrival ?? arrivalBy(await start());
      arrival = undefined;
      Object.assign(stage.provider, { nonce, claims: { sub: person, email: emailOf(person) } });
      return stage.app.http.get(path, { cookie });
    };
  };
  const authorize = (query = '') => stage.app.http.get(`/oauth/oidc/authorize${query}`);
  const associate = (token: string) => stage.app.http.post('/oauth/oidc/associate', {}, { token });
  const linked = async (name: string): Promise<{ token: string; id: string }> => {
    const token = await stage.app.tokenOf(await stage.app.add(name));
    await (await callbacks(name, () => associate(token)))();
    const { items } = (await stage.app.http.get('/oauth/accounts', { token })).body;
    const [account] = Array.isArray(items) ? items : [];
    return { token, id: String(account?.id) };
  };

  const flows: readonly OAuthFlow[] = [
    {
      title: 'the first sign-in',
      status: 200,
      writes: true,
      hasParts: true,
      prepare: (_app, name) => callbacks(name, authorize),
    },
    {
      title: 'a later sign-in',
      status: 200,
      writes: true,
      hasParts: true,
      prepare: async (_app, name) => {
        await (await callbacks(name, authorize))();
        return callbacks(name, authorize);
      },
    },
    {
      title: 'a cookie sign-in',
      status: 204,
      writes: true,
      hasParts: true,
      prepare: (_app, name) => callbacks(name, () => authorize('?backend=cookie')),
    },
    {
      title: 'the exchange of a code',
      status: 200,
      writes: true,
      prepare: async (app, name) => {
        const arrive = async () => {
          const { cookies, headers } = await (await callbacks(name, () => authorize('?returnTo=/here')))();
          const code = new URL(headers.location ?? '', 'https://app.example').searchParams.get('code');
          const cookie = Object.entries(cookies)
            .map((pair) => pair.join('='))
            .join('; ');
          return { code, cookie };
        };
        let arrived: Awaited<ReturnType<typeof arrive>> | undefined = await arrive();
        return async () => {
          const { code, cookie } = arrived ?? (await arrive());
          arrived = undefined;
          return app.http.post('/oauth/exchange', { code }, { cookie });
        };
      },
    },
    {
      title: 'adding an account',
      status: 200,
      writes: true,
      hasParts: true,
      prepare: async (app, name) => {
        const token = await app.tokenOf(await app.add(name));
        return callbacks(name, () => associate(token));
      },
    },
    {
      title: 'asking for another account',
      status: 200,
      writes: false,
      prepare: async (app, name) => {
        const token = await app.tokenOf(await app.add(name));
        return () => associate(token);
      },
    },
    {
      title: 'the list of accounts',
      status: 200,
      writes: false,
      prepare: async (app, name) => {
        const { token } = await linked(name);
        return () => app.http.get('/oauth/accounts', { token });
      },
    },
    {
      title: 'removing an account',
      status: 204,
      writes: true,
      prepare: async (app, name) => {
        const { token, id } = await linked(name);
        return () => app.http.delete(`/oauth/accounts/${id}`, { token });
      },
    },
  ];

  for (const [index, flow] of flows.entries()) {
    for (const failure of FAILURES) {
      const [code, status] = failure;
      it(`${flow.title}: ${status}, nothing half-done, and the next try works (${code})`, () =>
        failEachStatement({
          app: stage.app,
          statements,
          flow,
          name: `o${index}-${status}`,
          failure,
          state: flow.hasParts === true ? sessionsAndStrays : allButTickets,
        }));
    }
  }
});
