// The reference set-up: the library as an app has it, bearer JWT with refresh at /users, a cookie and a database session at /auth/cookie.
import 'reflect-metadata';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  createAuthController,
  DatabaseStrategy,
  JwtStrategy,
  setupUsers,
  UsersController,
  usersEntities,
} from 'routing-controllers-users';
import { Container } from 'typedi';
import { DataSource } from 'typeorm';
import { connection, settings } from './serve.js';
import { User } from './user.entity.js';

const { secret } = settings();
const dataSource = await new DataSource({ ...connection(settings()), entities: usersEntities(User) }).initialize();
useContainer(Container);
const cookie = new AuthenticationBackend<User>({
  name: 'cookie',
  transport: new CookieTransport(),
  strategy: new DatabaseStrategy(),
});
// Counted as ever, and high enough for a client that makes a load of its own.
const unbounded = { points: 1_000_000_000, durationSeconds: 3600 };
const users = setupUsers({
  dataSource,
  user: User,
  secret,
  backends: [
    new AuthenticationBackend<User>({
      name: 'bearer',
      transport: new BearerTransport(),
      // A key of its own, so that the bench can make tokens for any of a million seeded sessions.
      strategy: new JwtStrategy({ keys: [{ kid: 'bench', algorithm: 'HS256', key: secret }], lifetimeSeconds: 3600 }),
      refresh: {},
    }),
    cookie,
  ],
  rateLimits: { login: unbounded, register: unbounded, refresh: unbounded },
});
const controllers = [UsersController, createAuthController(cookie, '/auth/cookie')];

export const app = useExpressServer(express(), users.routing({ controllers }));
