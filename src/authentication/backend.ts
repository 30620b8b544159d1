import type { BaseUserWithoutId } from '../model/index.js';
import type { AuthenticationStrategy } from './strategy.js';
import type { AuthenticationTransport } from './transport.js';

/** How refresh tokens behave. */
export interface RefreshOptions {
  /**
   * Seconds in which a token that was exchanged answers with the same successor again. Longer serves slow networks and several tabs,
   * and whoever has stolen one.
   * @defaultValue 10
   */
  graceSeconds?: number;
}

/** A way to be authenticated: how a token travels, and how it names its user. */
export class AuthenticationBackend<U extends BaseUserWithoutId = BaseUserWithoutId> {
  readonly name: string;
  readonly transport: AuthenticationTransport;
  readonly strategy: AuthenticationStrategy<U>;
  /** Undefined where the backend gives no refresh tokens. */
  readonly refresh?: RefreshOptions;

  /**
   * @param options - `name`: up to 64 letters, digits, `-` and `_`, unique in the app; it is stored with each session. `refresh: {}` gives
   *   refresh tokens with the login's answer, which `POST /users/refresh` exchanges
   */
  constructor(options: {
    name: string;
    transport: AuthenticationTransport;
    strategy: AuthenticationStrategy<U>;
    refresh?: RefreshOptions;
  }) {
    this.name = options.name;
    if (options.refresh !== undefined) this.refresh = options.refresh;
    this.transport = options.transport;
    this.strategy = options.strategy;
  }
}

/** A backend as an app hands it in: of its own user class or, where nothing named that class when it was made, of any. */
export type GivenBackend<U extends BaseUserWithoutId> = AuthenticationBackend<U> | AuthenticationBackend;

const EXAMPLES = { transport: 'new BearerTransport()', strategy: 'new JwtStrategy()' } as const;

/** @returns the faults of a list of backends, each a sentence that says what to write */
export function checkBackends(backends: readonly AuthenticationBackend<never>[]): string[] {
  if (backends.length === 0) return ['`backends` is empty: leave it out for bearer tokens, or list at least one backend'];
  const faults: string[] = [];
  const names = new Set<string>();
  for (const backend of backends) {
    const { name, transport, strategy, refresh } = backend;
    if (name === undefined && transport === undefined && strategy === undefined) {
      faults.push(
        "`backends` holds something that is no backend: new AuthenticationBackend({ name: 'bearer', transport: new BearerTransport(), strategy: new JwtStrategy() })",
      );
      continue;
    }
    if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
      faults.push(`a backend's name must be 1 to 64 letters, digits, - and _, not ${JSON.stringify(name)}`);
    }
    if (names.has(name)) faults.push(`two backends are named "${name}": give each a name of its own`);
    names.add(name);
    faults.push(...missingMethods(name, 'transport', transport, ['readToken', 'sendLogin', 'sendLogout']));
    faults.push(...missingMethods(name, 'strategy', strategy, ['readToken', 'writeToken', 'destroyToken']));
    if (refresh !== undefined) faults.push(...checkRefresh(name, transport, strategy, refresh));
    const ownFaults = [...(transport?.check?.() ?? []), ...(strategy?.check?.() ?? [])];
    faults.push(...ownFaults.map((fault) => `backend "${name}": ${fault}`));
  }
  return faults;
}

function missingMethods(
  backend: string,
  part: keyof typeof EXAMPLES,
  value: object | undefined,
  methods: readonly string[],
): string[] {
  if (typeof value !== 'object' || value === null)
    return [`backend "${backend}" has no ${part}: ${part}: ${EXAMPLES[part]}, say`];
  const missing = methods.filter((method) => typeof Reflect.get(value, method) !== 'function');
  return missing.length === 0 ? [] : [`the ${part} of backend "${backend}" has no ${missing.join(', ')}`];
}

function checkRefresh(
  backend: string,
  transport: AuthenticationTransport | undefined,
  strategy: AuthenticationStrategy<never> | undefined,
  refresh: RefreshOptions,
): string[] {
  const faults: string[] = [];
  if (transport?.isAmbient === true) {
    faults.push(`backend "${backend}" has \`refresh\` and a cookie, which lasts as long as its session: leave \`refresh\` out`);
  }
  if (typeof strategy?.renewToken !== 'function') {
    faults.push(`backend "${backend}" has \`refresh\`, which needs JwtStrategy or DatabaseStrategy: leave \`refresh\` out`);
  }
  const { graceSeconds } = refresh;
  if (graceSeconds !== undefined && !(Number.isInteger(graceSeconds) && graceSeconds >= 0)) {
    faults.push(`\`refresh.graceSeconds\` of backend "${backend}" must be a whole number of seconds, 0 or more`);
  }
  return faults;
}
