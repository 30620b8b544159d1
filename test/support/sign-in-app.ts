import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import express, { type Request, type Response } from 'express';
import {
  Authorized,
  Get,
  JsonController,
  NotFoundError,
  Param,
  Post,
  Req,
  Res,
  useContainer,
  useExpressServer,
} from 'routing-controllers';
import { Container, type ContainerInstance, Service } from 'typedi';
import { DataSource } from 'typeorm';
import {
  CurrentUser,
  containerPerApp,
  createAuthController,
  OnRefreshReuse,
  OnSecurityEvent,
  type SecurityEvent,
  setupUsers,
  UserManager,
  type Users,
  UsersController,
  type UsersOptions,
} from '../../src/index.js';
import { FastHasher, Outbox, TestClock } from '../../src/testing/index.js';
import { type RecordedLogger, recordingLogger } from '../http/express-apps.js';
import { databaseBackends } from './backends.js';
import type { ConnectionOptions } from './databases.js';
import { HttpClient } from './http-client.js';
import { Member, memberEntities } from './member.entity.js';
import { emailOf, PASSWORD, SignInClient } from './sign-in-client.js';

export const SECRET = 'a secret of the tests, which has more than 32 bytes';

/** Keeps what an app is told of sign-ins. */
@Service()
export class Reports {
  readonly events: SecurityEvent[] = [];
  readonly reuses: string[] = [];

  @OnSecurityEvent()
  onEvent(event: SecurityEvent): void {
    this.events.push(event);
  }

  @OnRefreshReuse()
  onReuse(user: Member): void {
    this.reuses.push(user.email);
  }
}

/** A resource of the app's own. */
@Service()
@JsonController('/things')
class ThingsController {
  constructor(private readonly users: UserManager<Member>) {}

  @Get('/')
  @Authorized()
  list(@CurrentUser() user: Member): object {
    return { of: user.email };
  }

  @Post('/')
  @Authorized()
  add(): object {
    return {};
  }

  @Post('/fresh')
  @Authorized('fresh')
  addFresh(): object {
    return {};
  }

  /** As a provider does who knows the person: without a password. */
  @Post('/sign-in/:email')
  async signIn(@Param('email') email: string, @Req() request: Request, @Res() response: Response): Promise<object | undefined> {
    const user = await this.users.findByEmail(email);
    if (user === null) throw new NotFoundError();
    return this.users.signIn(user, request, response, { amr: ['oauth'] });
  }

  @Get('/for-anybody')
  forAnybody(@CurrentUser({ required: false }) user: Member | undefined): object {
    return { of: user?.email ?? null };
  }
}

export interface SignInAppOptions extends Partial<UsersOptions<Member>> {
  /** Where several apps share a database, all but the first take it as it is. @defaultValue true */
  synchronize?: boolean;
  /** More for TypeORM, such as `logger`. */
  connection?: object;
  controllers?: Function[];
  /** Express' `trust proxy`. */
  trustProxy?: boolean;
}

/** A server of its own on a database that may be shared, with `/auth/NAME/login` and `/logout` for each backend. */
export class SignInApp extends SignInClient {
  private constructor(
    readonly dataSource: DataSource,
    readonly container: ContainerInstance,
    readonly users: Users<Member>,
    readonly clock: TestClock,
    readonly logger: RecordedLogger,
    http: HttpClient,
    private readonly server: Server,
    firstBackend: string,
  ) {
    super(http, firstBackend);
  }

  get reports(): Reports {
    return this.container.get(Reports);
  }

  get outbox(): Outbox {
    return this.container.get(Outbox);
  }

  static async start(database: ConnectionOptions, options: SignInAppOptions = {}): Promise<SignInApp> {
    const { synchronize = true, connection = {}, controllers = [], trustProxy = false, ...given } = options;
    const dataSource = new DataSource({ ...database, entities: memberEntities, synchronize, ...connection });
    await dataSource.initialize();
    const container = Container.of(randomUUID());
    const clock = given.clock instanceof TestClock ? given.clock : new TestClock();
    const logger = recordingLogger();
    const backends = given.backends ?? databaseBackends();
    useContainer(containerPerApp);
    const users = setupUsers<Member>({
      dataSource,
      user: Member,
      secret: SECRET,
      hashers: [new FastHasher()],
      hooks: [Reports, Outbox],
      rateLimits: false,
      container,
      clock,
      logger,
      ...given,
      backends,
    });
    const authControllers = backends.map((backend) => createAuthController(backend, `/auth/${backend.name}`));
    const app = express();
    app.set('trust proxy', trustProxy);
    useExpressServer(
      app,
      users.routing({ controllers: [UsersController, ThingsController, ...authControllers, ...controllers] }),
    );
    const server = app.listen(0, '127.0.0.1');
    // Longer than any test: a connection that the server closes just when a client uses it again would fail the request.
    server.keepAliveTimeout = 60_000;
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new SignInApp(
      dataSource,
      container,
      users,
      clock,
      logger,
      new HttpClient(`http://127.0.0.1:${port}`),
      server,
      backends[0]?.name ?? '',
    );
  }

  /** A member of that name, active and verified unless told otherwise. */
  add(name: string, values: object = {}): Promise<Member> {
    return this.users.manager.create({ email: emailOf(name), password: PASSWORD, isVerified: true, ...values });
  }

  async close(): Promise<void> {
    this.http.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.users.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
