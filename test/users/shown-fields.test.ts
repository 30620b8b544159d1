import { expect } from 'chai';
import { Exclude, Expose, Transform } from 'class-transformer';
import { IsOptional, IsString } from 'class-validator';
import { Column, Entity } from 'typeorm';
import { BaseUser, UserCreate, UsersController } from '../../src/index.js';
import { openApiDocument } from '../../src/openapi/index.js';
import { EntityApp } from '../support/entity-app.js';
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

function start<U extends BaseUser>(user: new () => U): Promise<EntityApp<U>> {
  return EntityApp.start(user, { dtos: { create: PersonRegistration } });
}

/** What each route that answers a user answers, by its name. */
async function answers<U extends BaseUser>(app: EntityApp<U>): Promise<Record<string, Record<string, unknown>>> {
  const { client, close } = await app.serve();
  const body = { email: 'ada@example.com', password: PASSWORD, firstName: 'Ada' };
  const registered = await client.post('/users/register', body);
  const token = await app.superuserToken();
  const me = await client.get('/users/me', { token });
  const list = await client.get('/users?search=ada', { token });
  await close();
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
