import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Expose } from 'class-transformer';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container } from 'typedi';
import { Column, DataSource, DeleteDateColumn, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { BaseUser, containerPerApp, setupUsers, type Users, UsersController, usersEntities } from '../../src/index.js';
import { createUser, FastHasher, signIn } from '../../src/testing/index.js';
import { recordingLogger, serve } from '../http/express-apps.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { HttpClient } from '../support/http-client.js';
import { emailOf, PASSWORD } from '../support/users-app.js';

@Entity('firms')
class Firm {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 50 })
  name!: string;
}

@Entity('roles')
class Role {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 50 })
  name!: string;
}

@Entity('employees')
class Employee extends BaseUser {
  @ManyToOne(() => Firm, { eager: true, nullable: true })
  firm!: Firm | null;

  @ManyToMany(() => Role, { eager: true })
  @JoinTable()
  roles!: Role[];

  @DeleteDateColumn()
  deletedAt!: Date | null;

  @Expose()
  get firmName(): string | null {
    return this.firm === null ? null : this.firm.name;
  }

  @Expose()
  get roleNames(): string[] {
    return this.roles.map(({ name }) => name).sort();
  }
}

describe('a user with eager relations and a date of deletion', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let users: Users<Employee>;
    let client: HttpClient;
    let close: () => Promise<void>;
    let token: string;
    before(async () => {
      useContainer(containerPerApp);
      database = await driver.createDatabase();
      const entities = [...usersEntities(Employee), Firm, Role];
      dataSource = await new DataSource({ ...database.dataSourceOptions(), synchronize: true, entities }).initialize();
      users = setupUsers<Employee>({
        dataSource,
        user: Employee,
        secret: 'a secret of the tests, which has more than 32 bytes',
        logger: recordingLogger(),
        hashers: [new FastHasher()],
        rateLimits: false,
        container: Container.of(randomUUID()),
      });
      const app = express();
      useExpressServer(app, users.routing({ controllers: [UsersController] }));
      const served = await serve(app);
      close = served.close;
      client = new HttpClient(served.url);
      const sue = await createUser(users, { isSuperuser: true });
      token = (await signIn(users, sue)).authorization?.slice('Bearer '.length) ?? '';
    });
    after(async () => {
      await close();
      await users.close();
      await dataSource.destroy();
      await database.drop();
    });

    async function employ(name: string): Promise<string> {
      const answer = await client.post('/users/register', { email: emailOf(name), password: PASSWORD });
      expect(answer.body, name).to.deep.include({ firmName: null, roleNames: [] });
      const firm = await dataSource.getRepository(Firm).save({ name: `firm of ${name}` });
      const roles = await dataSource.getRepository(Role).save([{ name: 'reader' }, { name: 'writer' }]);
      const repository = dataSource.getRepository(Employee);
      const id = String(answer.body.id);
      await repository.update({ id }, { firm });
      await repository.createQueryBuilder().relation('roles').of(id).add(roles);
      return id;
    }

    it('is shown with them by every route that shows it', async () => {
      const id = await employ('ada');
      const expected = { firmName: 'firm of ada', roleNames: ['reader', 'writer'] };
      const own = (await signIn(users, await users.manager.getById(id))).authorization?.slice('Bearer '.length);
      const list = await client.get('/users?search=ada', { token });
      const answers = {
        me: (await client.get('/users/me', { token: own })).body,
        'PATCH /me': (await client.patch('/users/me', {}, { token: own })).body,
        'PATCH /:id': (await client.patch(`/users/${id}`, { isVerified: true }, { token })).body,
        list: Object(list.body.items)[0],
      };
      for (const [route, body] of Object.entries(answers)) expect(body, route).to.deep.include(expected);
    });

    it('is one of a page, whatever the number of rows', async () => {
      const ids: string[] = [];
      for (const name of ['page1', 'page2', 'page3']) ids.unshift(await employ(name));
      const first = await client.get('/users?search=page&limit=2', { token });
      const second = await client.get(`/users?search=page&limit=2&cursor=${first.body.nextCursor}`, { token });
      const shown = [...Object(first.body).items, ...Object(second.body).items];
      expect(shown.map(({ id }) => id)).to.deep.equal(ids);
      expect(shown.map(({ firmName }) => firmName)).to.deep.equal(['firm of page3', 'firm of page2', 'firm of page1']);
      expect(second.body.nextCursor).to.equal(null);
    });

    it('is in no list, and nowhere else, once it was softly deleted', async () => {
      const id = await employ('ida');
      const own = (await signIn(users, await users.manager.getById(id))).authorization?.slice('Bearer '.length);
      await dataSource.getRepository(Employee).softDelete({ id });
      expect((await client.get('/users?search=ida', { token })).body.items).to.deep.equal([]);
      expect((await client.get(`/users/${id}`, { token })).status).to.equal(404);
      expect((await client.get('/users/me', { token: own })).status).to.equal(401);
      expect((await client.post('/users/login', { email: emailOf('ida'), password: PASSWORD })).code).to.equal(
        'LOGIN_BAD_CREDENTIALS',
      );
    });
  });
});
