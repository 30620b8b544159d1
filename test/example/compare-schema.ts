// Run by schema.test.ts in a process of its own: the example is an app of the built library, the tests are of its sources.
import { dataSource } from '../../ormconfig.js';

await dataSource.initialize();
await dataSource.runMigrations();
const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
for (const _ of dataSource.migrations) for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
const { upQueries: fromNothing } = await dataSource.driver.createSchemaBuilder().log();
await dataSource.destroy();
console.log(JSON.stringify({ changes: upQueries.map(({ query }) => query), fromNothing: fromNothing.map(({ query }) => query) }));
