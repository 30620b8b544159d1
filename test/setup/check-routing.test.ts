import { expect } from 'chai';
import { Authorized, Get, JsonController, type RoutingControllersOptions } from 'routing-controllers';
import { Service } from 'typedi';
import { AuditController } from '../../src/features/audit/index.js';
import { OAuthController } from '../../src/features/oauth/index.js';
import { containerPerApp, UserManager, UsersController, UsersSetupError } from '../../src/index.js';
import { classesComeFrom, startUsers, type User } from './set-up.js';

/** Forgotten: @JsonController('/people'). */
@Service()
class People extends UsersController<User> {}

@Service()
class AnybodysController {}

@Service()
@JsonController('/drafts')
class Drafts {
  @Get('/')
  @Authorized(['verified', 'editr'])
  list(): string {
    return 'drafts';
  }
}

@Service()
@JsonController('/journals')
class Journals {
  constructor(readonly users: UserManager<User>) {}

  @Get('/')
  @Authorized('editor')
  list(): string {
    return 'journals';
  }
}

/** As a compiler writes it that knows no `emitDecoratorMetadata`. */
class Bare {
  constructor(readonly users: UserManager<User>) {}

  list(): string {
    return 'bare';
  }
}
Service()(Bare);
JsonController('/bare')(Bare);

type Started = Awaited<ReturnType<typeof startUsers>>;

describe('the options of users.routing()', () => {
  classesComeFrom(containerPerApp);
  let started: Started;

  before(async () => {
    started = await startUsers({ roles: { editor: () => true } });
  });
  after(() => started.stop());

  const told = (options: object): readonly string[] => {
    try {
      // What the compiler would have told already, in JavaScript.
      started.users.routing(options as RoutingControllersOptions);
      return [];
    } catch (error) {
      if (error instanceof UsersSetupError) return error.faults;
      throw error;
    }
  };

  const warnings = (controllers: Function[]): string => {
    const { lines } = started.logger;
    const before = lines.length;
    started.users.routing({ controllers });
    return lines.slice(before).map(String).join('\n');
  };

  const mistakes: Record<string, [written: object, told: RegExp]> = {
    'one path in place of a list': [
      { controllers: './build/*.controller.js' },
      /^`controllers` must be a list: controllers: \[UsersController, …\]$/,
    ],
    'a class that extends a controller of the library and has no path': [
      { controllers: [People] },
      /^People in `controllers` is no controller: decorate the class with @JsonController\('\/…'\)$/,
    ],
    'the controller of the feature audit without the feature': [
      { controllers: [AuditController, UsersController] },
      /^AuditController needs the feature audit: write features: \[audit\(…\)\] in setupUsers$/,
    ],
    'the controller of the feature oauth without the feature': [
      { controllers: [OAuthController] },
      /^OAuthController needs the feature oauth: /,
    ],
    'a checker of the app’s, which would not be asked': [
      { controllers: [UsersController], authorizationChecker: () => true },
      /^leave `authorizationChecker` out of routing\(\): .*`roles`/,
    ],
    'a finder of the user, which would not be asked': [
      { controllers: [UsersController], currentUserChecker: () => null },
      /^leave `currentUserChecker` out of routing\(\)/,
    ],
  };

  for (const [mistake, [written, words]] of Object.entries(mistakes)) {
    it(`end the start and say what to write: ${mistake}`, () => {
      const faults = told(written);
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.match(words);
    });
  }

  it('may be what routing() answered before', () => {
    expect(told(started.users.routing({ controllers: [UsersController] }))).to.deep.equal([]);
  });

  it('may hold classes that are no controllers, which routing-controllers leaves alone', () => {
    expect(told({ controllers: [UsersController, AnybodysController] })).to.deep.equal([]);
  });

  it('warn of a role that `roles` does not know, and of the one that was meant', () => {
    expect(warnings([Drafts])).to.equal(
      "@Authorized('editr') on Drafts.list: there is no such role, so nobody gets in. Did you mean 'editor'? Roles are those of `roles` in setupUsers",
    );
    expect(warnings([Journals, UsersController])).to.equal('');
  });

  it('warn of a controller whose parameters the compiler did not write down', () => {
    expect(warnings([Bare])).to.match(/^Bare: typedi cannot know what its constructor takes.*emitDecoratorMetadata/);
  });
});
