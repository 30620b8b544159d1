import type { Request, Response } from 'express';
import { type Authenticator, MfaRequiredError } from '../../authentication/index.js';
import {
  CsrfRejectedError,
  isForTheLog,
  NotFoundError,
  type OriginPolicy,
  toUsersError,
  UsersError,
  ValidationError,
} from '../../http/index.js';
import type { BaseUserWithoutId, UserId } from '../../model/index.js';
import { describeError } from '../../runtime/describe-error.js';
import type { UsersContext } from '../../users/index.js';
import type { AccountLinking, Arrival } from './account-linking.js';
import type { BrowserTickets, Ticket } from './browser-tickets.js';
import { OAuthInvalidStateError } from './oauth.errors.js';
import type { Identity } from './providers/identity.js';
import type { OAuthProvider } from './providers/provider.js';
import type { ProviderClient } from './providers/provider-client.js';
import { inItsWord, toOAuthError } from './providers/provider-failure.js';
import { type ReturnTo, withParameters } from './return-to.js';

/** A provider of the app's, by the name that it has in addresses. */
export interface KnownProvider {
  name: string;
  provider: OAuthProvider;
  /** Where it sends browsers back to. */
  redirectUri: string;
  client: ProviderClient;
}

/** Who asks for another account, and by which session: what ends it ends the flow. */
export interface Asker {
  userId: UserId;
  sessionId: string | null;
  securityStamp: string;
}

/** What the browser keeps, encrypted, on the way to the provider and back. */
interface Flow {
  provider: string;
  nonce: string;
  codeVerifier: string;
  returnTo: string | null;
  backend: string;
  /** Only where an account is to be added to a user. */
  asker?: Asker;
}

/** What the browser keeps until its page exchanges the code: a sign-in that is all but done. */
interface Arrived {
  userId: UserId;
  securityStamp: string;
  backend: string;
}

/** What the flows work with. */
export interface OAuthFlowParts<U extends BaseUserWithoutId> {
  context: UsersContext<U>;
  authenticator: Authenticator<U>;
  providers: ReadonlyMap<string, KnownProvider>;
  tickets: BrowserTickets;
  returns: ReturnTo;
  /** Whose pages may begin to add an account, and exchange a code. */
  origins: readonly OriginPolicy[];
  linking: AccountLinking<U>;
  /** Names of the backends that may be signed in by; the first unless told. */
  backends: readonly string[];
}

export interface StartOptions {
  scopes: readonly string[];
  returnTo?: string | null;
  backend?: string;
  asker?: Asker;
}

/** How a callback ends: at another address, or with a user to whom an account was added, or with what the sign-in's backend answers. */
export type CallbackResult<U> = { redirect: string } | { associated: U } | { body: object | undefined };

const FLOW_SECONDS = 600;
const EXCHANGE_SECONDS = 60;
const AMR = ['oauth'] as const;
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/;
const MOST_SCOPES = 20;

/** The way to a provider and back, for signing in and for adding an account. */
export class OAuthFlows<U extends BaseUserWithoutId = BaseUserWithoutId> {
  constructor(private readonly parts: OAuthFlowParts<U>) {}

  /** @throws {@link NotFoundError} for a name that no provider has */
  known(name: string): KnownProvider {
    const known = this.parts.providers.get(name);
    if (known === undefined) throw new NotFoundError();
    return known;
  }

  /**
   * Refuses a page of another site: the cookie of a flow is not to be set for it, nor to speak for the browser.
   * @throws {@link CsrfRejectedError}
   */
  checkOrigin(request: Request): void {
    if (!this.parts.origins.some((policy) => policy.allows(request))) throw new CsrfRejectedError();
  }

  /** The callback's address with what a provider posted to it. */
  callbackAddress(name: string, parameters: Record<string, string>): string {
    return withParameters(this.known(name).redirectUri, parameters);
  }

  /** Who asks for another account, as the flow keeps him. */
  async asker(user: U, request: Request): Promise<Asker> {
    const session = (await this.parts.authenticator.authenticate(request))?.session ?? null;
    return { userId: user.id, sessionId: session?.id ?? null, securityStamp: await this.stampOf(user) };
  }

  /**
   * Begins a flow, and ties it to this browser by a cookie.
   * @returns the address of the provider's page
   * @throws {@link NotFoundError}, {@link ValidationError}, {@link OAuthBadReturnToError}, {@link OAuthProviderError}
   */
  async start(name: string, options: StartOptions, request: Request, response: Response): Promise<string> {
    const { client } = this.known(name);
    this.checkScopes(options.scopes);
    const backend = this.backendName(options.backend);
    const returnTo = typeof options.returnTo === 'string' ? this.parts.returns.resolve(options.returnTo) : null;
    const secret = () => this.parts.context.randomness.bytes(32).toString('base64url');
    const checks = { nonce: secret(), codeVerifier: secret() };
    const flow: Flow = {
      provider: name,
      ...checks,
      returnTo,
      backend,
      ...(options.asker === undefined ? {} : { asker: options.asker }),
    };
    const { tickets } = this.parts;
    const state = tickets.newToken();
    const address = await client.authorizationUrl({ ...checks, state }, options.scopes).catch((failure: unknown) => {
      throw this.failed(name, failure);
    });
    // A flow that does not begin leaves the browser's others alone.
    tickets.issue(state, { kind: 'flow', content: flow, lifetimeSeconds: FLOW_SECONDS }, request, response);
    return address.href;
  }

  /**
   * Ends a flow: the person is signed in, or the account added.
   * @param parameters - the query of the callback
   * @returns where to send the browser, also with `error` where a `returnTo` was given
   * @throws {@link OAuthInvalidStateError} before the provider hears of the code; and what the contract names, where no `returnTo` was given
   */
  async finish(name: string, parameters: URLSearchParams, request: Request, response: Response): Promise<CallbackResult<U>> {
    const known = this.known(name);
    const states = parameters.getAll('state');
    const ticket = states.length === 1 ? this.parts.tickets.read<Flow>('flow', states[0], request) : null;
    if (ticket === null || ticket.content.provider !== name) throw new OAuthInvalidStateError();
    const { returnTo, asker } = ticket.content;
    try {
      if (asker !== undefined) return await this.finishAdding(known, ticket, asker, parameters, request, response);
      return await this.finishSignIn(known, ticket, parameters, request, response);
    } catch (error) {
      const problem = toUsersError(error);
      // What nobody foresaw is told by the error handler, and logged by it.
      const isForeseen = error instanceof UsersError || problem.status < 500;
      if (returnTo === null || !isForeseen) throw error;
      if (isForTheLog(problem)) {
        this.parts.context.logger.error(`the callback of the provider "${name}" failed`, describeError(error));
      }
      return { redirect: withParameters(returnTo, { error: problem.code }) };
    }
  }

  /**
   * Takes the code of a bearer backend's redirect, once, from the browser that got it.
   * @returns the login answer of the backend
   * @throws {@link OAuthInvalidStateError}, and what the gate throws
   */
  async exchange(code: string, request: Request, response: Response): Promise<object | undefined> {
    const ticket = this.parts.tickets.read<Arrived>('exchange', code, request);
    if (ticket === null) throw new OAuthInvalidStateError();
    const { userId, securityStamp, backend: name } = ticket.content;
    const backend = this.parts.context.backend(name);
    const user = await this.userOf(userId, securityStamp);
    if (user === null || !(await this.parts.tickets.spend(ticket, response))) throw new OAuthInvalidStateError();
    return this.parts.context.gate.signIn({ user, securityStamp, backend, amr: AMR, request, response });
  }

  private async finishSignIn(
    known: KnownProvider,
    ticket: Ticket<Flow>,
    parameters: URLSearchParams,
    request: Request,
    response: Response,
  ): Promise<CallbackResult<U>> {
    const { returnTo, backend: name } = ticket.content;
    const identity = await this.redeem(known, ticket, parameters, response);
    const { user, securityStamp } = await this.parts.linking.findOrCreate({ ...arrivalOf(known), identity, request });
    const backend = this.parts.context.backend(name);
    if (returnTo === null) {
      return { body: await this.parts.context.gate.signIn({ user, securityStamp, backend, amr: AMR, request, response }) };
    }
    const arrived: Arrived = { userId: user.id, securityStamp, backend: name };
    const issueCode = () => {
      const code = this.parts.tickets.newToken();
      const ticket = { kind: 'exchange', content: arrived, lifetimeSeconds: EXCHANGE_SECONDS } as const;
      this.parts.tickets.issue(code, ticket, request, response);
      return code;
    };
    try {
      if (backend.transport.isAmbient === true) {
        await this.parts.context.gate.signIn({ user, securityStamp, backend, amr: AMR, request, response });
        return { redirect: returnTo };
      }
      await this.parts.context.gate.checkUser(user, AMR);
    } catch (error) {
      // The token for the second factor has no place in an address: the page gets it for the code.
      if (!(error instanceof MfaRequiredError)) throw error;
      return { redirect: withParameters(returnTo, { error: error.code, code: issueCode() }) };
    }
    return { redirect: withParameters(returnTo, { code: issueCode() }) };
  }

  private async finishAdding(
    known: KnownProvider,
    ticket: Ticket<Flow>,
    asker: Asker,
    parameters: URLSearchParams,
    request: Request,
    response: Response,
  ): Promise<CallbackResult<U>> {
    await this.askingUser(asker, request);
    const identity = await this.redeem(known, ticket, parameters, response);
    // The provider has taken its time: his session may have ended meanwhile.
    const user = await this.askingUser(asker, request);
    await this.parts.linking.add(user, asker.securityStamp, { ...arrivalOf(known), identity, request });
    const { returnTo } = ticket.content;
    return returnTo === null ? { associated: user } : { redirect: returnTo };
  }

  /** Who asked has to be who he was: active, with the same password, by a session that goes on, and nobody else signed in meanwhile. */
  private async askingUser({ userId, sessionId, securityStamp }: Asker, request: Request): Promise<U> {
    const present = await this.parts.authenticator.authenticate(request);
    if (present !== null && String(present.user.id) !== String(userId)) throw new OAuthInvalidStateError();
    const user = await this.userOf(userId, securityStamp);
    if (user === null || !user.isActive) throw new OAuthInvalidStateError();
    const sessions = sessionId === null ? [] : await this.parts.context.sessions.list(userId);
    if (sessionId !== null && !sessions.some(({ id }) => id === sessionId)) throw new OAuthInvalidStateError();
    return user;
  }

  private async redeem(
    { name, client }: KnownProvider,
    ticket: Ticket<Flow>,
    parameters: URLSearchParams,
    response: Response,
  ): Promise<Identity> {
    if (!(await this.parts.tickets.spend(ticket, response))) throw new OAuthInvalidStateError();
    try {
      return await client.redeem(parameters, { ...ticket.content, state: ticket.token });
    } catch (failure) {
      throw this.failed(name, failure);
    }
  }

  /** What exactly went wrong is for the log: a client can do nothing with it, and an attacker much. */
  private failed(provider: string, failure: unknown): UsersError {
    const { logger } = this.parts.context;
    logger.warn(`a sign-in by the provider "${provider}" failed${inItsWord(failure)}`, describeError(failure));
    return toOAuthError(failure);
  }

  private async userOf(id: UserId, securityStamp: string): Promise<U | null> {
    return this.parts.context.table.find({ id, securityStamp });
  }

  private async stampOf({ id }: U): Promise<string> {
    const found = await this.parts.context.table.findWithSecrets({ id });
    if (found === null) throw new OAuthInvalidStateError();
    return found.secrets.securityStamp;
  }

  private backendName(wanted: string | undefined): string {
    const name = wanted ?? this.parts.backends[0];
    if (name === undefined || !this.parts.backends.includes(name))
      throw new ValidationError([{ field: 'backend', messages: ['backend must be one of the backends of this app'] }]);
    return name;
  }

  private checkScopes(scopes: readonly string[]): void {
    if (scopes.length <= MOST_SCOPES && scopes.every((scope) => SCOPE.test(scope))) return;
    throw new ValidationError([{ field: 'scopes', messages: ['scopes must be words without spaces, at most 20'] }]);
  }
}

function arrivalOf({ name, provider }: KnownProvider): Pick<Arrival, 'provider' | 'profile'> {
  return { provider: name, ...(provider.profile === undefined ? {} : { profile: provider.profile }) };
}
