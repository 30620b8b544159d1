import { expect } from 'chai';
import { DataSource, DefaultNamingStrategy, type EntityTarget } from 'typeorm';
import { checkRateLimits } from '../../src/limits/check-rate-limits.js';
import { RateLimits } from '../../src/limits/rate-limits.js';
import { databaseLimits } from '../../src/limits/stores/database-limits.js';
import { RateLimitCount } from '../../src/limits/stores/rate-limit-count.entity.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { LogBook } from './log-book.js';
import { countAllowed } from './refusals.js';
import { itCountsForAllProcesses } from './store-suite.js';

/** An app that names its tables and columns its own way. */
class ShoutingNames extends DefaultNamingStrategy {
  override tableName(targetName: string, userSpecifiedName?: string): string {
    return `APP ${super.tableName(targetName, userSpecifiedName)}`.toUpperCase();
  }

  override columnName(propertyName: string): string {
    return `THE ${propertyName}`;
  }
}

async function connect(database: TestDatabase, entities: (new () => object)[] = [RateLimitCount]): Promise<DataSource> {
  return new DataSource({
    ...database.dataSourceOptions(),
    entities,
    namingStrategy: new ShoutingNames(),
    synchronize: true,
  }).initialize();
}

const rowsOf = (dataSource: DataSource, entity: EntityTarget<RateLimitCount> = RateLimitCount) =>
  dataSource.getRepository(entity).find();

describe('databaseLimits', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let dataSource: DataSource;

    before(async () => {
      database = await driver.createDatabase();
      dataSource = await connect(database);
    });

    after(async () => {
      if (dataSource?.isInitialized) {
        await dataSource.destroy();
      }
      await database?.drop();
    });

    itCountsForAllProcesses({ make: () => databaseLimits(dataSource) });

    it('keeps digests only', async () => {
      const limits = new RateLimits({ store: databaseLimits(dataSource) }, { logger: new LogBook() });
      await limits.consume('verify', 'secret@example.com');
      const rows = await rowsOf(dataSource);
      expect(rows.filter(({ id }) => /^verify:[\w-]{43}$/.test(id))).to.have.length(1);
      expect(JSON.stringify(rows)).not.to.include('secret');
    });

    it('gives no try back that was not counted', async () => {
      const limits = new RateLimits({ store: databaseLimits(dataSource), verify: { points: 1 } }, { logger: new LogBook() });
      await limits.consume('verify', 'vera');
      for (let index = 0; index < 3; index += 1) await limits.giveBack('verify', 'vera');
      expect(await limits.tryConsume('verify', 'vera')).to.equal(true);
      expect(await limits.tryConsume('verify', 'vera')).to.equal(false);
    });

    it('removes ended windows as new ones come', async () => {
      await dataSource.getRepository(RateLimitCount).clear();
      const ended = Array.from({ length: 150 }, (_, index) => ({ id: `old ${index}`, tries: 1, endsAt: Date.now() - 1000 }));
      await dataSource.getRepository(RateLimitCount).insert(ended);
      const limits = new RateLimits({ store: databaseLimits(dataSource) }, { logger: new LogBook() });
      await Promise.all(Array.from({ length: 120 }, (_, index) => limits.consume('verify', `key ${index}`)));
      expect(await rowsOf(dataSource)).to.have.length(120);
    });

    it('is found out at start where its table is missing from the entities', async () => {
      expect(checkRateLimits({ store: databaseLimits(dataSource) })).to.deep.equal([]);
      const without = await connect(database, []);
      expect(checkRateLimits({ store: databaseLimits(without) })[0]).to.include('add `RateLimitCount` to the `entities`');
      await without.destroy();
    });

    it('counts in memory while the database is gone, tells so once without a value, and comes back by itself', async () => {
      const log = new LogBook();
      const limits = new RateLimits({ login: { points: 5 }, store: databaseLimits(dataSource) }, { logger: log });
      const burst = () => countAllowed(Array.from({ length: 20 }, () => limits.consume('login', 'outage')));
      expect(await burst()).to.equal(5);
      await dataSource.destroy();
      expect(await burst()).to.equal(5);
      expect(await burst()).to.equal(0);
      expect(log.lines).to.have.length(1);
      expect(log.lines[0])
        .to.match(/^error: Rate limits cannot be kept in the database/)
        .and.not.match(/login:/);
      await dataSource.initialize();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await burst()).to.equal(0);
      expect(log.lines[1]).to.equal('info: Rate limits are kept in the database again.');
    });
  });
});
