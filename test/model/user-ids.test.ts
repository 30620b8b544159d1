import { expect } from 'chai';
import { Column, DataSource, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { UserIds } from '../../src/model/index.js';

@Entity()
class WithUuid {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
}

@Entity()
class WithGeneratedUuid {
  @PrimaryGeneratedColumn('uuid')
  id!: string;
}

@Entity()
class WithInteger {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity()
class WithBigInteger {
  @PrimaryColumn({ type: 'bigint' })
  id!: string;
}

@Entity()
class WithText {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  @Column({ type: 'varchar' })
  other!: string;
}

const ID = '0199a2f0-0000-7000-8000-000000000000';
/** What is nobody's id, of whatever kind. */
const NONE = ['', undefined, null, 1, true, {}, [ID], `${ID}${'0'.repeat(300)}`, { toString: () => ID }];

describe('UserIds', () => {
  let dataSource: DataSource;
  before(async () => {
    dataSource = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [WithUuid, WithGeneratedUuid, WithInteger, WithBigInteger, WithText],
    }).initialize();
  });
  after(() => dataSource.destroy());

  const idsOf = (entity: Function) => new UserIds(dataSource.getMetadata(entity));

  it('that are UUIDs are made here, in the order of time, and parsed in any case', () => {
    const ids = idsOf(WithUuid);
    expect([ids.kind, ids.areMadeHere, ids.areOrderedByTime]).to.deep.equal(['uuid', true, true]);
    expect(ids.parse(ID.toUpperCase())).to.equal(ID);
    for (const text of [ID.replaceAll('-', ''), `{${ID}}`, ` ${ID}`, `${ID}\n`, ID.slice(1), '1', 'me', "' OR 1=1", ...NONE]) {
      expect(ids.parse(text), String(text)).to.equal(null);
    }
  });

  it('that the entity makes are not made here, and have no order', () => {
    const ids = idsOf(WithGeneratedUuid);
    expect([ids.kind, ids.areMadeHere, ids.areOrderedByTime]).to.deep.equal(['uuid', false, false]);
  });

  it('that are integers are numbers from 1 to what the column holds', () => {
    const ids = idsOf(WithInteger);
    expect([ids.kind, ids.areMadeHere, ids.areOrderedByTime]).to.deep.equal(['integer', false, true]);
    expect(ids.parse('1')).to.equal(1);
    expect(ids.parse('2147483647')).to.equal(2_147_483_647);
    for (const text of [
      '0',
      '-1',
      '+1',
      '01',
      '1.0',
      '1e3',
      '0x1',
      ' 1',
      '1 ',
      '2147483648',
      '9'.repeat(30),
      'NaN',
      '١',
      ...NONE,
    ]) {
      expect(ids.parse(text), String(text)).to.equal(null);
    }
  });

  it('that are big integers are texts, as TypeORM gives them', () => {
    const ids = idsOf(WithBigInteger);
    expect(ids.kind).to.equal('integer');
    expect(ids.parse('9007199254740991')).to.equal('9007199254740991');
    for (const text of ['9007199254740992', '0', '-1', '01', ...NONE]) expect(ids.parse(text), String(text)).to.equal(null);
  });

  it('that are texts are taken as they are, but for characters that are none', () => {
    const ids = idsOf(WithText);
    expect([ids.kind, ids.areMadeHere, ids.areOrderedByTime]).to.deep.equal(['text', false, false]);
    for (const text of ['ada', "' OR 1=1", 'Ä', '1']) expect(ids.parse(text)).to.equal(text);
    for (const text of ['a\0', 'a\n', '\u202e', '\ud800', 'a'.repeat(256), ...NONE]) {
      expect(ids.parse(text), JSON.stringify(text)).to.equal(null);
    }
  });
});
