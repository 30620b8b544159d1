import { expect } from 'chai';
import { Expose, Type } from 'class-transformer';
import { IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Column, Entity } from 'typeorm';
import { BaseUser, UserCreate, type Users, ValidationError } from '../../src/index.js';
import { createUser } from '../../src/testing/index.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { EntityApp } from '../support/entity-app.js';

class Address {
  @Column({ type: 'varchar', length: 40, default: '' })
  street!: string;

  @Column({ type: 'varchar', length: 40, nullable: true })
  city!: string | null;

  @Column({ type: 'varchar', length: 10, default: '' })
  zip!: string;

  /** Of the house, and not the person's. */
  @Column({ type: 'varchar', length: 40, nullable: true, unique: true })
  email!: string | null;
}

@Entity('people_with_addresses')
class Resident extends BaseUser {
  @Column(() => Address)
  address!: Address;
}

/** Compiled for ES2022 its objects hold what was not sent as well, as `undefined`. */
class AddressBody {
  @IsOptional()
  @IsString()
  @MaxLength(40)
  street?: string | null = undefined;

  @IsOptional()
  @IsString()
  @MaxLength(40)
  city?: string | null = undefined;

  @Expose({ name: 'postcode' })
  @IsOptional()
  @IsString()
  zip?: string | null = undefined;

  @IsOptional()
  @IsString()
  email?: string | null = undefined;

  /** A field without a column. */
  @IsOptional()
  @IsString()
  floor?: string | null = undefined;
}

class ResidentRegistration extends UserCreate {
  @IsOptional()
  @ValidateNested()
  @Type(() => AddressBody)
  address?: AddressBody;
}

describe('an embedded object of the entity', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let app: EntityApp<Resident>;
    let users: Users<Resident>;

    beforeEach(async () => {
      database = await driver.createDatabase();
      app = await EntityApp.start(
        Resident,
        { dtos: { create: ResidentRegistration } },
        { connection: database.dataSourceOptions() },
      );
      users = app.users;
    });
    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    const faultsOf = async (refused: Promise<unknown>) => {
      const error = await refused.catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ValidationError);
      return (error as ValidationError).errors;
    };
    const resident = () => createUser(users, { address: { street: 'Baker Street', city: 'London' } });
    const change = async (user: Resident, address: Partial<AddressBody>) =>
      users.manager.update(user, { address: Object.assign(new AddressBody(), address) });

    it('keeps what was not sent of it', async () => {
      const { address } = await change(await resident(), { city: 'Bern' });
      expect(address).to.include({ street: 'Baker Street', city: 'Bern' });
    });

    it('stays as it is where nothing of it was sent', async () => {
      const { address } = await change(await resident(), {});
      expect(address).to.include({ street: 'Baker Street', city: 'London' });
    });

    it('takes null where its column does', async () => {
      const { address } = await change(await resident(), { city: null });
      expect(address).to.include({ street: 'Baker Street', city: null });
    });

    it('answers a null where its column takes none by the path of the field', async () => {
      const refused = change(await resident(), { street: null });
      expect(await faultsOf(refused)).to.deep.equal([{ field: 'address.street', messages: ['address.street must not be null'] }]);
    });

    it('answers it by the names by which clients send them', async () => {
      const refused = change(await resident(), { zip: null });
      expect(await faultsOf(refused)).to.deep.equal([
        { field: 'address.postcode', messages: ['address.postcode must not be null'] },
      ]);
    });

    it('leaves a field without a column to the hooks', async () => {
      const { address } = await change(await resident(), { floor: 'second', city: 'Bern' });
      expect(address).to.include({ street: 'Baker Street', city: 'Bern' });
    });

    it('is of its own class from the registration on', async () => {
      expect((await resident()).address).to.be.instanceOf(Address);
    });

    it('may have a unique email, which is not taken for the address of the account', async () => {
      await createUser(users, { address: { email: 'house@example.com' } });
      const taken = [{ field: 'address.email', messages: ['address.email is taken'] }];
      expect(await faultsOf(createUser(users, { address: { email: 'house@example.com' } }))).to.deep.equal(taken);
      expect(await faultsOf(change(await resident(), { email: 'house@example.com' }))).to.deep.equal(taken);
    });
  });
});
