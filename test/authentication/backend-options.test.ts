import { expect } from 'chai';
import { AuthenticationBackend, BearerTransport, CookieTransport, DatabaseStrategy, JwtStrategy } from '../../src/index.js';
import { setupFaults } from '../support/setup-faults.js';

describe('the set-up of backends', () => {
  const faultsOf = (backends: readonly AuthenticationBackend[]) => setupFaults({ backends });
  const bearer = () => new BearerTransport();

  it('refuses two backends of one name, an empty list, and a bad name', async () => {
    const backend = () => new AuthenticationBackend({ name: 'api', transport: bearer(), strategy: new JwtStrategy() });
    expect(await faultsOf([backend(), backend()])).to.include('two backends are named "api"');
    expect(await faultsOf([])).to.include('`backends` is empty');
    const named = new AuthenticationBackend({ name: 'a b', transport: bearer(), strategy: new JwtStrategy() });
    expect(await faultsOf([named])).to.include('must be 1 to 64 letters');
  });

  it('refuses a transport or a strategy that lacks a method', async () => {
    const half = new AuthenticationBackend({
      name: 'half',
      transport: { readToken: () => null } as never,
      strategy: { readToken: () => null } as never,
    });
    const faults = await faultsOf([half]);
    expect(faults).to.include('the transport of backend "half" has no sendLogin, sendLogout');
    expect(faults).to.include('the strategy of backend "half" has no writeToken, destroyToken');
  });

  it('refuses refresh where a cookie or the strategy cannot have it', async () => {
    const cookie = new AuthenticationBackend({
      name: 'cookie',
      transport: new CookieTransport(),
      strategy: new DatabaseStrategy(),
      refresh: {},
    });
    expect(await faultsOf([cookie])).to.include('which lasts as long as its session: leave `refresh` out');
    const grace = new AuthenticationBackend({
      name: 'api',
      transport: bearer(),
      strategy: new JwtStrategy(),
      refresh: { graceSeconds: -1 },
    });
    expect(await faultsOf([grace])).to.include('`refresh.graceSeconds` of backend "api"');
  });
});
