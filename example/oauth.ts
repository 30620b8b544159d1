import type { Feature } from 'routing-controllers-users';
import { oauth, oidc } from 'routing-controllers-users/oauth';
import type { Settings } from './settings.js';
import type { User } from './user.entity.js';

/** Signing in by the provider that the environment names, if it does; its first name is ours. */
export function makeOAuth({ baseUrl, oidcClient, associateByEmail }: Settings): Feature<User> {
  const { origin, pathname } = new URL(baseUrl);
  const profile = ({ given_name: firstName }: Readonly<Record<string, unknown>>) => ({ firstName });
  return oauth({
    baseUrl: origin,
    path: `${pathname.replace(/\/$/, '')}/oauth`,
    providers: oidcClient === undefined ? {} : { oidc: oidc({ ...oidcClient, profile }) },
    backends: ['bearer', 'cookie'],
    associateByEmail,
  });
}
