import { expect } from 'chai';
import {
  AfterInsert,
  AfterLoad,
  AfterRemove,
  AfterUpdate,
  BeforeInsert,
  BeforeRemove,
  BeforeUpdate,
  Column,
  Entity,
  type EntitySubscriberInterface,
  EventSubscriber,
  type InsertEvent,
  type RemoveEvent,
  UpdateDateColumn,
  type UpdateEvent,
  VersionColumn,
} from 'typeorm';
import { BaseUser, type Users } from '../../src/index.js';
import { EntityApp } from '../support/entity-app.js';
import { NEW_PASSWORD, PASSWORD } from '../support/users-app.js';

const seen: string[] = [];

@Entity('people_with_listeners')
class Person extends BaseUser {
  @Column({ type: 'varchar', default: '' })
  initial!: string;

  @UpdateDateColumn()
  updatedAt!: Date;

  @VersionColumn()
  version!: number;

  @BeforeInsert()
  setInitial() {
    seen.push('@BeforeInsert');
    this.initial = this.email.slice(0, 1);
  }

  @AfterInsert()
  afterInsert() {
    seen.push('@AfterInsert');
  }

  @AfterLoad()
  afterLoad() {
    seen.push(this.initial === undefined ? '@AfterLoad of a part' : '@AfterLoad');
  }

  @BeforeUpdate()
  @AfterUpdate()
  @BeforeRemove()
  @AfterRemove()
  never() {
    seen.push('a listener of updates or removals');
  }
}

@EventSubscriber()
class PersonSubscriber implements EntitySubscriberInterface<Person> {
  listenTo() {
    return Person;
  }

  beforeInsert({ entity }: InsertEvent<Person>) {
    seen.push(`beforeInsert ${entity.email}`);
  }

  afterInsert({ entity }: InsertEvent<Person>) {
    seen.push(`afterInsert ${entity.email}`);
  }

  beforeUpdate({ entity, databaseEntity }: UpdateEvent<Person>) {
    seen.push(`beforeUpdate ${Object.keys(entity ?? {})} ${databaseEntity}`);
  }

  afterUpdate({ entity, databaseEntity }: UpdateEvent<Person>) {
    seen.push(`afterUpdate ${Object.keys(entity ?? {})} ${databaseEntity}`);
  }

  beforeRemove({ entity, entityId }: RemoveEvent<Person>) {
    seen.push(`beforeRemove ${entity} ${entityId}`);
  }

  afterRemove({ entity, entityId }: RemoveEvent<Person>) {
    seen.push(`afterRemove ${entity} ${entityId}`);
  }
}

describe("TypeORM's listeners and subscribers of the entity", () => {
  let app: EntityApp<Person>;
  let users: Users<Person>;
  let ada: Person;
  before(async () => {
    app = await EntityApp.start(Person, {}, { subscribers: [PersonSubscriber] });
    users = app.users;
    ada = await users.manager.create({ email: 'ada@example.com', password: PASSWORD });
  });
  beforeEach(() => seen.splice(0));
  after(() => app.close());

  it('run where a user is made, and may set columns', async () => {
    const bo = await users.manager.create({ email: 'bo@example.com', password: PASSWORD });
    expect(seen.filter((event) => event !== '@AfterLoad')).to.deep.equal([
      '@BeforeInsert',
      'beforeInsert bo@example.com',
      '@AfterInsert',
      'afterInsert bo@example.com',
    ]);
    expect((await users.manager.getById(bo.id)).initial).to.equal('b');
  });

  it('run where a user is loaded', async () => {
    await users.manager.findById(ada.id);
    expect(seen).to.deep.equal(['@AfterLoad']);
  });

  it('get the whole user where one is loaded to be locked', async () => {
    const sue = await users.manager.create({ email: 'sue@example.com', password: PASSWORD, isSuperuser: true });
    await users.manager.create({ email: 'uma@example.com', password: PASSWORD, isSuperuser: true });
    await users.manager.update(sue, { isActive: false });
    expect(seen).to.not.include('@AfterLoad of a part');
  });

  it('get the changed columns and no user where one is changed: subscribers, not methods of the entity', async () => {
    const { version } = await users.manager.getById(ada.id);
    seen.splice(0);
    const changed = await users.manager.update(ada, { isVerified: true });
    expect(seen.filter((event) => event !== '@AfterLoad')).to.deep.equal([
      'beforeUpdate isVerified undefined',
      'afterUpdate isVerified undefined',
    ]);
    expect(changed.version).to.equal(version + 1);
    seen.splice(0);
    await users.manager.setPassword(ada, NEW_PASSWORD);
    expect(seen[0]).to.include('hashedPassword').and.to.include('securityStamp');
  });

  it('get neither user nor id where one is deleted: subscribers, not methods of the entity', async () => {
    await users.manager.delete(ada);
    expect(seen.slice(-2)).to.deep.equal(['beforeRemove undefined undefined', 'afterRemove undefined undefined']);
    expect(seen).to.not.include('a listener of updates or removals');
  });
});
