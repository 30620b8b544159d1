import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container, type ContainerInstance } from 'typedi';
import { DataSource } from 'typeorm';
import { containerPerApp, setupUsers, type Users, UsersController, type UsersOptions } from '../../src/index.js';
import { FastHasher, Outbox, signIn, TestClock } from '../../src/testing/index.js';
import { type RecordedLogger, recordingLogger } from '../http/express-apps.js';
import type { Driver, TestDatabase } from './databases.js';
import { type Answer, HttpClient } from './http-client.js';
import { RecordedHooks } from './recorded-hooks.js';
import { User, UserRegistration, userEntities } from './user.entity.js';

export const PASSWORD = 'correct horse battery';
export const NEW_PASSWORD = 'another long password';

export interface UsersAppOptions extends Partial<UsersOptions<User>> {
  controllers?: Function[];
  /** More for TypeORM, such as `logger`. */
  connection?: object;
  /** Express' `trust proxy`. */
  trustProxy?: boolean;
}

/** An app with users, on a database of its own, behind a server of its own. The people are added as a test needs them. */
export class UsersApp {
  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
    readonly users: Users<User>,
    readonly container: ContainerInstance,
    readonly clock: TestClock,
    readonly logger: RecordedLogger,
    readonly http: HttpClient,
    private readonly server: Server,
  ) {}

  static async start(driver: Driver, options: UsersAppOptions = {}): Promise<UsersApp> {
    const { controllers = [], connection = {}, trustProxy = false, ...given } = options;
    const database = await driver.createDatabase();
    const dataSource = new DataSource({
      ...database.dataSourceOptions(),
      entities: userEntities,
      synchronize: true,
      ...connection,
    });
    await dataSource.initialize();
    const container = Container.of(randomUUID());
    const clock = new TestClock();
    const logger = recordingLogger();
    useContainer(containerPerApp);
    const users = setupUsers<User>({
      dataSource,
      user: User,
      secret: 'a secret of the tests, which has more than 32 bytes',
      dtos: { create: UserRegistration },
      hashers: [new FastHasher()],
      hooks: [RecordedHooks, Outbox],
      rateLimits: false,
      container,
      clock,
      logger,
      ...given,
    });
    const app = express();
    app.set('trust proxy', trustProxy);
    useExpressServer(app, users.routing({ controllers: [UsersController, ...controllers] }));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new UsersApp(
      database,
      dataSource,
      users,
      container,
      clock,
      logger,
      new HttpClient(`http://127.0.0.1:${port}`),
      server,
    );
  }

  get hooks(): RecordedHooks {
    return this.container.get(RecordedHooks);
  }

  get outbox(): Outbox {
    return this.container.get(Outbox);
  }

  /** Adds a person of that name, without a trace in the recorded hooks. */
  async add(name: string, values: object = {}): Promise<User> {
    const user = await this.users.manager.create({ email: emailOf(name), password: PASSWORD, isVerified: true, ...values });
    this.hooks.clear();
    return user;
  }

  /** A token of a new session. */
  async tokenOf(user: User): Promise<string> {
    return (await signIn(this.users, user)).authorization?.slice('Bearer '.length) ?? '';
  }

  login(name: string, password: string = PASSWORD): Promise<Answer> {
    return this.http.post('/users/login', { email: emailOf(name), password });
  }

  /** The row, as the database has it, with the columns that are never selected. */
  async row(id: string): Promise<Record<string, unknown>> {
    const columns = ['hashedPassword', 'securityStamp', 'pendingEmailStamp'].map((column) => `user.${column}`);
    const user = await this.dataSource
      .getRepository(User)
      .createQueryBuilder('user')
      .addSelect(columns)
      .where({ id })
      .getOneOrFail();
    return { ...user };
  }

  /** Does something between what the next flow has read and what it writes. */
  beforeNextTransaction(deed: () => Promise<unknown>): void {
    const { subscribers } = this.dataSource;
    const subscriber = {
      beforeTransactionStart: async () => {
        subscribers.splice(subscribers.indexOf(subscriber), 1);
        await deed();
      },
    };
    subscribers.push(subscriber);
  }

  async close(): Promise<void> {
    this.http.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.users.close();
    await this.dataSource.destroy();
    await this.database.drop();
  }
}

export function emailOf(name: string): string {
  return `${name}@example.com`;
}

/** How often each of `status code` came, for races. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of answers) {
    const key = typeof code === 'string' ? `${status} ${code}` : String(status);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Does the same twenty times at once. */
export function twentyAtOnce<T>(work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: 20 }, (_, index) => work(index)));
}
