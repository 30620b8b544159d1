import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { forEachDriver } from './databases.js';

describe('the databases of the tests', () => {
  forEachDriver((driver) => {
    it('gives each test an empty database of its own', async () => {
      const databases = await Promise.all([driver.createDatabase(), driver.createDatabase()]);
      for (const database of databases) {
        const dataSource = await new DataSource(database.dataSourceOptions()).initialize();
        await dataSource.query('CREATE TABLE things (id INTEGER)');
        expect(await dataSource.query('SELECT * FROM things')).to.deep.equal([]);
        await dataSource.destroy();
      }
      await Promise.all(databases.map((database) => database.drop()));
    });
  });
});
