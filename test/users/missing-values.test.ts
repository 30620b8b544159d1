import { expect } from 'chai';
import { IsOptional, IsString } from 'class-validator';
import { Column, Entity, QueryFailedError } from 'typeorm';
import { BaseUser, UserCreate, type Users, ValidationError } from '../../src/index.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { EntityApp } from '../support/entity-app.js';

/** Two columns that take no null and have no default. Nobody can send the second. */
@Entity('people_on_plans')
class Planned extends BaseUser {
  @Column({ name: 'first_name', type: 'varchar', length: 20 })
  firstName!: string;

  @Column({ type: 'varchar', length: 20 })
  plan!: string;
}

class PlannedRegistration extends UserCreate {
  @IsOptional()
  @IsString()
  firstName?: string;
}

describe('a column that takes no null, and has none', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let app: EntityApp<Planned>;
    let users: Users<Planned>;

    beforeEach(async () => {
      database = await driver.createDatabase();
      app = await EntityApp.start(
        Planned,
        { dtos: { create: PlannedRegistration } },
        { connection: database.dataSourceOptions() },
      );
      users = app.users;
    });
    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    const failure = async (own: object): Promise<unknown> => {
      const input = { email: 'ada@example.com', password: 'analytical engine', ...own };
      return users.manager.create(input).catch((error: unknown) => error);
    };

    it('is the fault of who may send it, and did not: his field is named', async () => {
      const error = await failure({ plan: 'free' });
      expect(error).to.be.instanceOf(ValidationError);
      expect((error as ValidationError).errors).to.deep.equal([{ field: 'firstName', messages: ['firstName is missing'] }]);
    });

    it("is the app's own where nobody may send it: a 500 whose log names the column, since no client can mend it", async () => {
      const error = await failure({ firstName: 'Ada' });
      expect(error).to.be.instanceOf(QueryFailedError);
      expect(String(error)).to.include('plan');
    });
  });
});
