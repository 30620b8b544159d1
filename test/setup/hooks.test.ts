import { expect } from 'chai';
import { Service } from 'typedi';
import { containerPerApp, OnAfterRegister, UserManager } from '../../src/index.js';
import { Outbox } from '../../src/testing/index.js';
import { classesComeFrom, startUsers, type User } from './set-up.js';

@Service()
class SetUpForgotten {
  @OnAfterRegister()
  welcome(_user: User): void {}
}

class SetUpBase {
  @OnAfterRegister()
  welcomeByBase(_user: User): void {}
}

@Service()
class SetUpHeir extends SetUpBase {}

class SetUpUsers extends UserManager<User> {
  readonly welcomed: string[] = [];

  @OnAfterRegister()
  welcomeByManager({ email }: User): void {
    this.welcomed.push(email);
  }
}

/** As a compiler writes it that knows no `emitDecoratorMetadata`. */
class SetUpBare {
  constructor(readonly users: UserManager<User>) {}

  welcome(_user: User): void {}
}
Service()(SetUpBare);
OnAfterRegister()(SetUpBare.prototype, 'welcome', { value: SetUpBare.prototype.welcome });

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
    expect(await warning()).to.match(
      /SetUpForgotten.*: hooks are declared and not called\. Write `hooks: \[.*SetUpForgotten.*\]`/,
    );
  });

  it('is not told of where it is there for whoever wants it, as that of the test kit', async () => {
    expect(Outbox.prototype).to.have.property('token');
    expect(await warning()).not.to.include('Outbox');
  });

  it('is not told of where it is listed', async () => {
    expect(await told({ hooks: [SetUpForgotten] })).not.to.include('SetUpForgotten');
  });

  it('is not told of where a class is listed that extends it, or where it is the manager', async () => {
    const names = await told({ hooks: [SetUpHeir], manager: SetUpUsers });
    for (const name of ['SetUpBase', 'SetUpHeir', 'SetUpUsers']) expect(names).not.to.include(name);
    expect(await told({})).to.include.members(['SetUpBase', 'SetUpUsers']);
  });

  it('is called once for each deed where it is the manager', async () => {
    const { users, stop } = await startUsers({ manager: SetUpUsers });
    await users.manager.create({ email: 'ada@example.com', password: 'analytical engine' });
    expect(users.manager).to.have.property('welcomed').that.deep.equals(['ada@example.com']);
    await stop();
  });

  it('is told of in a warning where the compiler did not write down what its constructor takes', async () => {
    const { logger, stop } = await startUsers({ hooks: [SetUpBare] });
    await stop();
    expect(logger.lines.map(String).join()).to.match(
      /SetUpBare: typedi cannot know what its constructor takes.*emitDecoratorMetadata/,
    );
  });
});
