// Compiled in a copy of example/client, beside its sources: what does not fit the generated types does not compile.
import { AppClient } from './client.js';
import { MemoryTokens } from './tokens.js';

/** Where the server is, and what a mail of it held. */
export interface World {
  url: string;
  tokenFor(email: string, subject: string): Promise<string>;
}

const ada = { email: 'ada@example.com', password: 'analytical engine' };
const newPassword = 'difference engine';

/** The main job, from a new account to the last sign-out. @returns what happened, step by step */
export async function journey({ url, tokenFor }: World): Promise<Record<string, unknown>> {
  const sent: string[] = [];
  const store = new MemoryTokens();
  /** The server refuses an access token that it does not know as it does one that has ended. */
  const endAccessToken = () => {
    const tokens = store.read();
    if (tokens !== null) store.write({ ...tokens, access_token: 'ended' });
  };
  const client = new AppClient(url, {
    store,
    send: (request) => {
      sent.push(`${request.method} ${new URL(request.url).pathname}`);
      return fetch(request);
    },
  });
  const { api } = client;
  const seen: Record<string, unknown> = {};

  seen.shortPassword = await client.register({ ...ada, password: 'short' });
  seen.registered = await client.register({ ...ada, firstName: 'Ada' });
  seen.registeredAgain = await client.register({ ...ada, firstName: 'Ada' });

  const verification = await tokenFor(ada.email, 'Verify your address');
  const verified = await api.POST('/users/verify', { body: { token: verification } });
  seen.isVerified = verified.data?.isVerified;
  const verifiedAgain = await api.POST('/users/verify', { body: { token: verification } });
  seen.verifiedAgain = verifiedAgain.error?.code;

  seen.wrongPassword = await client.signIn(ada.email, 'wrong password');
  seen.signedIn = await client.signIn(ada.email, ada.password);
  seen.name = (await client.me())?.firstName;
  await client.rename('Augusta');
  seen.newName = (await client.me())?.firstName;
  const noSuperuser = await api.GET('/users', { params: { query: { limit: 10, isActive: true } } });
  seen.listOfUsers = noSuperuser.error?.code;

  await api.POST('/users/forgot-password', { body: { email: ada.email } });
  const reset = await tokenFor(ada.email, 'Choose a new password');
  const resetAnswer = await api.POST('/users/reset-password', { body: { token: reset, password: newPassword } });
  seen.reset = resetAnswer.response.status;
  seen.afterReset = await client.me();
  seen.isSignedInAfterReset = client.isSignedIn;

  await client.signIn(ada.email, newPassword);
  endAccessToken();
  sent.length = 0;
  const notes = await Promise.all(Array.from({ length: 10 }, (_, index) => api.POST('/notes', { body: { text: `${index}` } })));
  seen.notes = notes.map(({ response }) => response.status);
  seen.refreshes = sent.filter((request) => request === 'POST /users/refresh').length;
  const listed = await api.GET('/notes');
  seen.texts = listed.data?.items.map(({ text }) => text).sort();
  const badNote = await api.POST('/notes', { body: { text: '' } });
  seen.badNote = badNote.error?.code === 'VALIDATION_ERROR' ? badNote.error.errors[0]?.field : badNote.error;

  endAccessToken();
  await client.signOut();
  seen.afterSignOut = await client.me();
  return seen;
}
