import express, { type Express } from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import {
  AuthenticationBackend,
  BearerTransport,
  JwtStrategy,
  setupUsers,
  type Users,
  UsersController,
} from 'routing-controllers-users';
import { Container } from 'typedi';
import { DataSource } from 'typeorm';
import { AccountMails } from './account-mails.js';
import { HealthController } from './health.controller.js';
import { Links } from './links.js';
import { FileMailer, Mailer, SmtpMailer } from './mailer.js';
import { NotesController } from './notes/notes.controller.js';
import { pages } from './pages.js';
import { DATA_FOLDER, type Settings } from './settings.js';
import { Stores } from './stores.js';
import { UserRegistration } from './user.dtos.js';
import { User } from './user.entity.js';

export interface App {
  express: Express;
  users: Users<User>;
}

/** Builds the app. The DataSource is open, and stays the caller's to close. */
export function makeApp(settings: Settings, secret: string | string[], dataSource: DataSource): App {
  useContainer(Container);
  Container.set(DataSource, dataSource);
  Container.set(Mailer, makeMailer(settings));
  Container.set(Links, new Links(settings.baseUrl));
  Container.set(Stores, new Stores({ database: () => dataSource.query('SELECT 1') }));

  const users = setupUsers({
    dataSource,
    user: User,
    secret,
    dtos: { create: UserRegistration },
    hooks: [AccountMails],
    backends: [
      new AuthenticationBackend<User>({
        name: 'bearer',
        transport: new BearerTransport(),
        strategy: new JwtStrategy({ lifetimeSeconds: settings.accessTokenLifetimeSeconds }),
      }),
    ],
    registration: settings.registration,
    requiresVerification: settings.requiresVerification,
    emailChange: settings.emailChange,
    preventEnumeration: settings.preventEnumeration,
    trustedOrigins: [new URL(settings.baseUrl).origin],
    rateLimits: settings.rateLimits ? {} : false,
  });

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', settings.trustProxy);
  app.use(pages());
  useExpressServer(app, users.routing({ controllers: [UsersController, NotesController, HealthController] }));
  return { express: app, users };
}

function makeMailer({ smtpUrl, baseUrl }: Settings): Mailer {
  const from = `no-reply@${new URL(baseUrl).hostname}`;
  return smtpUrl === undefined ? new FileMailer(`${DATA_FOLDER}/mails`, from) : new SmtpMailer(smtpUrl, from);
}
