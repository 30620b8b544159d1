import { DataSource, In } from 'typeorm';
import {
  AuthenticationBackend,
  Authenticator,
  Authorization,
  BearerTransport,
  Credentials,
  Gate,
  JwtStrategy,
  Refresh,
  type SecondFactors,
  type StrategyContext,
} from '../authentication/index.js';
import { Database } from '../database/index.js';
import type { FeatureContext, FeatureParts } from '../features/feature.js';
import { HookDispatcher, hookMethods, SecurityEvents } from '../hooks/index.js';
import { Bodies, OriginPolicy } from '../http/index.js';
import { ClientLimits, ForwardedHeaderWarning, PasswordTries, RateLimits, splitOverNames } from '../limits/index.js';
import { type BaseUserWithoutId, UserTable } from '../model/index.js';
import { PasswordPolicy, Passwords } from '../passwords/index.js';
import { systemClock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { systemRandomness } from '../runtime/randomness.js';
import { Uuids } from '../runtime/uuids.js';
import { DatabaseSessions, RefreshTokens, SESSION_DEFAULTS, type SessionClass, Sessions } from '../sessions/index.js';
import { PurposeTokens, Secrets } from '../tokens/index.js';
import { Login, UserFields, UserManager, UserSerializer, type UserSettings, UsersContext } from '../users/index.js';
import type { AppContainer } from './app-container.js';
import { unlistedHookClasses } from './check-options.js';
import { lacksMetadata } from './injection.js';
import { ServingApp } from './serving-app.js';
import { DEFAULT_BACKEND, type UsersOptions } from './users-options.js';

const REFRESH_KEYS = 'routing-controllers-users/refresh';

/** The parts of one app, put together in the order of the floors. The options have no fault. */
export class Composition<U extends BaseUserWithoutId, M extends UserManager<U>> {
  readonly logger: Logger;
  readonly manager: M;
  readonly authorization: Authorization<U>;
  private readonly hooks: HookDispatcher;
  private readonly sessions: Sessions<U>;
  private readonly passwords: Passwords;
  private readonly limits: RateLimits;
  private readonly features: FeatureParts<U>[] = [];
  private readonly app: ServingApp;

  constructor(
    private readonly options: UsersOptions<U, M>,
    private readonly container: AppContainer,
    sessionClass: SessionClass,
  ) {
    const { clock = systemClock, randomness = systemRandomness, logger = console } = options;
    const settings = settingsOf(options);
    this.logger = logger;
    this.app = new ServingApp(container, options.dataSource);
    const secrets = new Secrets(options.secret ?? []);
    const tokens = new PurposeTokens({ secrets, clock, overrides: tokenSecrets(options) });
    const uuids = new Uuids(clock, randomness);
    const table = new UserTable(Database.of(options.dataSource), options.user);
    const fields = new UserFields(table, options.dtos ?? {});
    if (!(options.dataSource instanceof DataSource))
      logger.warn(
        'the DataSource is of another copy of typeorm than that of routing-controllers-users, which does not know its errors: a taken address would be a 500. Look at `npm ls typeorm`, and write `npm dedupe`',
      );
    const { undeclared } = fields;
    if (undeclared.length > 0)
      logger.warn(
        `${undeclared.join(', ')}: nobody can set it, since no decorator of class-validator declares it: @IsOptional() @IsString(), say`,
      );
    const serializer = new UserSerializer(table, fields);
    this.limits = new RateLimits(splitOverNames(options.rateLimits, settings.loginFields.length), { logger });
    this.passwords = passwordsOf(options, logger);
    this.hooks = this.hookDispatcher();
    const events = new SecurityEvents(this.hooks, clock, logger);

    const databaseSessions = new DatabaseSessions(table, sessionClass);
    this.sessions = new Sessions(databaseSessions, { ...SESSION_DEFAULTS, ...options.sessions }, clock, uuids, logger);
    const refreshTokens = new RefreshTokens(secrets.keys(REFRESH_KEYS));

    // One that names no user class gets its users from this set-up, so that they are of its class.
    const backends = (options.backends ?? [defaultBackend<U>()]) as readonly AuthenticationBackend<U>[];
    const users = {
      findById: (id: U['id']) => this.manager.findById(id),
      findByEmail: (email: string) => this.manager.findByEmail(email),
    };
    const strategyContext: StrategyContext<U> = {
      sessions: this.sessions,
      databaseSessions,
      secrets,
      clock,
      randomness,
      users,
      findByStamp: (id, securityStamps) => table.find({ id, securityStamp: In([...securityStamps]) }),
      parseId: (id) => table.ids.parse(id),
    };
    for (const { name, transport, strategy } of backends) {
      strategy.setUp?.(strategyContext, { name, transport });
      this.app.tag(strategy);
    }
    const isRouteOn = (route: string) =>
      !Object.entries(options.routes ?? {}).some(([name, isOn]) => name === route && isOn === false);
    const bodies = new Bodies(isRouteOn);
    const origin = new OriginPolicy(options.trustedOrigins ?? []);
    const authenticator = new Authenticator(backends, users, this.sessions, origin);
    const { requiresVerification } = settings;
    const clientLimits = new ClientLimits(this.limits, new ForwardedHeaderWarning(logger));
    this.authorization = new Authorization(authenticator, bodies, this.sessions, clientLimits, {
      requiresVerification,
      roles: options.roles ?? {},
    });
    const secondFactors: SecondFactors<U>[] = [];
    const gate = new Gate(
      { requiresVerification, secondFactors },
      {
        database: table.database,
        sessions: this.sessions,
        refreshTokens,
        authenticator,
        origin,
        tokens,
        hooks: this.hooks,
        events,
        clock,
        randomness,
        logger,
      },
    );
    const refresh = new Refresh(
      { backends, requiresVerification },
      { databaseSessions, sessions: this.sessions, refreshTokens, hooks: this.hooks, events, clock },
    );
    const credentials = new Credentials(this.sessions);
    const context = new UsersContext<U>({
      settings,
      table,
      fields,
      passwords: this.passwords,
      tokens,
      sessions: this.sessions,
      credentials,
      gate,
      refresh,
      backends,
      isRouteOn,
      hooks: this.hooks,
      events,
      limits: this.limits,
      passwordTries: new PasswordTries(this.limits),
      clock,
      randomness,
      uuids,
      logger,
    });
    this.manager = this.makeManager(context);
    const login = new Login(backends, this.manager, gate, authenticator, bodies, clientLimits, events);
    this.provide([fields, serializer, login, authenticator, bodies, clientLimits]);

    const featureContext = {
      users: this.manager,
      context,
      serializer,
      authenticator,
      bodies,
      limits: clientLimits,
      origin,
      secrets,
    };
    this.setUpFeatures(featureContext, secondFactors);
    this.app.open();
  }

  /** Waits for what runs beside requests, and lets go of what is held open. */
  async close(): Promise<void> {
    this.app.close();
    await this.hooks.settled();
    await this.sessions.settled();
    await this.passwords.queue.idle();
    for (const feature of this.features) await feature.close?.();
    await this.limits.close();
  }

  /** @param secondFactors - the gate's list, which they add to */
  private setUpFeatures(context: FeatureContext<U>, secondFactors: SecondFactors<U>[]): void {
    const { credentials, events } = context.context;
    for (const feature of this.options.features ?? []) {
      const parts = feature.setUp(context);
      this.features.push(parts);
      this.provide(parts.services ?? []);
      if (parts.secondFactors !== undefined) secondFactors.push(parts.secondFactors);
      if (parts.onCredentialsChanged !== undefined) credentials.addListener(parts.onCredentialsChanged);
      if (parts.onSecurityEvent !== undefined) events.addListener(parts.onSecurityEvent);
    }
  }

  private hookDispatcher(): HookDispatcher {
    const { manager = UserManager<U>, hooks = [], onHookError } = this.options;
    const unlisted = unlistedHookClasses([...hooks, manager]);
    if (unlisted.length > 0) {
      const list = [...hooks.map(({ name }) => name), ...unlisted].join(', ');
      this.logger.warn(`${unlisted.join(', ')}: hooks are declared and not called. Write \`hooks: [${list}]\` in setupUsers`);
    }
    for (const warning of lacksMetadata(hooks)) this.logger.warn(warning);
    const classes = hookMethods(manager).length === 0 ? hooks : [...hooks, manager];
    return new HookDispatcher(classes, this.container, this.logger, onHookError);
  }

  /** typedi makes the manager, so that `@Inject()` works in the app's class; whoever wants either class gets this one. */
  private makeManager(context: UsersContext<U>): M {
    const { container } = this;
    const managerClass: Function = this.options.manager ?? UserManager;
    container.provide(UsersContext, () => context);
    container.register(managerClass);
    if (managerClass !== UserManager) container.provide(UserManager, () => container.get(managerClass));
    const manager = container.get<M>(managerClass);
    container.provide(managerClass, () => manager);
    container.provide(UserManager, () => manager);
    return manager;
  }

  private provide(services: readonly object[]): void {
    for (const service of services) this.container.provide(service.constructor, () => service);
  }
}

function defaultBackend<U extends BaseUserWithoutId>(): AuthenticationBackend<U> {
  return new AuthenticationBackend<U>({
    name: DEFAULT_BACKEND,
    transport: new BearerTransport(),
    strategy: new JwtStrategy<U>(),
    refresh: {},
  });
}

function settingsOf<U extends BaseUserWithoutId>(options: UsersOptions<U>): UserSettings {
  return {
    registration: options.registration ?? 'open',
    requiresVerification: options.requiresVerification ?? false,
    emailChange: options.emailChange ?? 'confirmed',
    preventEnumeration: options.preventEnumeration ?? false,
    loginFields: options.loginFields ?? ['email'],
    resetPasswordTokenLifetimeSeconds: options.resetPasswordTokenLifetimeSeconds ?? 3600,
    verificationTokenLifetimeSeconds: options.verificationTokenLifetimeSeconds ?? 3600,
    invitationTokenLifetimeSeconds: options.invitationTokenLifetimeSeconds ?? 7 * 24 * 3600,
  };
}

function tokenSecrets<U extends BaseUserWithoutId>({ resetPasswordTokenSecret, verificationTokenSecret }: UsersOptions<U>) {
  return {
    ...(resetPasswordTokenSecret === undefined ? {} : { 'reset-password': resetPasswordTokenSecret }),
    ...(verificationTokenSecret === undefined
      ? {}
      : { verify: verificationTokenSecret, 'change-email': verificationTokenSecret }),
  };
}

function passwordsOf<U extends BaseUserWithoutId>(options: UsersOptions<U>, logger: Logger): Passwords {
  const { hashers, passwordPolicy, breachedPasswords } = options;
  return new Passwords({
    ...(hashers === undefined ? {} : { hashers }),
    ...(breachedPasswords === undefined ? {} : { breached: breachedPasswords }),
    policy: new PasswordPolicy(passwordPolicy),
    onUnrecognizedHash: () =>
      logger.warn('a stored password hash is of no form that `hashers` recognizes: its owner cannot sign in'),
  });
}
