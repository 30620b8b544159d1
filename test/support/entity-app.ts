import { randomUUID } from 'node:crypto';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container } from 'typedi';
import { DataSource, type DataSourceOptions } from 'typeorm';
import {
  type BaseUser,
  containerPerApp,
  setupUsers,
  type Users,
  UsersController,
  type UsersOptions,
  usersEntities,
} from '../../src/index.js';
import { createUser, FastHasher, signIn } from '../../src/testing/index.js';
import { recordingLogger, serve } from '../http/express-apps.js';
import { HttpClient } from './http-client.js';

export interface ServedEntityApp {
  client: HttpClient;
  close(): Promise<void>;
}

/** An app of a test that is about its entity, on an SQLite database in memory. */
export class EntityApp<U extends BaseUser> {
  private constructor(
    private readonly dataSource: DataSource,
    readonly users: Users<U>,
  ) {}

  /** @param subscribers - TypeORM's */
  static async start<U extends BaseUser>(
    user: new () => U,
    options: Partial<UsersOptions<U>> = {},
    subscribers: DataSourceOptions['subscribers'] = [],
  ): Promise<EntityApp<U>> {
    useContainer(containerPerApp);
    const entities = usersEntities(user);
    const database = { type: 'better-sqlite3', database: ':memory:', synchronize: true } as const;
    const dataSource = await new DataSource({ ...database, entities, subscribers }).initialize();
    const users = setupUsers<U>({
      dataSource,
      user,
      secret: 'a secret of the tests, which has more than 32 bytes',
      hashers: [new FastHasher()],
      rateLimits: false,
      container: Container.of(randomUUID()),
      logger: recordingLogger(),
      ...options,
    });
    return new EntityApp(dataSource, users);
  }

  async close(): Promise<void> {
    await this.users.close();
    await this.dataSource.destroy();
  }

  /** A server with the users' routes, and a client of it. */
  async serve(interceptors: Function[] = []): Promise<ServedEntityApp> {
    const app = express();
    useExpressServer(app, this.users.routing({ controllers: [UsersController], interceptors }));
    const { url, close } = await serve(app);
    return { client: new HttpClient(url), close };
  }

  /** A token of a superuser of its own. */
  async superuserToken(): Promise<string> {
    const superuser = await createUser(this.users, { isSuperuser: true });
    return (await signIn(this.users, superuser)).authorization?.slice('Bearer '.length) ?? '';
  }
}
