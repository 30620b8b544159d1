import { expect } from 'chai';
import { Container } from 'typedi';
import { DataSource, DefaultNamingStrategy, Entity, type NamingStrategyInterface, PrimaryGeneratedColumn } from 'typeorm';
import { auditEntities } from '../../src/features/audit/index.js';
import { oauthEntities } from '../../src/features/oauth/index.js';
import { BaseUser, containerPerApp, RateLimitCount, usersEntities } from '../../src/index.js';
import { classesComeFrom, faultsOf, options, User } from './set-up.js';

@Entity('staff')
class Staff extends BaseUser {}

/** An entity of the app's own that has the table of one of the library. */
function appEntity(table: string, settings = {}): Function {
  @Entity(table, settings)
  class Mine {
    @PrimaryGeneratedColumn()
    id!: number;
  }
  return Mine;
}

class LibraryTables extends DefaultNamingStrategy {
  override tableName(targetName: string, ownName: string | undefined): string {
    return ownName ?? `rcu_${super.tableName(targetName, ownName)}`;
  }
}

describe('the tables of the library', () => {
  classesComeFrom(containerPerApp);
  after(() => Container.of('tables').reset());

  async function faultsWith(entities: Function[], namingStrategy?: NamingStrategyInterface): Promise<readonly string[]> {
    // Migrations have made the tables; here none is needed.
    const dataSource = new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [...usersEntities(User), ...entities],
      ...(namingStrategy === undefined ? {} : { namingStrategy }),
    });
    await dataSource.initialize();
    const faults = faultsOf({ ...options(dataSource), container: Container.of('tables') });
    await dataSource.destroy();
    return faults;
  }

  it('belong to one class of users in a DataSource', async () => {
    const faults = await faultsWith(usersEntities(Staff));
    expect(faults).to.have.lengthOf(1);
    expect(faults[0]).to.match(/^two entities UserSession have the one table "user_session".*a DataSource of its own$/);
  });

  for (const [table, entities] of Object.entries({
    user_session: [],
    audit_event: auditEntities(User),
    oauth_account: oauthEntities(User),
    spent_oauth_ticket: oauthEntities(User),
    rate_limit_count: [RateLimitCount],
  })) {
    it(`are not those of the app's entities: ${table}`, async () => {
      const faults = await faultsWith([...entities, appEntity(table)]);
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.match(new RegExp(`^your entity Mine has the table "${table}".*@Entity\\('app_${table}'\\)`));
    });
  }

  it("go beside the app's where a naming strategy tells them apart", async () => {
    expect(await faultsWith([appEntity('user_session')], new LibraryTables())).to.deep.equal([]);
  });

  it('may be read by an entity that makes no table', async () => {
    expect(await faultsWith([appEntity('user_session', { synchronize: false })])).to.deep.equal([]);
  });
});
