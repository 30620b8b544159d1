import { Container } from 'typedi';
import type { BaseUserWithoutId } from '../model/index.js';
import { isRecord } from '../runtime/records.js';
import type { UsersOptions } from './users-options.js';

interface Shape {
  fits(value: unknown): boolean;
  /** What to write, for the sentence that begins with the option's name. */
  advice: string;
}

const listOf = (fits: (item: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(fits);
const hasMethods =
  (...names: string[]) =>
  (value: unknown) =>
    isRecord(value) && names.every((name) => typeof Reflect.get(value, name) === 'function');

/** What kind of value the other checks take for granted. Options whose own check looks at it are not here. */
const SHAPES: Partial<Record<keyof UsersOptions<BaseUserWithoutId>, Shape>> = {
  dtos: { fits: isRecord, advice: 'must be an object: dtos: { create: UserRegistration }' },
  hooks: { fits: Array.isArray, advice: 'must be a list of classes: hooks: [AccountMails]' },
  manager: {
    fits: isFunction,
    advice: 'must be a class that extends UserManager: class AppUsers extends UserManager<User> { … }',
  },
  backends: {
    fits: listOf(isRecord),
    advice: "must be a list: [new AuthenticationBackend({ name: 'bearer', transport, strategy })]",
  },
  passwordPolicy: { fits: isRecord, advice: 'must be an object: passwordPolicy: { minLength: 15 }' },
  breachedPasswords: {
    fits: hasMethods('isBreached'),
    advice: 'takes BreachedPasswords.range() or BreachedPasswords.file(path)',
  },
  routes: {
    fits: (value) => isRecord(value) && Object.values(value).every((isOn) => isOn === undefined || typeof isOn === 'boolean'),
    advice: 'must be an object of true and false: routes: { register: false }',
  },
  loginFields: { fits: listOf((item) => typeof item === 'string'), advice: "must be a list of columns: ['email', 'userName']" },
  roles: { fits: isRecord, advice: "must be an object: roles: { admin: (user) => user.role === 'admin' }" },
  trustedOrigins: { fits: Array.isArray, advice: "must be a list: trustedOrigins: ['https://app.example']" },
  sessions: { fits: isRecord, advice: 'must be an object: sessions: { idleLifetimeSeconds: 3600 }' },
  features: { fits: listOf(hasMethods('setUp')), advice: 'must be a list of features: features: [oauth({ … })]' },
  container: {
    fits: (value) => value === Container || hasMethods('get', 'set', 'has')(value),
    advice: "must be a container of typedi: Container, or Container.of('app')",
  },
  onHookError: { fits: isFunction, advice: 'must be a function: onHookError: (error) => report(error)' },
  logger: { fits: hasMethods('info', 'warn', 'error'), advice: 'must have the methods info, warn and error, as `console` has' },
  clock: { fits: hasMethods('now'), advice: 'must have a method `now` that gives a Date' },
  randomness: { fits: hasMethods('bytes'), advice: 'must have a method `bytes` that gives a Buffer' },
};

/**
 * Looks at what kind of value each option is: an app in JavaScript, or one that reads its options from a file, may give anything.
 * @returns the faults, each a sentence that says what to write, and the options less those that have one
 */
export function checkShapes<U extends BaseUserWithoutId>(
  options: UsersOptions<U>,
): { faults: string[]; wellFormed: UsersOptions<U> } {
  const wellFormed = { ...options };
  const faults: string[] = [];
  for (const [name, { fits, advice }] of Object.entries(SHAPES)) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || fits(value)) continue;
    faults.push(`\`${name}\` ${advice}`);
    Reflect.deleteProperty(wellFormed, name);
  }
  return { faults, wellFormed };
}

function isFunction(value: unknown): value is Function {
  return typeof value === 'function';
}
