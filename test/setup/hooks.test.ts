import { expect } from 'chai';
import { Service } from 'typedi';
import { containerPerApp, OnAfterRegister, UserManager } from '../../src/index.js';
import { classesComeFrom, startUsers, type User } from './set-up.js';

@Service()
class Forgotten {
  @OnAfterRegister()
  welcome(_user: User): void {}
}

class Base {
  @OnAfterRegister()
  welcomeByBase(_user: User): void {}
}

@Service()
class Heir extends Base {}

class AppUsers extends UserManager<User> {
  @OnAfterRegister()
  welcomeByManager(_user: User): void {}
}

describe('a class with hooks', () => {
  classesComeFrom(containerPerApp);

  async function warning(own: Parameters<typeof startUsers>[0] = {}): Promise<string> {
    const { logger, stop } = await startUsers(own);
    await stop();
    return logger.lines.map(String).find((line) => line.includes('hooks are declared and not called')) ?? '';
  }

  /** Other tests in this process declare hooks too, which are told of as well. */
  async function told(own: Parameters<typeof startUsers>[0]): Promise<string[]> {
    return ((await warning(own)).split(':')[0] ?? '').split(', ');
  }

  it('is told of in a warning where it is declared and not listed', async () => {
    expect(await warning()).to.match(/Forgotten.*: hooks are declared and not called\. Write `hooks: \[.*Forgotten.*\]`/);
  });

  it('is not told of where it is listed', async () => {
    expect(await told({ hooks: [Forgotten] })).not.to.include('Forgotten');
  });

  it('is not told of where a class is listed that extends it, or where it is the manager', async () => {
    const names = await told({ hooks: [Heir], manager: AppUsers });
    for (const name of ['Base', 'Heir', 'AppUsers']) expect(names).not.to.include(name);
    expect(await told({})).to.include.members(['Base', 'AppUsers']);
  });
});
