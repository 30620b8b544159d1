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
import type { ConnectionOptions } from './databases.js';
import { HttpClient } from './http-client.js';

export interface EntityAppDatabase {
  connection?: ConnectionOptions;
  subscribers?: DataSourceOptions['subscribers'];
}

export interface ServedEntityApp {
  client: HttpClient;
  close(): Promise<void>;
}

const IN_MEMORY: ConnectionOptions = { type: 'better-sqlite3', database: ':memory:', enableWAL: true };

/** An app of a test that is about its entity. */
export class EntityApp<U extends BaseUser> {
  private constructor(
    private readonly dataSource: DataSource,
    readonly users: Users<U>,
  ) {}

  /** @param database - an SQLite database in memory unless told */
  static async start<U extends BaseUser>(
    user: new () => U,
    options: Partial<UsersOptions<U>> = {},
    { connection = IN_MEMORY, subscribers = [] }: EntityAppDatabase = {},
  ): Promise<EntityApp<U>> {
    useContainer(containerPerApp);
    const entities = usersEntities(user);
    const dataSource = await new DataSource({ ...connection, synchronize: true, entities, subscribers }).initialize();
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
