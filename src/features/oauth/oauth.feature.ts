import { OriginPolicy } from '../../http/index.js';
import type { BaseUserWithoutId } from '../../model/index.js';
import { UsersSetupError } from '../../runtime/setup-error.js';
import { Encryption } from '../../tokens/index.js';
import type { Feature, FeatureContext, FeatureParts } from '../feature.js';
import { AccountLinking } from './account-linking.js';
import { BrowserTickets } from './browser-tickets.js';
import { describeOAuthController } from './oauth.descriptions.js';
import { BaseOAuthAccount, BaseSpentOAuthTicket, findOAuthEntities } from './oauth.entity.js';
import { checkOAuthOptions, type OAuthOptions } from './oauth.options.js';
import { OAuthService, OAuthServiceParts } from './oauth.service.js';
import { OAuthAccounts } from './oauth-accounts.js';
import { type KnownProvider, OAuthFlows } from './oauth-flows.js';
import { ProviderAccess } from './provider-access.js';
import { isSafeUrl } from './providers/provider.js';
import { ProviderClient } from './providers/provider-client.js';
import { ReturnTo } from './return-to.js';
import { SpentTickets } from './spent-tickets.js';
import { TokenVault } from './token-vault.js';

const TICKET_KEYS = 'routing-controllers-users/oauth/tickets';
const TOKEN_KEYS = 'routing-controllers-users/oauth/tokens';
const DEFAULT_TIMEOUT_SECONDS = 10;

/**
 * Signing in by accounts at providers, for `features: [oauth({ … })]`, with `OAuthController` among the controllers and `...oauthEntities(User)`
 * among the entities.
 */
export function oauth<U extends BaseUserWithoutId>(options: OAuthOptions): Feature<U> {
  return {
    name: 'oauth',
    check({ entityTargets, user, backends }) {
      if (typeof options !== 'object' || options === null)
        return ['oauth: options are missing: write oauth({ baseUrl, providers })'];
      return [...checkOAuthOptions(options), ...checkBackendNames(options, backends), ...checkEntities(entityTargets, user)];
    },
    setUp: (context) => setUp(options, context),
  };
}

function setUp<U extends BaseUserWithoutId>(options: OAuthOptions, features: FeatureContext<U>): FeatureParts<U> {
  const { context, users, authenticator, secrets, origin } = features;
  const { table, clock, uuids, randomness, logger } = context;
  const entities = findOAuthEntities(table.database.dataSource, table.entity);
  if (entities === undefined) throw new UsersSetupError([missingEntities(table.entity)]);
  describeOAuthController();
  const baseUrl = new URL(options.baseUrl);
  const providers = knownProviders(options, clock);
  const vault = new TokenVault(new Encryption(secrets.keys(TOKEN_KEYS), randomness));
  const accounts = new OAuthAccounts(entities.accounts, table, vault, { clock, uuids });
  const tickets = new BrowserTickets({
    encryption: new Encryption(secrets.keys(TICKET_KEYS), randomness),
    spent: new SpentTickets(table.database, entities.spentTickets, clock),
    clock,
    randomness,
    // Browsers count loopback as safe; on plain http beyond it, which is for development, they would drop a secure cookie.
    isSecure: isSafeUrl(baseUrl),
  });
  const origins = [origin, new OriginPolicy(options.trustedOrigins)];
  const flows = new OAuthFlows({
    context,
    authenticator,
    providers,
    tickets,
    returns: new ReturnTo(baseUrl, origins),
    origins,
    linking: new AccountLinking(users, context, accounts, { associateByEmail: options.associateByEmail ?? false }),
    backends: options.backends ?? context.backends.map(({ name }) => name),
  });
  const clients = new Map([...providers].map(([name, { client }]) => [name, client]));
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const access = new ProviderAccess(clients, accounts, vault, { clock, logger, timeoutSeconds });
  const service = new OAuthService(new OAuthServiceParts({ context, accounts, vault, access, providers }));
  return {
    services: [service, flows],
    onCredentialsChanged: (change, manager) => service.onCredentialsChanged(change, manager),
  };
}

function knownProviders(
  options: OAuthOptions,
  clock: ConstructorParameters<typeof ProviderClient>[1]['clock'],
): Map<string, KnownProvider> {
  const { baseUrl, path = '/oauth', timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  return new Map(
    Object.entries(options.providers).map(([name, provider]) => {
      const redirectUri = new URL(`${path}/${name}/callback`, baseUrl).href;
      return [
        name,
        { name, provider, redirectUri, client: new ProviderClient(provider, { redirectUri, timeoutSeconds, clock }) },
      ];
    }),
  );
}

function checkBackendNames({ backends }: OAuthOptions, all: readonly string[]): string[] {
  if (backends === undefined) return [];
  const unknown = [backends].flat().filter((name) => !all.includes(name));
  if (Array.isArray(backends) && backends.length > 0 && unknown.length === 0) return [];
  return [
    `oauth: \`backends\` must be names of the set-up's backends (${all.join(', ')})${unknown.length === 0 ? '' : `, not ${unknown.join(', ')}`}`,
  ];
}

function checkEntities(entityTargets: readonly unknown[], user: Function): string[] {
  const has = (base: Function) =>
    entityTargets.some((target) => typeof target === 'function' && target.prototype instanceof base);
  return has(BaseOAuthAccount) && has(BaseSpentOAuthTicket) ? [] : [missingEntities(user)];
}

function missingEntities({ name }: Function): string {
  return `the DataSource lacks the tables of the feature oauth: write entities: [...usersEntities(${name}), ...oauthEntities(${name})]`;
}
