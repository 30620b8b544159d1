import { expect } from 'chai';
import { drivers } from '../support/databases.js';
import { emailOf, PASSWORD, UsersApp, type UsersAppOptions } from '../support/users-app.js';

const LIFETIMES = {
  resetPasswordTokenLifetimeSeconds: 60,
  verificationTokenLifetimeSeconds: 120,
  invitationTokenLifetimeSeconds: 180,
};

const SECRET = 'another secret of the tests, of more than 32 bytes';

/** The header of a JWT (0), or its claims (1). */
function partOf(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}

/** Has a token of each kind made: for a forgotten password, the first proof of an address, a new address, an invitation. */
async function tokensOf(app: UsersApp) {
  const { manager } = app.users;
  const una = await app.add('una', { isVerified: false });
  await manager.forgotPassword(una);
  await manager.requestVerify(una);
  await manager.updateOwn(una, { email: emailOf('una2'), currentPassword: PASSWORD }, { session: null });
  await manager.create({ email: emailOf('ina') });
  return {
    reset: await app.outbox.token(una.email, 'reset-password'),
    verify: await app.outbox.token(una.email, 'verify'),
    change: await app.outbox.token(emailOf('una2'), 'change-email'),
    invite: await app.outbox.token(emailOf('ina'), 'invite'),
  };
}

const [driver] = drivers;

describe('options of the tokens that are mailed', () => {
  if (driver === undefined) return;
  const within = async <T>(options: UsersAppOptions, work: (app: UsersApp) => Promise<T>): Promise<T> => {
    const app = await UsersApp.start(driver, options);
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  };

  it('say how many seconds each lives: an hour unless they do, and an invitation a week', async () => {
    const lifetimesOf = async (app: UsersApp) => {
      const { reset, verify, change, invite } = await tokensOf(app);
      return [reset, verify, change, invite].map((token) => {
        const { iat, exp } = partOf(token, 1);
        return Number(exp) - Number(iat);
      });
    };
    expect(await within(LIFETIMES, lifetimesOf)).to.deep.equal([
      LIFETIMES.resetPasswordTokenLifetimeSeconds,
      LIFETIMES.verificationTokenLifetimeSeconds,
      LIFETIMES.verificationTokenLifetimeSeconds,
      LIFETIMES.invitationTokenLifetimeSeconds,
    ]);
    expect(await within({}, lifetimesOf)).to.deep.equal([3600, 3600, 3600, 7 * 24 * 3600]);
  });

  it('give a secret of their own to the tokens that they name, and to no other', async () => {
    const keysOf = async (app: UsersApp) => {
      const { reset, invite, verify, change } = await tokensOf(app);
      return [reset, invite, verify, change].map((token) => partOf(token, 0).kid);
    };
    const usual = await within({}, keysOf);
    const isUsual = async (options: UsersAppOptions) => (await within(options, keysOf)).map((key, index) => key === usual[index]);
    expect(await isUsual({ resetPasswordTokenSecret: SECRET })).to.deep.equal([false, false, true, true]);
    expect(await isUsual({ verificationTokenSecret: SECRET })).to.deep.equal([true, true, false, false]);
  });
});
