import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container } from 'typedi';
import { DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { OAuthController, oauth, oauthEntities, oidc } from '../../../src/features/oauth/index.js';
import { BaseUserWithoutId, containerPerApp, setupUsers, UsersController, usersEntities } from '../../../src/index.js';
import { forEachDriver } from '../../support/databases.js';
import { Browser } from './support/browser.js';
import { LogBook, SECRET } from './support/oauth-app.js';
import { CLIENT, startProvider } from './support/real-provider.js';

@Entity('members')
class Member extends BaseUserWithoutId<number> {
  @PrimaryGeneratedColumn({ name: 'member_id' })
  id!: number;
}

describe('accounts of users whose ids are integers', () => {
  forEachDriver((driver) => {
    it('are found, added and removed', async () => {
      const redirects: string[] = [];
      const provider = await startProvider(redirects);
      const database = await driver.createDatabase();
      const entities = [...usersEntities(Member), ...oauthEntities(Member)];
      const dataSource = await new DataSource({ ...database.dataSourceOptions(), synchronize: true, entities }).initialize();
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      redirects.push(`${url}/api/oauth/oidc/callback`);
      useContainer(containerPerApp);
      const users = setupUsers<Member>({
        dataSource,
        user: Member,
        secret: SECRET,
        logger: new LogBook(),
        container: Container.of(Symbol('app') as never),
        features: [
          oauth({ baseUrl: url, path: '/api/oauth', providers: { oidc: oidc({ ...CLIENT, issuer: provider.issuer }) } }),
        ],
      });
      const app = express();
      useExpressServer(app, users.routing({ routePrefix: '/api', controllers: [UsersController, OAuthController] }));
      server.on('request', app);

      const browser = new Browser();
      const begin = await browser.visit(`${url}/api/oauth/oidc/authorize`);
      const login = await browser.follow(String(begin.json.authorization_url));
      const headers = { authorization: `Bearer ${login.json.access_token}` };
      expect((await browser.visit(`${url}/api/users/me`, { headers })).json).to.include({ id: 1, email: 'ada@example.com' });
      provider.person = { sub: 'ada too', email: 'ada@example.com', email_verified: true };
      const asked = await browser.visit(`${url}/api/oauth/oidc/associate`, { method: 'POST', headers });
      const added = await new Browser().follow(String(asked.json.authorization_url), (next) => next.startsWith(url));
      const done = await browser.visit(String(added.location));
      expect([done.json.id, (done.json.oauthAccounts as object[]).length]).to.deep.equal([1, 2]);
      const [account] = (await browser.visit(`${url}/api/oauth/accounts`, { headers })).json.items as { id: string }[];
      const removed = await browser.visit(`${url}/api/oauth/accounts/${account?.id}`, { method: 'DELETE', headers });
      expect(removed.status).to.equal(204);

      server.closeAllConnections();
      server.close();
      await users.close();
      await dataSource.destroy();
      await provider.stop();
      await database.drop();
    });
  });
});
