import { type RedisClient, RedisStrategy } from '../../src/authentication/redis/index.js';
import { AuthenticationBackend, BearerTransport, CookieTransport, DatabaseStrategy, JwtStrategy } from '../../src/index.js';
import type { Member } from './member.entity.js';

type Backend = AuthenticationBackend<Member>;

/** Every kind of transport with every kind of strategy, by name. The first is what `/users/login` signs in by. */
export function databaseBackends(): Backend[] {
  return [
    new AuthenticationBackend({
      name: 'jwt',
      transport: new BearerTransport(),
      strategy: new JwtStrategy<Member>(),
      refresh: {},
    }),
    new AuthenticationBackend({
      name: 'opaque',
      transport: new BearerTransport(),
      strategy: new DatabaseStrategy<Member>(),
      refresh: {},
    }),
    new AuthenticationBackend({ name: 'cookie', transport: new CookieTransport(), strategy: new DatabaseStrategy<Member>() }),
    new AuthenticationBackend({
      name: 'jwt-cookie',
      transport: new CookieTransport({ name: '__Host-jwt' }),
      strategy: new JwtStrategy<Member>(),
    }),
  ];
}

export function redisBackends(client: RedisClient, prefix: string): Backend[] {
  return [
    new AuthenticationBackend({
      name: 'redis',
      transport: new BearerTransport(),
      strategy: new RedisStrategy<Member>(client, { prefix }),
    }),
    new AuthenticationBackend({
      name: 'redis-cookie',
      transport: new CookieTransport({ name: '__Host-redis' }),
      strategy: new RedisStrategy<Member>(client, { prefix }),
    }),
  ];
}
