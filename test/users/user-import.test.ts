import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { useContainer } from 'routing-controllers';
import { Container } from 'typedi';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { BaseUserWithoutId, containerPerApp, setupUsers, type Users, usersEntities } from '../../src/index.js';
import { contextOf } from '../../src/setup/context-of.js';
import { FastHasher } from '../../src/testing/index.js';
import { UserImport } from '../../src/users/index.js';
import { recordingLogger } from '../http/express-apps.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';

@Entity('counted')
class Counted extends BaseUserWithoutId<number> {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 20, default: 'nobody' })
  name!: string;
}

const entities = usersEntities(Counted);

describe('UserImport, of users whose ids the database makes', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let users: Users<Counted>;
    let imports: UserImport<Counted>;

    before(async () => {
      database = await driver.createDatabase();
      dataSource = await new DataSource({ ...database.dataSourceOptions(), entities, synchronize: true }).initialize();
      useContainer(containerPerApp);
      users = setupUsers<Counted>({
        dataSource,
        user: Counted,
        secret: 'a secret of the tests, which has more than 32 bytes',
        logger: recordingLogger(),
        hashers: [new FastHasher()],
        rateLimits: false,
        container: Container.of(randomUUID()),
      });
      imports = new UserImport<Counted>(contextOf(users), users.manager);
    });

    after(async () => {
      await users.close();
      await dataSource.destroy();
      await database.drop();
    });

    const add = (name: string, id?: number) => ({
      user: { email: `${name}@example.com`, ...(id === undefined ? {} : { id, name }) },
      securityStamp: 's'.repeat(43),
    });
    const told = (refusals: unknown[]) => refusals.map((refusal) => (refusal instanceof Error ? refusal.message : refusal));

    it('takes the ids that the users had, and gives later users other ones', async () => {
      const refusals = await imports.importAll([add('ada', 7), add('bob'), add('cyd', 40), add('dan')]);
      expect(told(refusals)).to.deep.equal([null, null, null, null]);
      const found = await dataSource.getRepository(Counted).find({ order: { email: 'ASC' } });
      expect(found.map(({ id, name }) => [id > 40 ? 'later' : id, name]).filter(([id]) => id === 7 || id === 40)).to.deep.equal([
        [7, 'ada'],
        [40, 'cyd'],
      ]);
      expect(new Set(found.map(({ id }) => id)).size).to.equal(4);
      const eve = await users.manager.create({ email: 'eve@example.com', password: 'analytical engine' });
      expect(eve.id).to.be.greaterThan(40);
      expect((await users.manager.importUser({ email: 'fay@example.com', id: 99 })).id).to.equal(99);
    });

    it('refuses an id that is taken, or that none may have', async () => {
      const refusals = await imports.importAll([add('gil', 7), add('hal', -1), add('ida', 50)]);
      expect(refusals.map((refusal) => Reflect.get(Object(refusal), 'errors'))).to.deep.equal([
        [{ field: 'id', messages: ['id is taken'] }],
        [{ field: 'id', messages: ['id must be a positive whole number'] }],
        undefined,
      ]);
      expect((await users.manager.findByEmail('ida@example.com'))?.id).to.equal(50);
      const refused = await users.manager.importUser({ email: 'jan@example.com', id: 50 }).catch((error: unknown) => error);
      expect(Reflect.get(Object(refused), 'errors')).to.deep.equal([{ field: 'id', messages: ['id is taken'] }]);
    });

    it('throws what is no fault of a row', async () => {
      const runner = dataSource.createQueryRunner();
      await runner.renameTable('counted', 'elsewhere');
      const error = await imports.importAll([add('kim'), add('lea')]).catch((thrown: unknown) => thrown);
      await runner.renameTable('elsewhere', 'counted');
      await runner.release();
      expect(error).to.have.property('name', 'QueryFailedError');
    });
  });
});
