import { expect } from 'chai';
import { Column, DataSource, Entity } from 'typeorm';
import { BaseUser, usersEntities } from '../../src/index.js';
import { drivers } from '../support/databases.js';

@Entity('people_with_birthdays')
class Person extends BaseUser {
  @Column({ type: Date, nullable: true })
  birthday!: Date | null;
}

const postgres = drivers.find(({ name, available }) => name === 'postgres' && available);

(postgres === undefined ? describe.skip : describe)('columns on PostgreSQL', () => {
  it("are what TypeORM makes of them where they are the app's, and with a time zone where they are the library's", async () => {
    const database = await postgres?.createDatabase();
    const options = database?.dataSourceOptions();
    if (options === undefined) throw new Error('there is no database');
    const dataSource = await new DataSource({ ...options, synchronize: true, entities: usersEntities(Person) }).initialize();
    const rows: unknown = await dataSource.query(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns
       WHERE table_name = 'people_with_birthdays' AND column_name IN ('birthday', 'createdAt') ORDER BY 1`,
    );
    expect(rows).to.deep.equal([
      { name: 'birthday', type: 'timestamp without time zone' },
      { name: 'createdAt', type: 'timestamp with time zone' },
    ]);
    await dataSource.destroy();
    await database?.drop();
  });
});
