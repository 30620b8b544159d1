import { Container } from 'typedi';
import type { BaseUserWithoutId } from '../model/index.js';
import { isRecord } from '../runtime/records.js';
import type { UsersOptions } from './users-options.js';

interface Shape {
  fits(value: unknown): boolean;
  /** What to write, for the sentence that begins with the option's name. */
  told: string;
}

const listOf = (fits: (item: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(fits);
const hasMethods =
  (...names: string[]) =>
  (value: unknown) =>
    isRecord(value) && names.every((name) => typeof Reflect.get(value, name) === 'function');

/** What kind of value the other checks take for granted. Options whose own check looks at it are not here. */
const SHAPES: Partial<Record<keyof UsersOptions<BaseUserWithoutId>, Shape>> = {
  dtos: { fits: isRecord, told: 'must be an object: dtos: { create: UserRegistration }' },
  hooks: { fits: Array.isArray, told: 'must be a list of classes: hooks: [AccountMails]' },
  manager: { fits: isFunction, told: 'must be a class that extends UserManager: class AppUsers extends UserManager<User> { … }' },
  backends: {
    fits: listOf(isRecord),
    told: "must be a list: [new AuthenticationBackend({ name: 'bearer', transport, strategy })]",
  },
  passwordPolicy: { fits: isRecord, told: 'must be an object: passwordPolicy: { minLength: 15 }' },
  breachedPasswords: { fits: hasMethods('isBreached'), told: 'takes BreachedPasswords.range() or BreachedPasswords.file(path)' },
  routes: {
    fits: (value) => isRecord(value) && Object.values(value).every((isOn) => isOn === undefined || typeof isOn === 'boolean'),
    told: 'must be an object of true and false: routes: { register: false }',
  },
  loginFields: { fits: listOf((item) => typeof item === 'string'), told: "must be a list of columns: ['email', 'userName']" },
  roles: { fits: isRecord, told: "must be an object: roles: { admin: (user) => user.role === 'admin' }" },
  trustedOrigins: { fits: Array.isArray, told: "must be a list: trustedOrigins: ['https://app.example']" },
  sessions: { fits: isRecord, told: 'must be an object: sessions: { idleLifetimeSeconds: 3600 }' },
  features: { fits: listOf(hasMethods('setUp')), told: 'must be a list of features: features: [oauth({ … })]' },
  container: {
    fits: (value) => value === Container || hasMethods('get', 'set', 'has')(value),
    told: "must be a container of typedi: Container, or Container.of('app')",
  },
  onHookError: { fits: isFunction, told: 'must be a function: onHookError: (error) => report(error)' },
  logger: { fits: hasMethods('info', 'warn', 'error'), told: 'must have the methods info, warn and error, as `console` has' },
  clock: { fits: hasMethods('now'), told: 'must have a method `now` that gives a Date' },
  randomness: { fits: hasMethods('bytes'), told: 'must have a method `bytes` that gives a Buffer' },
};

/**
 * Looks at what kind of value each option is: an app in JavaScript, or one that reads its options from a file, may give anything.
 * @returns the faults, each a sentence that says what to write, and the options less those that have one
 */
export function checkShapes<U extends BaseUserWithoutId>(
  options: UsersOptions<U>,
): { faults: string[]; shapely: UsersOptions<U> } {
  const shapely = { ...options };
  const faults: string[] = [];
  for (const [name, { fits, told }] of Object.entries(SHAPES)) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || fits(value)) continue;
    faults.push(`\`${name}\` ${told}`);
    Reflect.deleteProperty(shapely, name);
  }
  return { faults, shapely };
}

function isFunction(value: unknown): value is Function {
  return typeof value === 'function';
}
