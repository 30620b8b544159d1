import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Redis } from 'ioredis';
import { type RoutingControllersOptions, useContainer, useExpressServer } from 'routing-controllers';
import { NotFoundError, redisLimits, setupUsers, type Users, UsersController } from 'routing-controllers-users';
import { AuditController, audit } from 'routing-controllers-users/audit';
import { OAuthController } from 'routing-controllers-users/oauth';
import { Container } from 'typedi';
import { DataSource } from 'typeorm';
import { AccountMails } from './account-mails.js';
import { makeBackends } from './backends.js';
import { HealthController } from './health.controller.js';
import { Links } from './links.js';
import { FileMailer, Mailer, SmtpMailer } from './mailer.js';
import { NotesController } from './notes/notes.controller.js';
import { makeOAuth } from './oauth.js';
import { openApi } from './openapi.js';
import { pages } from './pages.js';
import { DATA_FOLDER, type Settings } from './settings.js';
import { Stores } from './stores.js';
import { UserRegistration } from './user.dtos.js';
import { User } from './user.entity.js';

export interface App {
  express: Express;
  users: Users<User>;
  routing: RoutingControllersOptions;
}

/** What is open when the app is built, and stays the caller's to close. */
export interface Connections {
  dataSource: DataSource;
  redis: Redis | undefined;
}

export function makeApp(settings: Settings, secret: string | string[], { dataSource, redis }: Connections): App {
  useContainer(Container);
  Container.set(DataSource, dataSource);
  Container.set(Mailer, makeMailer(settings));
  Container.set(Links, new Links(settings.baseUrl));
  Container.set(
    Stores,
    new Stores({ database: () => dataSource.query('SELECT 1'), ...(redis && { redis: () => redis.ping() }) }),
  );
  const backends = makeBackends(settings, redis);

  const users = setupUsers({
    dataSource,
    user: User,
    secret,
    dtos: { create: UserRegistration },
    hooks: [AccountMails],
    backends: backends.list,
    registration: settings.registration,
    requiresVerification: settings.requiresVerification,
    emailChange: settings.emailChange,
    preventEnumeration: settings.preventEnumeration,
    trustedOrigins: [new URL(settings.baseUrl).origin],
    features: [makeOAuth(settings), audit()],
    rateLimits: settings.rateLimits && (redis === undefined ? {} : { store: redisLimits(redis) }),
  });

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', settings.trustProxy);
  const controllers = [
    AuditController,
    UsersController,
    ...backends.controllers,
    OAuthController,
    NotesController,
    HealthController,
  ];
  const routing = users.routing({ controllers });
  app.use(privately, pages(), openApi(users, routing));
  useExpressServer(app, routing);
  app.use(unknownPath);
  return { express: app, users, routing };
}

/** All that this app answers is somebody's own. */
function privately(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store');
  next();
}

/** In JSON, as the library answers under its own prefixes. routing-controllers goes on to here after its answers too. */
function unknownPath(request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent || request.method === 'OPTIONS') next();
  else response.status(404).type('application/problem+json').json(new NotFoundError());
}

function makeMailer({ smtpUrl, baseUrl }: Settings): Mailer {
  const from = `no-reply@${new URL(baseUrl).hostname}`;
  return smtpUrl === undefined ? new FileMailer(`${DATA_FOLDER}/mails`, from) : new SmtpMailer(smtpUrl, from);
}
