import { expect } from 'chai';
import { Service } from 'typedi';
import { Column, DataSource, Entity, Index, PrimaryColumn } from 'typeorm';
import {
  AuthenticationBackend,
  BaseUser,
  BaseUserWithoutId,
  BearerTransport,
  CookieTransport,
  containerPerApp,
  DjangoHasher,
  JwtStrategy,
  OnAfterRegister,
  setupUsers,
  UserCreate,
  UserManager,
  type UsersOptions,
  UsersSetupError,
  UserUpdate,
  usersEntities,
} from '../../src/index.js';
import { OPTION_NAMES } from '../../src/setup/users-options.js';
import { classesComeFrom, faultsOf, openDatabase, options, secret, User } from './set-up.js';

@Entity('guests')
class Guest extends BaseUserWithoutId<number> {
  @PrimaryColumn()
  id!: number;
}

@Entity('members')
class Member extends BaseUser {
  @Column({ type: 'varchar', unique: true, nullable: true })
  nick!: string | null;

  @Column({ type: 'text', unique: true, nullable: true })
  motto!: string | null;

  @Column({ type: String, unique: true, nullable: true })
  name!: string | null;

  @Column({ type: 'integer', unique: true, nullable: true })
  number!: number | null;

  @Column({ type: 'simple-json', unique: true, nullable: true })
  badge!: object | null;
}

@Entity('pupils')
@Index(['school', 'nick'], { unique: true })
class Pupil extends BaseUser {
  @Column({ type: 'varchar' })
  school!: string;

  @Column({ type: 'varchar' })
  nick!: string;

  @Index()
  @Column({ type: 'varchar' })
  town!: string;
}

@Entity('citizens')
class Citizen extends BaseUserWithoutId<number> {
  @PrimaryColumn()
  id!: number;

  @PrimaryColumn()
  country!: string;
}

class Stranger {}

class MailsWithoutService {
  @OnAfterRegister()
  welcome(_user: User): void {}
}

class PlainMailer {}

@Service()
class UsersWithConstructor extends UserManager<User> {
  constructor(readonly mailer: PlainMailer) {
    // What somebody writes who wants it to compile.
    super(mailer as never);
  }
}

@Service()
class ServiceWithoutHook {}

@Service()
class Mails {
  @OnAfterRegister()
  welcome(_user: User): void {}
}

const bearer = (name: string) =>
  new AuthenticationBackend<User>({ name, transport: new BearerTransport(), strategy: new JwtStrategy<User>() });
const cookie = (transport: CookieTransport) =>
  new AuthenticationBackend<User>({ name: 'cookie', transport, strategy: new JwtStrategy<User>() });

/** What somebody writes wrongly, and what he is told: the words that say what to write instead. */
const mistakes: Record<string, [written: object, told: RegExp]> = {
  'no secret': [{ secret: undefined }, /`secret` is missing.*randomBytes\(32\)/],
  'a short secret': [{ secret: 'hush' }, /`secret` has 4 bytes, at least 32 are needed.*randomBytes\(32\)/],
  'a short one in a list of secrets': [{ secret: [secret, 'hush'] }, /`secret\[1\]` has 4 bytes/],
  'an empty list of secrets': [{ secret: [] }, /`secret` is an empty list.*randomBytes\(32\)/],
  'a short secret for reset tokens': [{ resetPasswordTokenSecret: 'hush' }, /`resetPasswordTokenSecret` has 4 bytes/],
  'a short secret for verification tokens': [{ verificationTokenSecret: 'hush' }, /`verificationTokenSecret` has 4 bytes/],
  'no user class': [{ user: undefined }, /`user` must be your entity class.*class User extends BaseUser/],
  'a user class that extends nothing': [{ user: Stranger }, /`user` must be your entity class.*extends BaseUser/],
  'a user class that the DataSource does not list': [
    { user: Guest },
    /Guest is no entity of the DataSource.*usersEntities\(Guest\)/,
  ],
  'no DataSource': [{ dataSource: undefined }, /`dataSource` must be a DataSource.*usersEntities\(User\)/],
  'a dto that is no UserCreate': [{ dtos: { create: Stranger } }, /`dtos.create` must extend UserCreate: class Stranger extends/],
  'a dto that is no UserUpdate': [{ dtos: { update: Stranger } }, /`dtos.update` must extend UserUpdate: class Stranger extends/],
  'a dto that is null': [{ dtos: { create: null } }, /`dtos.create` must extend UserCreate: class YourDto extends UserCreate/],
  'a dto of no known kind': [{ dtos: { updates: Stranger } }, /`dtos.updates` is no option: did you mean `dtos.update`\?/],
  'a hook class without @Service()': [{ hooks: [MailsWithoutService] }, /MailsWithoutService.*@Service\(\)/],
  'a hook class without a hook': [{ hooks: [ServiceWithoutHook] }, /ServiceWithoutHook in `hooks` has no hook.*@OnAfter/],
  'an instance among the hook classes': [{ hooks: [new Mails()] }, /`hooks` holds something that is no class: list the classes/],
  'hooks that are no list': [{ hooks: Mails }, /`hooks` must be a list of classes: hooks: \[AccountMails\]/],
  'a manager that is no UserManager': [{ manager: Stranger }, /`manager` must be.*class Stranger extends UserManager<User>/],
  'a manager whose constructor takes services': [
    { manager: UsersWithConstructor },
    /UsersWithConstructor has a constructor of its own: leave it out, and take services by @Inject\(\) on properties/,
  ],
  'a transport in place of a backend': [
    { backends: [new BearerTransport()] },
    /`backends` holds something that is no backend: new AuthenticationBackend\(\{ name: 'bearer', transport: new BearerTransport\(\), strategy: new JwtStrategy\(\) \}\)/,
  ],
  'a backend without a strategy': [
    { backends: [{ name: 'app', transport: new BearerTransport() }] },
    /backend "app" has no strategy: strategy: new JwtStrategy\(\), say/,
  ],
  'two backends of one name': [{ backends: [bearer('app'), bearer('app')] }, /two backends are named "app": give each a name/],
  'no backend in the list': [{ backends: [] }, /`backends` is empty: leave it out.*or list at least one/],
  'a name that is none': [{ backends: [bearer('my app')] }, /a backend's name must be 1 to 64 letters.*"my app"/],
  'a __Host- cookie with a domain': [
    { backends: [cookie(new CookieTransport({ name: '__Host-session', domain: 'app.example' }))] },
    /backend "cookie": .*__Host-/,
  ],
  'a cookie for all sites that is not secure': [
    { backends: [cookie(new CookieTransport({ name: 'session', sameSite: 'none', secure: false }))] },
    /backend "cookie": .*[Nn]one.*[Ss]ecure/,
  ],
  'a backend with a cookie and refresh tokens': [
    {
      backends: [
        new AuthenticationBackend<User>({
          name: 'cookie',
          transport: new CookieTransport(),
          strategy: new JwtStrategy<User>(),
          refresh: {},
        }),
      ],
    },
    /`refresh` and a cookie.*leave `refresh` out/,
  ],
  'no hasher in the list': [{ hashers: [] }, /hashers is a list with at least one hasher: hashers: \[new BcryptHasher\(\)\]/],
  'a first hasher that only verifies': [{ hashers: [new DjangoHasher()] }, /hashers\[0\].*\[new BcryptHasher\(\), …\]/],
  'a misspelt option': [{ verificationTokenLifetimeSecond: 60 }, /did you mean `verificationTokenLifetimeSeconds`\?/],
  'an option that nothing resembles': [{ blockchain: true }, /^`blockchain` is no option$/],
  'a misspelt route': [{ routes: { forgotPasword: false } }, /`routes.forgotPasword` is no option.*`routes.forgotPassword`\?/],
  'a misspelt setting of sessions': [
    { sessions: { maxSession: 3 } },
    /`sessions.maxSession` is no option.*`sessions.maxSessions`/,
  ],
  'sessions that outlive themselves': [
    { sessions: { idleLifetimeSeconds: 200, absoluteLifetimeSeconds: 100 } },
    /`sessions.idleLifetimeSeconds` is above `sessions.absoluteLifetimeSeconds`.*lower it/,
  ],
  'a misspelt limit': [{ rateLimits: { logins: { points: 3 } } }, /`rateLimits.logins` is no limit: did you mean `login`\?/],
  'a lifetime of no seconds': [
    { resetPasswordTokenLifetimeSeconds: 0 },
    /`resetPasswordTokenLifetimeSeconds` must be a whole number of seconds above 0/,
  ],
  'a lifetime of half a second': [
    { invitationTokenLifetimeSeconds: 0.5 },
    /`invitationTokenLifetimeSeconds` must be a whole number of seconds above 0/,
  ],
  'a lifetime as a text': [{ verificationTokenLifetimeSeconds: '1h' }, /must be a whole number of seconds above 0/],
  'an unknown mode of registration': [{ registration: 'opened' }, /`registration` must be one of 'open', 'invite', 'closed'/],
  'an unknown way to change addresses': [{ emailChange: 'now' }, /`emailChange` must be one of 'confirmed', 'immediate'/],
  'a switch that is a text': [{ requiresVerification: 'yes' }, /`requiresVerification` must be true or false/],
  'a concealed registration that is a text': [{ preventEnumeration: 'yes' }, /`preventEnumeration` must be true or false/],
  'a concealed registration without verification': [
    { preventEnumeration: true },
    /`preventEnumeration` needs `requiresVerification: true`/,
  ],
  'a concealed registration with immediate changes of address': [
    { preventEnumeration: true, requiresVerification: true, emailChange: 'immediate' },
    /`preventEnumeration` needs `emailChange: 'confirmed'`/,
  ],
  'a login field that is not unique': [
    { loginFields: ['email', 'isActive'] },
    /`loginFields` holds "isActive", which is no unique column of User.*@Index\(\{ unique: true \}\)/,
  ],
  'a login field that is no column': [{ loginFields: ['nickname'] }, /`loginFields` holds "nickname"/],
  'no login field': [{ loginFields: [] }, /`loginFields` must be a list of columns/],
  "a role by one of the library's words": [{ roles: { superuser: () => true } }, /`roles.superuser`.*choose another/],
  'a role that is no function': [{ roles: { admin: 'admin' } }, /`roles.admin` must be a function: admin: \(user\) =>/],
  'a trusted origin with a path': [
    { trustedOrigins: ['https://app.example/a'] },
    /`trustedOrigins`.*write "https:\/\/app.example"/,
  ],
  'a feature that is listed twice': [
    {
      features: [
        { name: 'odd', setUp: () => ({}) },
        { name: 'odd', setUp: () => ({}) },
      ],
    },
    /the feature "odd" is listed twice/,
  ],
  'a fault that a feature finds': [
    { features: [{ name: 'odd', check: () => ['write `odd: 1`'], setUp: () => ({}) }] },
    /write `odd: 1`/,
  ],
  'a short password by the policy': [{ passwordPolicy: { minLength: 4 } }, /minLength is a whole number from 8 to 64/],
  'a misspelt rule for passwords': [
    { passwordPolicy: { minLenght: 12 } },
    /`passwordPolicy.minLenght`.*`passwordPolicy.minLength`\?/,
  ],
  'a logger that is none': [{ logger: 'console' }, /`logger` must have the methods info, warn and error, as `console` has/],
  'a clock that is a function': [{ clock: () => 0 }, /`clock` must have a method `now` that gives a Date/],
  'one origin in place of a list': [
    { trustedOrigins: 'https://app.example' },
    /`trustedOrigins` must be a list: trustedOrigins: \['https:\/\/app.example'\]/,
  ],
};

describe('a mistake in the set-up', () => {
  let dataSource: DataSource;
  const tell = (written: object): readonly string[] => faultsOf({ ...options(dataSource), ...written });

  classesComeFrom(containerPerApp);
  before(async () => {
    dataSource = await openDatabase();
  });
  after(() => dataSource.destroy());

  for (const [mistake, [written, told]] of Object.entries(mistakes)) {
    it(`ends the start and says what to write: ${mistake}`, () => {
      const faults = tell(written);
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.match(told);
    });
  }

  it('ends the start and says what to write: a login field that is no text', async () => {
    const members = await openDatabase(usersEntities(Member));
    const tellFields = (loginFields: string[]) => faultsOf({ ...options(members), user: Member, loginFields });
    expect(tellFields(['email', 'nick', 'motto', 'name'])).to.deep.equal([]);
    for (const field of ['number', 'badge']) {
      const faults = tellFields(['email', field]);
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.match(new RegExp(`\`loginFields\` holds "${field}".*no text.*@Column\\(\\{ type: 'varchar'`));
    }
    await members.destroy();
  });

  it('ends the start and says what to write: a login field that two people may have alike', async () => {
    const pupils = await openDatabase(usersEntities(Pupil));
    for (const field of ['school', 'nick', 'town']) {
      const faults = faultsOf({ ...options(pupils), user: Pupil, loginFields: ['email', field] });
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.include(`\`loginFields\` holds "${field}", which is no unique column of Pupil`);
    }
    await pupils.destroy();
  });

  it('ends the start and says what to write: a DataSource that is not ready for the users', async () => {
    const closed = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: usersEntities(User) });
    expect(faultsOf(options(closed))).to.have.lengthOf(1);
    expect(faultsOf(options(closed))[0]).to.include('write `await dataSource.initialize()` before `setupUsers`');
    for (const entities of [[User], [User, ...usersEntities(Member)]]) {
      const without = await openDatabase(entities);
      expect(faultsOf(options(without))).to.have.lengthOf(1);
      expect(faultsOf(options(without))[0]).to.match(
        /lacks the library's tables: write entities: \[\.\.\.usersEntities\(User\)\]/,
      );
      await without.destroy();
    }
    const citizens = await openDatabase(usersEntities(Citizen));
    expect(faultsOf({ ...options(citizens), user: Citizen })).to.deep.equal([
      'the primary key of Citizen must be the one column `id`',
    ]);
    await citizens.destroy();
  });

  it('is told together with all others', () => {
    const faults = tell({
      secret: 'hush',
      hooks: [ServiceWithoutHook],
      registration: 'opened',
      regstration: 'open',
      passwordPolicy: { minLength: 4 },
    });
    expect(faults).to.have.lengthOf(5);
    expect(new UsersSetupError(faults).message).to.match(/^5 faults in the set-up:\n( {2}- .+\n){4} {2}- .+$/);
  });

  it('never repeats the secret', () => {
    for (const short of ['hush-hush', ['hush-hush']]) expect(tell({ secret: short }).join()).not.to.contain('hush-hush');
  });

  it('is told where the entities are listed: a user class without @Entity()', () => {
    class Undecorated extends BaseUser {}
    expect(() => usersEntities(Undecorated)).to.throw(
      UsersSetupError,
      /^Undecorated is no entity: decorate the class with @Entity\('users'\)/,
    );
    expect(() => usersEntities(undefined as never)).to.throw(UsersSetupError, /circle of imports/);
  });

  it('is not made by options that are undefined', () => {
    const names: (keyof UsersOptions<User>)[] = [
      'hooks',
      'routes',
      'roles',
      'sessions',
      'backends',
      'rateLimits',
      'dtos',
      'manager',
    ];
    expect(tell(Object.fromEntries(names.map((name) => [name, undefined])))).to.deep.equal([]);
  });

  it("is not made by the library's own classes, nor by a bound of each kind", () => {
    const written = {
      dtos: { create: UserCreate, update: UserUpdate },
      manager: UserManager,
      passwordPolicy: { minLength: 12, maxLength: 200 },
    };
    expect(tell(written)).to.deep.equal([]);
  });

  for (const value of [null, 7, 'yes', {}, [null], () => 1]) {
    it(`is told, and no TypeError, where JavaScript sets an option to ${typeof value === 'function' ? 'a function' : JSON.stringify(value)}`, () => {
      for (const name of OPTION_NAMES) for (const fault of tell({ [name]: value })) expect(fault, name).to.match(/[a-z]/);
    });
  }

  it('is told in a warning where the DataSource is of another copy of typeorm, whose errors have other classes', async () => {
    const given = options(dataSource);
    const ofAnotherCopy = new Proxy(dataSource, { getPrototypeOf: () => Object.prototype });
    await setupUsers({ ...given, dataSource: ofAnotherCopy }).close();
    expect(given.logger.lines.map(String).join()).to.match(/another copy of typeorm.*`npm dedupe`/);
    const own = options(dataSource);
    await setupUsers(own).close();
    expect(own.logger.lines.map(String).join()).not.to.include('another copy');
  });

  it('is told where there are no options at all', () => {
    for (const nothing of [undefined, null, 'options']) expect(faultsOf(nothing)).to.have.length.above(0);
  });
});
