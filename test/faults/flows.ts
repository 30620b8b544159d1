import { AuthenticationBackend, BearerTransport, JwtStrategy } from '../../src/index.js';
import { TEST_PASSWORD } from '../../src/testing/index.js';
import type { Answer } from '../support/http-client.js';
import type { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, type UsersApp } from '../support/users-app.js';

export const backend = new AuthenticationBackend({
  name: 'bearer',
  transport: new BearerTransport(),
  strategy: new JwtStrategy<User>(),
  refresh: {},
});

/** One thing that a client asks for, with all that has to be there before. */
export interface Flow {
  title: string;
  /** What the answer is when nothing fails. */
  status: number;
  /** Nothing is written by what only reads, or only mails. */
  writes: boolean;
  /** Makes the people of that name, and gives the request; asking it again is the next try. */
  prepare(app: UsersApp, name: string): Promise<() => Promise<Answer>>;
}

type Ask = (app: UsersApp, token: string, user: User) => Promise<Answer>;

/** By a person who is signed in. */
function own(title: string, status: number, writes: boolean, ask: Ask): Flow {
  return {
    title,
    status,
    writes,
    prepare: async (app, name) => {
      const user = await app.add(name);
      await app.tokenOf(user);
      const token = await app.tokenOf(user);
      return () => ask(app, token, user);
    },
  };
}

/** By a superuser, on somebody else. */
function byId(title: string, status: number, writes: boolean, ask: Ask): Flow {
  return {
    title,
    status,
    writes,
    prepare: async (app, name) => {
      const user = await app.add(name);
      await app.tokenOf(user);
      const token = await app.tokenOf(await app.add(`super-${name}`, { isSuperuser: true }));
      return () => ask(app, token, user);
    },
  };
}

export const flows: readonly Flow[] = [
  {
    title: 'register',
    status: 201,
    writes: true,
    prepare: async (app, name) => () => app.http.post('/users/register', { email: emailOf(name), password: PASSWORD }),
  },
  {
    title: 'login',
    status: 200,
    writes: true,
    prepare: async (app, name) => {
      await app.add(name);
      return () => app.login(name);
    },
  },
  {
    title: 'refresh',
    status: 200,
    writes: true,
    prepare: async (app, name) => {
      await app.add(name);
      const { refresh_token } = (await app.login(name)).body;
      return () => app.http.post('/users/refresh', { refresh_token });
    },
  },
  {
    title: 'forgot-password',
    status: 202,
    writes: false,
    prepare: async (app, name) => {
      await app.add(name);
      return () => app.http.post('/users/forgot-password', { email: emailOf(name) });
    },
  },
  {
    title: 'reset-password',
    status: 204,
    writes: true,
    prepare: async (app, name) => {
      const user = await app.add(name);
      await app.tokenOf(user);
      await app.users.manager.forgotPassword(user);
      const token = await app.outbox.token(user.email);
      return () => app.http.post('/users/reset-password', { token, password: NEW_PASSWORD });
    },
  },
  {
    title: 'request-verify-token',
    status: 202,
    writes: false,
    prepare: async (app, name) => {
      await app.add(name, { isVerified: false });
      return () => app.http.post('/users/request-verify-token', { email: emailOf(name) });
    },
  },
  {
    title: 'verify',
    status: 200,
    writes: true,
    prepare: async (app, name) => {
      const user = await app.add(name, { isVerified: false });
      await app.users.manager.requestVerify(user);
      const token = await app.outbox.token(user.email);
      return () => app.http.post('/users/verify', { token });
    },
  },
  {
    title: 'verify a new address',
    status: 200,
    writes: true,
    prepare: async (app, name) => {
      const token = await app.tokenOf(await app.add(name));
      const email = emailOf(`new-${name}`);
      await app.http.patch('/users/me', { email, currentPassword: PASSWORD }, { token });
      const change = await app.outbox.token(email);
      return () => app.http.post('/users/verify', { token: change });
    },
  },
  own('logout', 204, true, (app, token) => app.http.post('/users/logout', undefined, { token })),
  own('me', 200, false, (app, token) => app.http.get('/users/me', { token })),
  own('change a field', 200, true, (app, token) => app.http.patch('/users/me', { firstName: 'Ada' }, { token })),
  own('ask for a new address', 200, true, (app, token, { email }) =>
    app.http.patch('/users/me', { email: `new-${email}`, currentPassword: PASSWORD }, { token }),
  ),
  own('change the password', 200, true, (app, token) =>
    app.http.patch('/users/me', { password: NEW_PASSWORD, currentPassword: PASSWORD }, { token }),
  ),
  own('delete the own account', 204, true, (app, token) =>
    app.http.delete('/users/me', { token, body: { currentPassword: PASSWORD } }),
  ),
  own('reauthenticate', 204, true, async (app, token) => {
    app.clock.advance({ seconds: 1 });
    return app.http.post('/users/me/reauthenticate', { password: PASSWORD }, { token });
  }),
  own('list the own sessions', 200, false, (app, token) => app.http.get('/users/me/sessions', { token })),
  own('end the other sessions', 204, true, (app, token) => app.http.delete('/users/me/sessions', { token })),
  own('list the own events', 200, false, (app, token) => app.http.get('/users/me/events', { token })),
  byId('list the events of a user', 200, false, (app, token, { id }) => app.http.get(`/users/${id}/events`, { token })),
  byId('list users', 200, false, (app, token) => app.http.get('/users', { token })),
  byId('get a user', 200, false, (app, token, { id }) => app.http.get(`/users/${id}`, { token })),
  byId('make a user', 201, true, (app, token, { email }) =>
    app.http.post('/users', { email: `made-${email}`, password: TEST_PASSWORD }, { token }),
  ),
  byId('invite a user', 201, true, (app, token, { email }) => app.http.post('/users', { email: `invited-${email}` }, { token })),
  byId('set an address', 200, true, (app, token, { id, email }) =>
    app.http.patch(`/users/${id}`, { email: `moved-${email}` }, { token }),
  ),
  byId('set a password', 200, true, (app, token, { id }) =>
    app.http.patch(`/users/${id}`, { password: NEW_PASSWORD }, { token }),
  ),
  byId('deactivate', 200, true, (app, token, { id }) => app.http.patch(`/users/${id}`, { isActive: false }, { token })),
  byId('make a superuser', 200, true, (app, token, { id }) => app.http.patch(`/users/${id}`, { isSuperuser: true }, { token })),
  byId('delete a user', 204, true, (app, token, { id }) => app.http.delete(`/users/${id}`, { token })),
  byId('end the sessions of a user', 204, true, (app, token, { id }) => app.http.delete(`/users/${id}/sessions`, { token })),
];
