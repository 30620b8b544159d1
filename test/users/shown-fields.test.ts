import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Exclude, Expose, Transform } from 'class-transformer';
import { IsOptional, IsString } from 'class-validator';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container } from 'typedi';
import { Column, DataSource, Entity } from 'typeorm';
import {
  BaseUser,
  containerPerApp,
  setupUsers,
  UserCreate,
  type Users,
  UsersController,
  usersEntities,
} from '../../src/index.js';
import { openApiDocument } from '../../src/openapi/index.js';
import { createUser, FastHasher, signIn } from '../../src/testing/index.js';
import { recordingLogger, serve } from '../http/express-apps.js';
import { HttpClient } from '../support/http-client.js';
import { PASSWORD } from '../support/users-app.js';

@Entity('people_with_groups')
class Person extends BaseUser {
  @Expose({ groups: ['admin'] })
  @Column({ type: 'varchar', default: 'a note' })
  adminNote!: string;

  @Expose({ groups: ['admin'] })
  @Column({ type: 'varchar', default: '' })
  firstName!: string;

  @Expose({ since: 2 })
  @Column({ type: 'varchar', default: 'new' })
  sinceTwo!: string;

  @Expose({ until: 2 })
  @Column({ type: 'varchar', default: 'old' })
  untilTwo!: string;

  @Expose({ toClassOnly: true })
  @Column({ type: 'varchar', default: 'taken, not given' })
  takenOnly!: string;

  @Expose()
  get initial(): string {
    return this.email.slice(0, 1);
  }

  @Expose()
  @Transform(({ value, obj }) => `${value}, ${obj.email}`)
  @Column({ type: 'varchar', default: 'Ada' })
  label!: string;
}

class PersonRegistration extends UserCreate {
  @IsOptional()
  @IsString()
  firstName?: string;
}

@Exclude()
@Entity('people_of_a_closed_class')
class ClosedPerson extends BaseUser {
  @Column({ type: 'varchar', default: '' })
  firstName!: string;

  @Expose()
  @Column({ type: 'varchar', default: 'free' })
  plan!: string;
}

interface Served<U extends BaseUser> {
  users: Users<U>;
  client: HttpClient;
  close(): Promise<void>;
}

async function start<U extends BaseUser>(user: new () => U): Promise<Served<U>> {
  useContainer(containerPerApp);
  const dataSource = await new DataSource({
    type: 'better-sqlite3',
    database: ':memory:',
    synchronize: true,
    entities: usersEntities(user),
  }).initialize();
  const users = setupUsers<U>({
    dataSource,
    user,
    secret: 'a secret of the tests, which has more than 32 bytes',
    logger: recordingLogger(),
    dtos: { create: PersonRegistration },
    hashers: [new FastHasher()],
    container: Container.of(randomUUID()),
  });
  const app = express();
  useExpressServer(app, users.routing({ controllers: [UsersController] }));
  const served = await serve(app);
  const close = async () => {
    await served.close();
    await users.close();
    await dataSource.destroy();
  };
  return { users, client: new HttpClient(served.url), close };
}

/** What each route that answers a user answers, by its name. */
async function answers<U extends BaseUser>({ users, client }: Served<U>): Promise<Record<string, Record<string, unknown>>> {
  const body = { email: 'ada@example.com', password: PASSWORD, firstName: 'Ada' };
  const registered = await client.post('/users/register', body);
  const sue = await createUser(users, { isSuperuser: true });
  const token = (await signIn(users, sue)).authorization?.slice('Bearer '.length) ?? '';
  const me = await client.get('/users/me', { token });
  const list = await client.get('/users?search=ada', { token });
  const { items } = Object(list.body);
  return { register: Object(registered.body), me: Object(me.body), list: items[0] };
}

const USUAL = ['id', 'email', 'pendingEmail', 'isActive', 'isSuperuser', 'isVerified', 'hasPassword', 'createdAt'];

describe('which fields of the app a client sees', () => {
  it('leaves out what is exposed to groups, in a body too, and shows what is exposed by version, as class-transformer does by itself', async () => {
    const app = await start(Person);
    for (const [route, user] of Object.entries(await answers(app))) {
      expect(Object.keys(user), route).to.deep.equal([...USUAL, 'sinceTwo', 'untilTwo', 'initial', 'label']);
    }
    await app.close();
  });

  it('hands the whole user, its secrets apart, to a getter and to @Transform()', async () => {
    const app = await start(Person);
    const { register = {} } = await answers(app);
    expect(register).to.include({ initial: 'a', label: 'Ada, ada@example.com' });
    await app.close();
  });

  it("is what has @Expose(), and the library's own, where the class has @Exclude()", async () => {
    const app = await start(ClosedPerson);
    for (const [route, user] of Object.entries(await answers(app))) {
      expect(Object.keys(user), route).to.deep.equal([...USUAL, 'plan']);
    }
    await app.close();
  });

  it('is what the OpenAPI document tells', async () => {
    for (const [entity, own] of [
      [Person, ['sinceTwo', 'untilTwo', 'initial', 'label']],
      [ClosedPerson, ['plan']],
    ] as const) {
      const app = await start<BaseUser>(entity);
      const routing = app.users.routing({ controllers: [UsersController] });
      const { components } = openApiDocument(app.users, routing, { info: { title: 'People', version: '1' } });
      expect(Object.keys(Object(components.schemas.User).properties)).to.have.members([...USUAL, ...own]);
      await app.close();
    }
  });
});
