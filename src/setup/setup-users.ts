import type { RoutingControllersOptions } from 'routing-controllers';
import {
  AuthenticationBackend,
  Authenticator,
  Authorization,
  type AuthorizationChecker,
  BearerTransport,
  Credentials,
  type CurrentUserChecker,
  createAuthorizationChecker,
  createCurrentUserChecker,
  Gate,
  JwtStrategy,
} from '../authentication/index.js';
import { Database } from '../database/index.js';
import type { FeatureContext, FeatureParts } from '../features/feature.js';
import { HookDispatcher, hookMethods, SecurityEvents } from '../hooks/index.js';
import { Bodies, OriginPolicy } from '../http/index.js';
import { ClientLimits, ForwardedHeaderWarning, PasswordTries, RateLimits } from '../limits/index.js';
import { type BaseUserWithoutId, UserTable } from '../model/index.js';
import { PasswordPolicy, Passwords } from '../passwords/index.js';
import { systemClock } from '../runtime/clock.js';
import { systemRandomness } from '../runtime/randomness.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import { Uuids } from '../runtime/uuids.js';
import { DatabaseSessions, SESSION_DEFAULTS, type SessionClass, Sessions } from '../sessions/index.js';
import { PurposeTokens, Secrets } from '../tokens/index.js';
import { Login, UserFields, UserManager, UserSerializer, UsersContext } from '../users/index.js';
import { AppContainer } from './app-container.js';
import { findSessionEntity } from './check-entities.js';
import { checkOptions, unlistedHookClasses } from './check-options.js';
import { completeControllers } from './controller-metadata.js';
import { completeRouting } from './routing.js';
import type { UsersOptions } from './users-options.js';

/** What an app gets. */
export interface Users<U extends BaseUserWithoutId> {
  /** Every flow in code. The app's services get it by `constructor(private readonly users: UserManager<User>)`. */
  readonly manager: UserManager<U>;
  /** Completes routing-controllers' own options: the checkers, the error handler, and the metadata of controllers that were extended. */
  routing(options?: RoutingControllersOptions): RoutingControllersOptions;
  /** For options that are written by hand. Reading it completes the controllers that were extended so far. */
  readonly authorizationChecker: AuthorizationChecker;
  /** For options that are written by hand. */
  readonly currentUserChecker: CurrentUserChecker<U>;
  /** Waits for hooks that run beside their request, and lets go of timers. The DataSource stays the app's to close. */
  close(): Promise<void>;
}

/**
 * Sets the library up for one app. It does no input and output; everything is checked at once.
 * @throws {@link UsersSetupError} with all faults of the options, each a sentence that says what to write
 */
export function setupUsers<U extends BaseUserWithoutId>(options: UsersOptions<U>): Users<U> {
  const container = new AppContainer(options.container);
  const faults = checkOptions(options, container);
  const sessionClass = faults.length === 0 ? findSessionEntity(options.dataSource, options.user) : undefined;
  if (sessionClass === undefined) throw new UsersSetupError(faults);
  return new UsersSetup(options, container, sessionClass).build();
}

/** Puts the parts of one app together. */
class UsersSetup<U extends BaseUserWithoutId> {
  private readonly clock;
  private readonly randomness;
  private readonly logger;

  constructor(
    private readonly options: UsersOptions<U>,
    private readonly container: AppContainer,
    private readonly sessionClass: SessionClass,
  ) {
    this.clock = options.clock ?? systemClock;
    this.randomness = options.randomness ?? systemRandomness;
    this.logger = options.logger ?? console;
  }

  build(): Users<U> {
    const { options, container, logger, clock } = this;
    const secrets = new Secrets(options.secret ?? []);
    const uuids = new Uuids(clock, this.randomness);
    const table = new UserTable(Database.of(options.dataSource), options.user);
    const fields = new UserFields(table, options.dtos ?? {});
    const databaseSessions = new DatabaseSessions(table, this.sessionClass);
    const sessions = new Sessions(databaseSessions, { ...SESSION_DEFAULTS, ...options.sessions }, clock, uuids, logger);
    const hooks = this.hooks();
    const events = new SecurityEvents(hooks, clock);
    const origin = new OriginPolicy(options.trustedOrigins ?? []);
    const bodies = new Bodies({
      isOn: (route) => !Object.entries(options.routes ?? {}).some(([name, isOn]) => name === route && isOn === false),
    });
    const backends = options.backends ?? [
      new AuthenticationBackend<U>({ name: 'bearer', transport: new BearerTransport(), strategy: new JwtStrategy<U>() }),
    ];
    const users = { findById: (id: U['id']) => manager.findById(id), findByEmail: (email: string) => manager.findByEmail(email) };
    const authenticator = new Authenticator(backends, users, sessions, origin);
    const authorization = new Authorization(authenticator, bodies, sessions, {
      requiresVerification: options.requiresVerification ?? false,
      roles: options.roles ?? {},
    });
    const tokens = this.tokens(secrets);
    const secondFactors: NonNullable<FeatureParts<U>['secondFactors']>[] = [];
    const gate = new Gate(
      { requiresVerification: options.requiresVerification ?? false, secondFactors },
      sessions,
      authenticator,
      origin,
      tokens,
      hooks,
      events,
      clock,
    );
    const limits = new RateLimits(options.rateLimits, { logger });
    const clientLimits = new ClientLimits(limits, new ForwardedHeaderWarning(logger));
    const credentials = new Credentials(sessions);
    const context = new UsersContext<U>({
      settings: {
        registration: options.registration ?? 'open',
        requiresVerification: options.requiresVerification ?? false,
        emailChange: options.emailChange ?? 'confirmed',
        preventEnumeration: options.preventEnumeration ?? false,
        loginFields: options.loginFields ?? ['email'],
        resetPasswordTokenLifetimeSeconds: options.resetPasswordTokenLifetimeSeconds ?? 3600,
        verificationTokenLifetimeSeconds: options.verificationTokenLifetimeSeconds ?? 3600,
        invitationTokenLifetimeSeconds: options.invitationTokenLifetimeSeconds ?? 7 * 24 * 3600,
      },
      table,
      fields,
      passwords: this.passwords(),
      tokens,
      sessions,
      credentials,
      gate,
      backends,
      hooks,
      events,
      limits,
      passwordTries: new PasswordTries(limits),
      clock,
      randomness: this.randomness,
      uuids,
      logger,
    });
    const strategyContext = {
      sessions,
      databaseSessions,
      secrets,
      clock,
      randomness: this.randomness,
      users,
      parseId: (id: unknown) => table.ids.parse(id),
    };
    this.refuse(
      backends.flatMap(({ name, strategy }) =>
        (strategy.setUp?.(strategyContext, name) ?? []).map((fault) => `backend "${name}": ${fault}`),
      ),
    );
    const manager = this.manager(context);
    const serializer = new UserSerializer(table, fields);
    const login = new Login(backends, manager, gate, authenticator, bodies, clientLimits, events);
    this.provide([context, fields, serializer, login, authenticator, bodies, clientLimits]);
    const featureContext = { users: manager, context, serializer, authenticator, bodies, limits: clientLimits, secrets };
    const features = this.features(featureContext, credentials, events, secondFactors);
    container.renewControllers();
    return this.face(manager, authorization, async () => {
      await hooks.settled();
      await sessions.settled();
      await context.passwords.queue.idle();
      for (const feature of features) await feature.close?.();
      await limits.close();
    });
  }

  private face(manager: UserManager<U>, authorization: Authorization<U>, close: () => Promise<void>): Users<U> {
    const { container, logger } = this;
    const authorizationChecker = createAuthorizationChecker(authorization);
    const currentUserChecker = createCurrentUserChecker(authorization);
    return {
      manager,
      routing(options = {}) {
        completeControllers();
        container.renewControllers();
        return completeRouting({ container, logger, authorizationChecker, currentUserChecker }, options);
      },
      get authorizationChecker() {
        completeControllers();
        container.renewControllers();
        return authorizationChecker;
      },
      currentUserChecker,
      close,
    };
  }

  private hooks(): HookDispatcher {
    const { manager = UserManager<U>, hooks = [], onHookError } = this.options;
    const classes = hookMethods(manager).length === 0 ? hooks : [...hooks, manager];
    const unlisted = unlistedHookClasses([...hooks, manager]);
    if (unlisted.length > 0) {
      this.logger.warn(
        `${unlisted.join(', ')} ${unlisted.length === 1 ? 'has' : 'have'} hooks that are not called: write hooks: [${[...hooks.map(({ name }) => name), ...unlisted].join(', ')}] in setupUsers`,
      );
    }
    return new HookDispatcher(classes, this.container, this.logger, onHookError);
  }

  private tokens(secrets: Secrets): PurposeTokens {
    const { resetPasswordTokenSecret, verificationTokenSecret } = this.options;
    const overrides = {
      ...(resetPasswordTokenSecret === undefined ? {} : { 'reset-password': resetPasswordTokenSecret }),
      ...(verificationTokenSecret === undefined
        ? {}
        : { verify: verificationTokenSecret, 'change-email': verificationTokenSecret }),
    };
    return new PurposeTokens({ secrets, clock: this.clock, overrides });
  }

  private passwords(): Passwords {
    const { hashers, passwordPolicy, breachedPasswords } = this.options;
    return new Passwords({
      ...(hashers === undefined ? {} : { hashers }),
      ...(breachedPasswords === undefined ? {} : { breached: breachedPasswords }),
      policy: new PasswordPolicy(passwordPolicy),
      onUnrecognizedHash: () =>
        this.logger.warn('a stored password hash is of no form that `hashers` recognizes: its owner cannot sign in'),
    });
  }

  /** typedi makes the manager, so that `@Inject()` works in the app's class; whoever wants either class gets this one. */
  private manager(context: UsersContext<U>): UserManager<U> {
    const { container } = this;
    const managerClass: Function = this.options.manager ?? UserManager;
    container.provide(UsersContext, () => context);
    container.register(managerClass);
    if (managerClass !== UserManager) container.provide(UserManager, () => container.get(managerClass));
    const manager = container.get<UserManager<U>>(managerClass);
    container.provide(managerClass, () => manager);
    container.provide(UserManager, () => manager);
    return manager;
  }

  private features(
    context: FeatureContext<U>,
    credentials: Credentials<U>,
    events: SecurityEvents,
    secondFactors: NonNullable<FeatureParts<U>['secondFactors']>[],
  ): FeatureParts<U>[] {
    return (this.options.features ?? []).map((feature) => {
      const parts = feature.setUp(context);
      this.provide(parts.services ?? []);
      if (parts.secondFactors !== undefined) secondFactors.push(parts.secondFactors);
      if (parts.onCredentialsChanged !== undefined) credentials.addListener(parts.onCredentialsChanged);
      if (parts.onSecurityEvent !== undefined) events.addListener(parts.onSecurityEvent);
      return parts;
    });
  }

  private provide(services: readonly object[]): void {
    for (const service of services) this.container.provide(service.constructor, () => service);
  }

  private refuse(faults: readonly string[]): void {
    if (faults.length > 0) throw new UsersSetupError(faults);
  }
}
