import { BUILT_IN_ROLES, checkBackends } from '../authentication/index.js';
import { declaredHookClasses, hookMethods } from '../hooks/index.js';
import { checkOrigins } from '../http/index.js';
import { checkRateLimits } from '../limits/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { checkHashers, PasswordPolicy, type PasswordPolicyOptions } from '../passwords/index.js';
import { closestName } from '../runtime/closest-name.js';
import { isRecord } from '../runtime/records.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import { checkSessionOptions, SESSION_OPTION_NAMES } from '../sessions/index.js';
import { checkSecret } from '../tokens/index.js';
import { UserCreate, UserManager, UserUpdate } from '../users/index.js';
import { AppContainer } from './app-container.js';
import { checkEntities, uniqueRegistrationFields } from './check-entities.js';
import { checkShapes } from './check-shapes.js';
import { checkStrategiesAreFree } from './serving-app.js';
import { DEFAULT_BACKEND, OPTION_NAMES, ROUTE_NAMES, type UsersOptions } from './users-options.js';

const SECONDS = [
  'resetPasswordTokenLifetimeSeconds',
  'verificationTokenLifetimeSeconds',
  'invitationTokenLifetimeSeconds',
] as const;
const WORDS = { registration: ['open', 'invite', 'closed'], emailChange: ['confirmed', 'immediate'] } as const;
const SWITCHES = ['requiresVerification', 'preventEnumeration'] as const;
const POLICY_NAMES = ['minLength', 'maxLength'] as const satisfies readonly (keyof PasswordPolicyOptions)[];
const DTO_BASES = { create: UserCreate, update: UserUpdate } as const;

/** Looks through all options. @returns the faults, each a sentence that says what to write */
export function checkOptions<U extends BaseUserWithoutId>(written: UsersOptions<U>): string[] {
  if (!isRecord(written))
    return ['setupUsers takes an object: setupUsers({ dataSource, user: User, secret: process.env.SECRET })'];
  const { faults, wellFormed: options } = checkShapes(written);
  const container = new AppContainer(options.container);
  return [
    ...unknownNames(written, OPTION_NAMES, ''),
    ...faults,
    ...checkSecret(options.secret),
    ...checkEntities(options),
    ...checkDtos(options),
    ...checkContainer(container),
    ...checkHooks(options.hooks ?? [], container),
    ...checkManager(options.manager),
    ...(options.backends === undefined ? [] : checkBackends(options.backends as readonly never[])),
    ...checkStrategiesAreFree(options.backends as readonly never[] | undefined, container),
    ...checkHashers(options.hashers),
    ...checkPasswordPolicy(options.passwordPolicy),
    ...checkRateLimits(options.rateLimits),
    ...checkOrigins(options.trustedOrigins ?? []),
    ...unknownNames(options.sessions ?? {}, SESSION_OPTION_NAMES, 'sessions.'),
    ...checkSessionOptions(options.sessions ?? {}),
    ...unknownNames(options.routes ?? {}, ROUTE_NAMES, 'routes.'),
    ...checkRoles(options.roles ?? {}),
    ...checkWords(options),
    ...checkTokens(options),
    ...checkEnumeration(options),
    ...checkFeatures(options),
  ];
}

function unknownNames(options: object, names: readonly string[], path: string): string[] {
  return Object.keys(options)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const meant = closestName(name, names);
      return `\`${path}${name}\` is no option${meant === undefined ? '' : `: did you mean \`${path}${meant}\`?`}`;
    });
}

function checkContainer(container: AppContainer): string[] {
  if (container.isUsedByRoutingControllers()) return [];
  return [
    'routing-controllers does not take its classes from the typedi container: write `useContainer(Container)` before `setupUsers`, or `useContainer(containerPerApp)` where several apps share a process',
  ];
}

function checkDtos<U extends BaseUserWithoutId>({ dtos = {} }: UsersOptions<U>): string[] {
  const faults = unknownNames(dtos, Object.keys(DTO_BASES), 'dtos.');
  for (const kind of ['create', 'update'] as const) {
    const dto = dtos[kind];
    const base = DTO_BASES[kind];
    if (dto !== undefined && dto !== base && !(dto?.prototype instanceof base)) {
      faults.push(`\`dtos.${kind}\` must extend ${base.name}: class ${dto?.name || 'YourDto'} extends ${base.name} { … }`);
    }
  }
  return faults;
}

function checkHooks(hooks: readonly Function[], container: AppContainer): string[] {
  return hooks.flatMap((hookClass) => {
    if (typeof hookClass !== 'function')
      return ['`hooks` holds something that is no class: list the classes, not instances of them'];
    const faults: string[] = [];
    if (hookMethods(hookClass).length === 0) {
      faults.push(
        `${hookClass.name} in \`hooks\` has no hook: decorate a method, such as @OnAfterForgotPassword() sendResetLink(user: User, token: string)`,
      );
    }
    if (!container.has(hookClass))
      faults.push(`${hookClass.name} in \`hooks\` is unknown to typedi: decorate the class with @Service()`);
    return faults;
  });
}

/** Hook classes that are declared and that the set-up was not given: they would never be called. */
export function unlistedHookClasses(listed: readonly Function[]): string[] {
  const isListed = (hookClass: Function) => listed.some((one) => one === hookClass || one.prototype instanceof hookClass);
  return declaredHookClasses()
    .filter((hookClass) => !isListed(hookClass))
    .map(({ name }) => name);
}

function checkPasswordPolicy(policy: PasswordPolicyOptions = {}): string[] {
  const faults = unknownNames(policy, POLICY_NAMES, 'passwordPolicy.');
  try {
    new PasswordPolicy(policy);
  } catch (error) {
    if (!(error instanceof UsersSetupError)) throw error;
    faults.push(...error.faults);
  }
  return faults;
}

function checkManager(manager: Function | undefined): string[] {
  if (manager === undefined || manager === UserManager) return [];
  if (manager.prototype instanceof UserManager) {
    // A class without a constructor of its own has length 0.
    if (manager.length === 0) return [];
    return [`${manager.name} has a constructor of its own: leave it out, and take services by @Inject() on properties`];
  }
  return [
    `\`manager\` must be a class that extends UserManager: class ${manager.name || 'AppUsers'} extends UserManager<User> { … }`,
  ];
}

function checkRoles(roles: object): string[] {
  return Object.entries(roles).flatMap(([name, check]) => {
    if (BUILT_IN_ROLES.some((builtIn) => builtIn === name))
      return [`\`roles.${name}\` is a word of the library's own: choose another`];
    return typeof check === 'function'
      ? []
      : [`\`roles.${name}\` must be a function: ${name}: (user) => user.role === '${name}'`];
  });
}

function checkWords<U extends BaseUserWithoutId>(options: UsersOptions<U>): string[] {
  const faults: string[] = [];
  for (const [name, words] of Object.entries(WORDS)) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined && !words.some((word) => word === value))
      faults.push(`\`${name}\` must be one of ${words.map((word) => `'${word}'`).join(', ')}`);
  }
  for (const name of SWITCHES) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'boolean') faults.push(`\`${name}\` must be true or false`);
  }
  return faults;
}

function checkTokens<U extends BaseUserWithoutId>(options: UsersOptions<U>): string[] {
  const faults: string[] = [];
  for (const name of SECONDS) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      faults.push(`\`${name}\` must be a whole number of seconds above 0`);
  }
  for (const name of ['resetPasswordTokenSecret', 'verificationTokenSecret'] as const) {
    if (options[name] !== undefined)
      faults.push(...checkSecret(options[name]).map((fault) => fault.replace('`secret`', `\`${name}\``)));
  }
  return faults;
}

function checkEnumeration<U extends BaseUserWithoutId>(options: UsersOptions<U>): string[] {
  const { preventEnumeration, requiresVerification, emailChange } = options;
  if (preventEnumeration !== true) return [];
  const faults: string[] = [];
  if (requiresVerification !== true) {
    faults.push(
      '`preventEnumeration` needs `requiresVerification: true`: else a sign-in right after registering tells whether the address was new',
    );
  }
  if (emailChange === 'immediate') {
    faults.push(
      "`preventEnumeration` needs `emailChange: 'confirmed'`: an address that is taken at once tells whether it was free",
    );
  }
  for (const field of uniqueRegistrationFields(options)) {
    faults.push(
      `\`preventEnumeration\` cannot hold with the unique field \`${field}\` in \`dtos.create\`: whether it is taken after a registration tells whether the address was new. Let users set it later, by \`dtos.update\``,
    );
  }
  return faults;
}

function checkFeatures<U extends BaseUserWithoutId>(options: UsersOptions<U>): string[] {
  const { features = [], dataSource, user, backends = [{ name: DEFAULT_BACKEND }] } = options;
  const names = features.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const context = {
    entityTargets: dataSource?.entityMetadatas?.map(({ target }) => target) ?? [],
    user,
    backends: backends.map(({ name }) => name),
  };
  return [
    ...twice.map((name) => `the feature "${name}" is listed twice`),
    ...features.flatMap((feature) => feature.check?.(context) ?? []),
  ];
}
