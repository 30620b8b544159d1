import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { withFixedPlan } from '../../src/database/index.js';

const sqlite = new DataSource({ type: 'better-sqlite3', database: ':memory:' });

describe('withFixedPlan', () => {
  it('hides the parameters from the planner of SQLite, those of the driver and those of TypeORM', () => {
    expect(withFixedPlan(sqlite, 'UPDATE t SET a = ? WHERE b = ?')).to.equal('UPDATE t SET a = +? WHERE b = +?');
    expect(withFixedPlan(sqlite, '(t.a < :a OR t.id < :id)')).to.equal('(t.a < +:a OR t.id < +:id)');
  });

  it('leaves names and texts alone', () => {
    const sql = `SELECT "is it?", "a "":b" FROM "t" WHERE c = 'who''s :there?'`;
    expect(withFixedPlan(sqlite, sql)).to.equal(sql);
  });

  it('leaves the SQL of other databases alone', () => {
    const sql = 'SELECT a::text FROM t WHERE b = $1 OR c = ?';
    expect(withFixedPlan(new DataSource({ type: 'postgres' }), sql)).to.equal(sql);
  });
});
