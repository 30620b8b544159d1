import { DataSource } from 'typeorm';
import { dataSourceOptions } from './example/database.js';
import { DEFAULT_DATABASE_URL } from './example/settings.js';

/**
 * The example's database for TypeORM's command line, which works on compiled files (`npm run build:tests`):
 * `DATABASE_URL=… npx typeorm -d build/ormconfig.js migration:generate example/migrations/postgres/add-something`.
 */
export const dataSource = new DataSource(dataSourceOptions(process.env.DATABASE_URL ?? DEFAULT_DATABASE_URL));
