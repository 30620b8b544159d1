import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RoutingControllersOptions } from 'routing-controllers';
import type { BaseUserWithoutId } from '../model/index.js';
import { contextOf } from '../setup/context-of.js';
import type { Users } from '../setup/setup-users.js';
import type { UsersContext } from '../users/index.js';
import { CommandFailure, isSetupError } from './failures.js';

/** The app that a command works on. */
export interface CommandApp {
  users: Users<BaseUserWithoutId>;
  context: UsersContext<BaseUserWithoutId>;
  /** What `users.routing(…)` answered, where the module exports it. */
  routing: RoutingControllersOptions | null;
  /** The app's Express, where the module exports it. */
  express: { get(setting: string): unknown } | null;
}

type Given = Record<'users' | 'routing' | 'app', unknown>;

/**
 * Opens the app of a set-up module: a file that exports what `setupUsers` answered as `users` or by default, as it is, as a promise, or as
 * a function that gives it; beside it, for `routes` and `doctor`, `routing` and `app`. Its DataSource is initialized afterwards.
 * @param file - compiled, ESM or CommonJS; TypeScript where Node runs with a loader that writes the metadata of decorators
 * @throws {@link CommandFailure} with a sentence that says what to write; what the module itself throws is its cause
 */
export async function openApp(file: string): Promise<CommandApp> {
  const { users, routing, app } = await givenBy(await load(file), file);
  if (!isUsers(users)) {
    throw new CommandFailure(
      `${file} exports no users: write \`export const users = setupUsers({ … })\`, a promise of it, or a function that gives it`,
    );
  }
  const context = contextIn(users, file);
  const { dataSource } = context.table.database;
  if (!dataSource.isInitialized) await dataSource.initialize();
  return { users, context, routing: isRouting(routing) ? routing : null, express: isExpress(app) ? app : null };
}

/** Waits for hooks that still run, mails among them, and closes the database. */
export async function closeApp({ users, context }: CommandApp): Promise<void> {
  await users.close();
  const { dataSource } = context.table.database;
  if (dataSource.isInitialized) await dataSource.destroy();
}

async function load(file: string): Promise<object> {
  const url = pathToFileURL(resolve(file)).href;
  try {
    return await import(url);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ERR_MODULE_NOT_FOUND' && Reflect.get(Object(error), 'url') === url) {
      throw new CommandFailure(`there is no file ${file}: build the app first, and name the compiled module`);
    }
    if (/\.[cm]?tsx?$/.test(file) && isNotCompiled(error, code)) {
      throw new CommandFailure(
        `Node cannot run ${file} as it is: name the compiled file, such as dist/users.js, or run Node with a loader that writes the metadata of decorators: NODE_OPTIONS='--import @swc-node/register/esm-register'`,
      );
    }
    throw failureOf(file, error);
  }
}

function isNotCompiled(error: unknown, code: unknown): boolean {
  const codes = ['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'ERR_INVALID_TYPESCRIPT_SYNTAX'];
  return error instanceof SyntaxError || codes.some((one) => one === code);
}

async function givenBy(module: object, file: string): Promise<Given> {
  const outer: unknown = Reflect.get(module, 'default');
  // A module that TypeScript made of ESM for CommonJS has its own default inside the default.
  const byDefault: unknown = (isObject(outer) ? Reflect.get(outer, 'default') : undefined) ?? outer;
  const layers = [module, outer].filter(isObject);
  const exported = (name: string): unknown =>
    layers.map((layer) => Reflect.get(layer, name)).find((value) => value !== undefined);
  try {
    const given = await settled(exported('users') ?? byDefault);
    // A function that builds the whole app gives all of it.
    const parts = isObject(given) && !isUsers(given) ? given : {};
    const part = async (name: string): Promise<unknown> => (await settled(Reflect.get(parts, name))) ?? settled(exported(name));
    const users = isUsers(given) ? given : await settled(Reflect.get(parts, 'users') ?? Reflect.get(parts, 'default'));
    return { users, routing: await part('routing'), app: await asIs(Reflect.get(parts, 'app') ?? exported('app')) };
  } catch (error) {
    throw failureOf(file, error);
  }
}

async function settled(exported: unknown): Promise<unknown> {
  return await (typeof exported === 'function' ? exported() : exported);
}

/** An Express app is a function, and calling it would be a request. */
async function asIs(exported: unknown): Promise<unknown> {
  return await exported;
}

function failureOf(file: string, error: unknown): unknown {
  if (isSetupError(error) || error instanceof CommandFailure) return error;
  return new CommandFailure(`${file} ends with an error: ${error instanceof Error ? error.message : String(error)}`, undefined, {
    cause: error,
  });
}

function contextIn(users: Users<BaseUserWithoutId>, file: string): UsersContext<BaseUserWithoutId> {
  try {
    return contextOf(users);
  } catch {
    throw new CommandFailure(
      `${file} uses another copy of routing-controllers-users than this command: run the app's own, by npx in the app's folder`,
    );
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function isUsers(value: unknown): value is Users<BaseUserWithoutId> {
  return isObject(value) && isObject(Reflect.get(value, 'manager')) && typeof Reflect.get(value, 'routing') === 'function';
}

function isRouting(value: unknown): value is RoutingControllersOptions {
  return isObject(value) && typeof value !== 'function';
}

function isExpress(value: unknown): value is { get(setting: string): unknown } {
  return isObject(value) && typeof Reflect.get(value, 'get') === 'function' && typeof Reflect.get(value, 'set') === 'function';
}
