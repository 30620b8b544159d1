import { type Clock, systemClock } from '../../../runtime/clock.js';
import { checkKeys, KeyRing } from '../../../tokens/index.js';
import { oidc } from './oidc.js';
import { asClaims, type ClientOptions, type OAuthProvider } from './provider.js';

export interface AppleOptions extends Omit<ClientOptions, 'clientSecret'> {
  /** The identifier of the services ID, such as `com.example.web`. */
  clientId: string;
  teamId: string;
  /** Of the key for "Sign in with Apple". */
  keyId: string;
  /** The key itself, as the PEM in the `.p8` file. */
  privateKey: string;
  /** @defaultValue the system's */
  clock?: Clock;
}

const ISSUER = 'https://appleid.apple.com';
const SECRET_SECONDS = 300;

/**
 * Apple. The client secret is a JWT that is made for each use; the answer is posted to the callback, and the name is in it once, at the
 * first sign-in: `profile` finds it as the claim `name` (`{ firstName, lastName }`).
 * @see {@link https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret | Apple: client secret}
 */
export function apple({ teamId, keyId, privateKey, clock = systemClock, ...options }: AppleOptions): OAuthProvider {
  const key = { kid: keyId, algorithm: 'ES256', key: privateKey } as const;
  const provider = oidc({
    issuer: ISSUER,
    clientAuthentication: 'client_secret_post',
    scopes: ['openid', 'name', 'email'],
    isEmailVerified: ({ email_verified: claim }) => claim === true || claim === 'true',
    ...options,
    authorizationParameters: { response_mode: 'form_post', ...options.authorizationParameters },
  });
  return {
    ...provider,
    clientSecret() {
      const iat = Math.floor(clock.now().getTime() / 1000);
      return KeyRing.of([key]).sign({ iss: teamId, sub: options.clientId, aud: ISSUER, iat, exp: iat + SECRET_SECONDS });
    },
    async readAccount(claims, api) {
      const read = await provider.readAccount(claims, api);
      return { ...read, claims: { ...read.claims, name: nameOf(api.callbackParameters.user) } };
    },
    check: () => [
      ...provider.check(),
      ...(typeof teamId === 'string' && teamId !== ''
        ? []
        : ['`teamId` is missing: it is in the membership details of your Apple account']),
      ...checkKeys([key]).map((fault) => fault.replace(/`[^`]*`/, '`privateKey`')),
    ],
  };
}

function nameOf(user: string | undefined): unknown {
  if (user === undefined) return undefined;
  try {
    return asClaims(JSON.parse(user)).name;
  } catch {
    // The person may have written it, and a name is nothing to refuse a sign-in for.
    return undefined;
  }
}
