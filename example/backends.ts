import type { Redis } from 'ioredis';
import {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  createAuthController,
  DatabaseStrategy,
  JwtStrategy,
} from 'routing-controllers-users';
import { RedisStrategy } from 'routing-controllers-users/redis';
import type { Settings } from './settings.js';
import type { User } from './user.entity.js';

export interface Backends {
  /** The first is what `/users/login` signs in by. */
  list: AuthenticationBackend<User>[];
  /** Login and logout of the others. */
  controllers: Function[];
}

/** Bearer tokens for scripts and mobile apps, a cookie for browsers, and tokens in Redis where there is one. */
export function makeBackends(settings: Settings, redis: Redis | undefined): Backends {
  const bearer = new AuthenticationBackend<User>({
    name: 'bearer',
    transport: new BearerTransport(),
    strategy: new JwtStrategy({ lifetimeSeconds: settings.accessTokenLifetimeSeconds }),
    refresh: { graceSeconds: settings.refreshGraceSeconds },
  });
  const cookie = new AuthenticationBackend<User>({
    name: 'cookie',
    transport: new CookieTransport(),
    strategy: new DatabaseStrategy(),
  });
  const list = [bearer, cookie];
  const controllers = [createAuthController(cookie, '/auth/cookie')];
  if (redis !== undefined) {
    const tokens = new AuthenticationBackend<User>({
      name: 'redis',
      transport: new BearerTransport(),
      strategy: new RedisStrategy(redis),
    });
    list.push(tokens);
    controllers.push(createAuthController(tokens, '/auth/redis'));
  }
  return { list, controllers };
}
