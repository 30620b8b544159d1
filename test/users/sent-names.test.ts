import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Expose, Type } from 'class-transformer';
import { IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Column, Entity } from 'typeorm';
import { BaseUser, UserCreate, type Users, UsersController } from '../../src/index.js';
import { openApiDocument } from '../../src/openapi/index.js';
import { EntityApp, type ServedEntityApp } from '../support/entity-app.js';
import { HttpClient } from '../support/http-client.js';
import { PASSWORD } from '../support/users-app.js';

class Address {
  @Expose({ name: 'street_name' })
  @IsOptional()
  @IsString()
  @Column({ type: 'varchar', nullable: true })
  streetName?: string | null;
}

@Entity('people_of_snake_case')
class Person extends BaseUser {
  @Expose({ name: 'first_name' })
  @Column({ type: 'varchar', default: '' })
  firstName!: string;

  @Column({ type: 'varchar', nullable: true, unique: true })
  userName!: string | null;

  @Column(() => Address)
  address!: Address;
}

class PersonRegistration extends UserCreate {
  @Expose({ name: 'first_name' })
  @IsOptional()
  @IsString()
  @MaxLength(5)
  firstName?: string;

  @Expose({ name: 'user_name' })
  @IsOptional()
  @IsString()
  userName?: string | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address?: Address;
}

describe('a field that a dto names by @Expose({ name })', () => {
  let app: EntityApp<Person>;
  let users: Users<Person>;
  let client: HttpClient;
  let token: string;
  let served: ServedEntityApp;
  before(async () => {
    app = await EntityApp.start(Person, { dtos: { create: PersonRegistration } });
    users = app.users;
    served = await app.serve();
    client = served.client;
    token = await app.superuserToken();
  });
  after(async () => {
    await served.close();
    await app.close();
  });

  const register = (fields: object) =>
    client.post('/users/register', { email: `${randomUUID()}@example.com`, password: PASSWORD, ...fields });
  const faultsOf = (body: object) => Reflect.get(body, 'errors');

  it('is set by that name, by whoever may set it', async () => {
    const { body, status } = await register({ first_name: 'Ada', address: { street_name: 'Main' } });
    expect(status).to.equal(201);
    expect(body).to.deep.include({ first_name: 'Ada', address: { street_name: 'Main' } });
    expect((await client.patch('/users/me', { first_name: 'Sue' }, { token })).body).to.include({ first_name: 'Sue' });
    const changed = await client.patch(`/users/${body.id}`, { first_name: 'Eve' }, { token });
    expect(changed.body).to.include({ first_name: 'Eve' });
    const made = await client.post('/users', { email: 'made@example.com', first_name: 'Max' }, { token });
    expect(made.body).to.include({ first_name: 'Max' });
  });

  it('stays as it is where a body does not name it, or names the property', async () => {
    const { body } = await register({ firstName: 'Ada' });
    expect(body.first_name).to.equal('');
    await client.patch('/users/me', { first_name: 'Sue' }, { token });
    expect((await client.patch('/users/me', { firstName: 'Ada' }, { token })).body.first_name).to.equal('Sue');
  });

  it('is called so in errors', async () => {
    const long = await register({ first_name: 'Leopold', address: { street_name: 7 } });
    expect(long.status).to.equal(422);
    expect(faultsOf(long.body)).to.deep.equal([
      { field: 'first_name', messages: ['first_name must be shorter than or equal to 5 characters'] },
      { field: 'address.street_name', messages: ['street_name must be a string'] },
    ]);
    expect(faultsOf((await register({ first_name: null })).body)).to.deep.equal([
      { field: 'first_name', messages: ['first_name must not be null'] },
    ]);
    expect(faultsOf((await register({ first_name: 'a\0' })).body)).to.deep.equal([
      { field: 'first_name', messages: ['first_name has characters that cannot be stored'] },
    ]);
    await register({ user_name: 'ada' });
    expect(faultsOf((await register({ user_name: 'ada' })).body)).to.deep.equal([
      { field: 'user_name', messages: ['user_name is taken'] },
    ]);
    expect(faultsOf((await client.patch('/users/me', { user_name: 'ada' }, { token })).body)).to.deep.equal([
      { field: 'user_name', messages: ['user_name is taken'] },
    ]);
  });

  it('is called so in the OpenAPI document', async () => {
    const routing = users.routing({ controllers: [UsersController] });
    const { components } = openApiDocument(users, routing, { info: { title: 'People', version: '1' } });
    for (const name of ['UserCreate', 'UserUpdate', 'SuperuserUserCreate', 'SuperuserUserUpdate']) {
      const { properties } = Object(components.schemas[name]);
      expect(properties, name).to.include.keys('first_name', 'user_name');
      expect(properties, name).to.not.have.any.keys('firstName', 'userName');
      expect(properties.user_name, name).to.deep.equal({ type: ['string', 'null'] });
    }
    const { properties } = Object(components.schemas.User);
    expect(properties.first_name).to.deep.equal({ type: 'string', maxLength: 5 });
    expect(properties.userName).to.deep.equal({ type: ['string', 'null'] });
  });
});
