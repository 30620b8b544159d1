import { Get, JsonController, UseBefore } from 'routing-controllers';
import { Service } from 'typedi';
import { CompleteController, LibraryController, receive } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import type { JwtStrategy } from './jwt-strategy.js';

export type JwksControllerClass = new () => LibraryController;

/**
 * Makes a controller that publishes the public keys of a strategy at `GET /.well-known/jwks.json`, for services that verify its
 * tokens by themselves. These see the signature and the end of a token, and not whether its session is over.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 | RFC 7517, 5}
 * @throws {@link UsersSetupError} at the first request, where the strategy has secrets alone, which cannot be published
 */
export function createJwksController<U extends BaseUserWithoutId>(strategy: JwtStrategy<U>): JwksControllerClass {
  @CompleteController()
  @Service()
  // The whole path: the library answers 404 below its prefixes, and the rest of /.well-known is the app's.
  @JsonController('/.well-known/jwks.json')
  class JwksController extends LibraryController {
    @Get()
    @UseBefore(receive('jwks', 'none'))
    keys(): { keys: object[] } {
      const jwks = strategy.jwks();
      if (jwks.keys.length === 0) {
        throw new UsersSetupError([
          'createJwksController needs a JwtStrategy with `keys` of RS256, ES256, PS256 or EdDSA: secrets cannot be published',
        ]);
      }
      return jwks;
    }
  }
  return JwksController;
}
