import { expect } from 'chai';
import { safeJson } from '../../src/cli/plain-text.js';
import { fieldList, table } from '../../src/cli/table.js';

describe('a table of the command line', () => {
  it('has columns as wide as their longest cell, in letters as a terminal shows them', () => {
    const rows = [
      ['ada', true],
      ['愛田', false],
      ['e\u0301va', true],
      ['sue', null],
    ];
    expect(table(['name', 'active'], rows)).to.equal('name  active\nada   yes\n愛田  no\ne\u0301va   yes\nsue');
  });

  it('is its heading where there are no rows', () => {
    expect(table(['id', 'email'], [])).to.equal('id  email');
  });

  it('shows times in UTC, and objects as JSON in one line', () => {
    const time = new Date(Date.UTC(2026, 10, 24));
    expect(fieldList({ at: time, of: { a: [1, 2] } })).to.equal('at  2026-11-24T00:00:00.000Z\nof  { "a": [ 1, 2 ] }');
  });

  it('shows nothing where there is none, and for a time that a database has and no calendar', () => {
    expect(fieldList({ at: new Date(Number.NaN), of: undefined, by: null })).to.equal('at\nof\nby');
  });

  it('keeps a value on its line, and shows what would steer the terminal as \uFFFD', () => {
    expect(fieldList({ name: 'a\nb\r\x1B[31m\u202E\u0085\u2028c' })).to.equal(
      'name  a\uFFFDb\uFFFD\uFFFD[31m\uFFFD\uFFFD\uFFFDc',
    );
  });

  it('has JSON that is safe to show and equal to the value', () => {
    const value = { name: '\x1B[2J\x7F\u009B\u202E"\n' };
    expect(safeJson(value)).not.to.match(/(?!\n)\p{Cc}|\u202E/u);
    expect(JSON.parse(safeJson(value))).to.deep.equal(value);
  });
});
