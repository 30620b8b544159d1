import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container } from 'typedi';
import { BeforeInsert, DataSource, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BaseUserWithoutId, containerPerApp, setupUsers, type Users, UsersController, usersEntities } from '../../src/index.js';
import { createUser, FastHasher, signIn, TestClock } from '../../src/testing/index.js';
import { recordingLogger } from '../http/express-apps.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { HttpClient } from '../support/http-client.js';

@Entity('numbered')
class Numbered extends BaseUserWithoutId<number> {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity('named')
class Named extends BaseUserWithoutId<string> {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  id!: string;

  @BeforeInsert()
  name() {
    this.id ??= `usr_${randomUUID().slice(0, 8)}`;
  }
}

@Entity('generated')
class Generated extends BaseUserWithoutId<string> {
  @PrimaryGeneratedColumn('uuid')
  id!: string;
}

const classes = [
  { entity: Numbered, entities: usersEntities(Numbered), what: 'integers from the database', form: /^\d+$/ },
  { entity: Named, entities: usersEntities(Named), what: "texts of the app's own", form: /^usr_/ },
  { entity: Generated, entities: usersEntities(Generated), what: 'UUIDs from the database', form: /^[0-9a-f-]{36}$/ },
];

describe('ids', () => {
  forEachDriver((driver) => {
    for (const { entity, entities, what, form } of classes) {
      describe(`that are ${what}`, () => {
        let database: TestDatabase;
        let dataSource: DataSource;
        let users: Users<Numbered | Named | Generated>;
        let http: HttpClient;
        let server: Server;
        const clock = new TestClock();

        before(async () => {
          database = await driver.createDatabase();
          dataSource = await new DataSource({ ...database.dataSourceOptions(), entities, synchronize: true }).initialize();
          useContainer(containerPerApp);
          users = setupUsers<Numbered | Named | Generated>({
            dataSource,
            user: entity,
            secret: 'a secret of the tests, which has more than 32 bytes',
            logger: recordingLogger(),
            hashers: [new FastHasher()],
            rateLimits: false,
            container: Container.of(randomUUID()),
            clock,
          });
          const app = useExpressServer(express(), users.routing({ controllers: [UsersController] }));
          server = app.listen(0, '127.0.0.1');
          await new Promise((resolve) => server.once('listening', resolve));
          const address = server.address();
          http = new HttpClient(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
        });
        after(async () => {
          http.close();
          server.close();
          await users.close();
          await dataSource.destroy();
          await database.drop();
        });

        it('work in every route', async () => {
          const sue = await createUser(users, { isSuperuser: true });
          expect(String(sue.id)).to.match(form);
          const { authorization } = await signIn(users, sue);
          const token = authorization?.slice('Bearer '.length);
          expect((await http.get('/users/me', { token })).body.id).to.equal(sue.id);
          const made = await http.post('/users', { email: 'made@example.com', password: 'a long enough password' }, { token });
          const path = `/users/${String(made.body.id)}`;
          expect((await http.get(path, { token })).body.email).to.equal('made@example.com');
          expect((await http.patch(path, { isVerified: true }, { token })).body.isVerified).to.equal(true);
          expect((await http.get('/users/me/sessions', { token })).body.items).to.have.length(1);
          expect((await http.delete(path, { token })).status).to.equal(204);
          for (const wrong of ['nope!', '0', '-1', '99999999999999999999', '1e3', '0x1']) {
            expect((await http.get(`/users/${wrong}`, { token })).status, wrong).to.equal(404);
          }
        });

        it('list newest first, page by page', async () => {
          const made: unknown[] = [];
          for (let index = 0; index < 5; index += 1) {
            clock.advance({ seconds: 1 });
            made.unshift((await createUser(users, { email: `page${index}@example.com` })).id);
          }
          const seen: unknown[] = [];
          let cursor: string | null = null;
          do {
            const page = await users.manager.list({ search: 'page', limit: 2, ...(cursor === null ? {} : { cursor }) });
            seen.push(...page.items.map(({ id }) => id));
            cursor = page.nextCursor;
          } while (cursor !== null);
          expect(seen).to.deep.equal(made);
        });
      });
    }
  });
});
