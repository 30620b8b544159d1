import 'reflect-metadata';
import { expect } from 'chai';
import { Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsBoolean,
  IsEmail,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { asSent, readDto, ValidationError } from '../../src/http/index.js';

class Address {
  @IsString()
  street!: string;

  @IsOptional()
  @IsString()
  city?: string;
}

class Person {
  @IsEmail()
  email!: string;

  @IsString()
  @MinLength(8)
  password!: string;
}

class Registration extends Person {
  @IsOptional()
  @IsString()
  @MaxLength(5)
  firstName?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address?: Address;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  @IsOptional()
  @IsBoolean()
  newsletter: boolean = false;

  @Allow()
  anything?: unknown;

  /** No decorator: not a field. */
  secretField?: string;
}

const good = { email: 'ada@example.com', password: 'correct horse' };

async function faultsOf(reading: Promise<unknown>): Promise<Record<string, string[]>> {
  try {
    await reading;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return Object.fromEntries(error.errors.map(({ field, messages }) => [field, messages]));
  }
  throw new Error('nothing was refused');
}

/** As JSON.parse makes it, with `__proto__` as an own key. */
function parsed(json: string): Record<string, unknown> {
  return JSON.parse(json) as Record<string, unknown>;
}

describe('readDto', () => {
  it('gives an instance with the fields of the class and its bases', async () => {
    const body = await readDto(Registration, { ...good, firstName: 'Ada', address: { street: 'Main' } });
    expect(body).to.be.instanceOf(Registration);
    expect(body.address).to.be.instanceOf(Address);
    expect(body).to.deep.include({ ...good, firstName: 'Ada' });
  });

  it('leaves out what is undefined, and keeps the defaults of the class', async () => {
    const body = await readDto(Registration, { ...good, firstName: undefined });
    expect(Object.keys(body).sort()).to.deep.equal(['email', 'newsletter', 'password']);
    expect(body.newsletter).to.equal(false);
  });

  it('does not change the input, and shares nothing with it', async () => {
    const settings = { theme: { dark: true } };
    const body = await readDto(Registration, { ...good, settings });
    expect(body.settings).to.deep.equal(settings);
    expect(body.settings).not.to.equal(settings);
    expect(body.settings?.theme).not.to.equal(settings.theme);
  });

  it('tells all faults at once', async () => {
    const faults = await faultsOf(readDto(Registration, { email: 'no', password: 5, tags: ['a', 1], address: { city: 2 } }));
    expect(Object.keys(faults)).to.have.members(['email', 'password', 'tags', 'address.street', 'address.city']);
  });

  describe('what is not read', () => {
    it('is every field that the class does not declare, whatever its type', async () => {
      const others = '{"secretField":"a","isSuperuser":{"$gt":""},"id":[[[]]],"then":"x","toString":1}';
      const body = await readDto(Registration, { ...good, ...parsed(others) });
      expect(Object.keys(body)).not.to.include.members(['secretField']);
      expect(Object.keys(body).sort()).to.deep.equal(['email', 'newsletter', 'password']);
    });

    it('is every field of `never`, and every other than those of `only`', async () => {
      const body = await readDto(
        Registration,
        { ...good, firstName: { a: 1 }, newsletter: 'x' },
        { never: ['firstName', 'newsletter'] },
      );
      expect(body).to.deep.equal(Object.assign(Object.create(Registration.prototype), good));
      const faults = await faultsOf(readDto(Registration, { ...good, tags: 1 }, { only: ['email'] }));
      expect(Object.keys(faults)).to.deep.equal(['password']);
    });

    it('is an inherited key', async () => {
      const faults = await faultsOf(readDto(Registration, Object.create(good)));
      expect(Object.keys(faults)).to.have.members(['email', 'password']);
    });

    it('is a way to a prototype, at any depth', async () => {
      const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';
      const json = `${evil},"email":"ada@example.com","password":"correct horse","settings":${evil},"a":[${evil}}]},"address":${evil},"street":"a"},"anything":[${evil}}]}`;
      const body = await readDto(Registration, parsed(json));
      expect(Reflect.get({}, 'polluted')).to.equal(undefined);
      expect(Object.getPrototypeOf(body)).to.equal(Registration.prototype);
      expect(Object.keys(body.settings ?? {})).to.deep.equal(['a']);
      expect(JSON.stringify(body)).not.to.contain('polluted');
      expect(Reflect.get(body.settings ?? {}, 'polluted')).to.equal(undefined);
    });

    it('is an undeclared field of a nested class', async () => {
      const body = await readDto(Registration, { ...good, address: { street: 'Main', isSuperuser: true } });
      expect(Object.keys(body.address ?? {}).filter((key) => Reflect.get(body.address ?? {}, key) !== undefined)).to.deep.equal([
        'street',
      ]);
    });
  });

  describe('partial', () => {
    it('checks and gives only what is there', async () => {
      const body = await readDto(Registration, { firstName: 'Ada' }, { partial: true });
      expect(Object.entries(body)).to.deep.equal([['firstName', 'Ada']]);
      expect(Object.keys(await readDto(Registration, {}, { partial: true }))).to.deep.equal([]);
    });

    it('checks null, and the whole of a nested object', async () => {
      expect(await faultsOf(readDto(Registration, { email: null }, { partial: true }))).to.have.keys('email');
      expect(await faultsOf(readDto(Registration, { address: {} }, { partial: true }))).to.have.keys('address.street');
    });
  });

  describe('texts that no database can store', () => {
    for (const [name, text] of [
      ['a NUL', 'a\0b'],
      ['half a surrogate pair', 'a\ud800b'],
      ['the other half', '\udc00'],
    ] as const) {
      it(`are 422: ${name}`, async () => {
        const message = (field: string) => [`${field} has characters that cannot be stored`];
        const input = { ...good, firstName: text, tags: ['a', text], settings: { deep: { text } }, anything: { [text]: 1 } };
        expect(await faultsOf(readDto(Registration, input))).to.deep.equal({
          firstName: message('firstName'),
          'tags.1': message('tags.1'),
          'settings.deep.text': message('settings.deep.text'),
          anything: message('anything'),
        });
      });
    }

    it('are not those with characters beyond the basic plane', async () => {
      expect((await readDto(Registration, { ...good, firstName: '👩🏽' })).firstName).to.equal('👩🏽');
    });

    it('are in a password only those with half a pair', async () => {
      const password = 'correct\0horse';
      expect((await readDto(Registration, { ...good, password })).password).to.equal(password);
      expect(await faultsOf(readDto(Registration, { ...good, password: 'correct\ud800horse' }))).to.have.keys('password');
    });
  });

  it('takes a field by the name that @Expose({ name }) gives it, from code by asSent()', async () => {
    class Named {
      @Expose({ name: 'first_name' })
      @IsString()
      firstName!: string;

      @Expose({ name: 'lastName', toPlainOnly: true })
      @IsOptional()
      @IsString()
      surname?: string;
    }
    expect(await readDto(Named, { first_name: 'Ada', surname: 'King' })).to.deep.equal({ firstName: 'Ada', surname: 'King' });
    expect(await readDto(Named, asSent(Named, { firstName: 'Ada' }))).to.deep.equal({ firstName: 'Ada' });
    expect(await readDto(Named, {}, { partial: true })).to.deep.equal({});
    expect(await faultsOf(readDto(Named, { firstName: 'Ada' }))).to.deep.equal({ first_name: ['first_name must be a string'] });
    const never = { partial: true, never: ['firstName'] };
    expect(await readDto(Named, { first_name: 'Ada' }, never)).to.deep.equal({});
  });

  it('holds everybody to a rule with groups', async () => {
    class Grouped {
      @MinLength(5, { groups: ['strict'] })
      name!: string;
    }
    expect(await faultsOf(readDto(Grouped, { name: 'Ada' }))).to.have.all.keys('name');
  });

  describe('messages', () => {
    class Telling {
      @MaxLength(3, { message: 'too long: $value' })
      a!: string;

      @IsInt({ message: ({ value }) => `${String(value)}?` })
      b!: unknown;

      @ValidateBy({ name: 'own', validator: { validate: () => false, defaultMessage: (args) => `<${String(args?.value)}>` } })
      c!: unknown;

      @MaxLength(3, { message: '$property takes at most $constraint1 characters' })
      d!: string;
    }

    it('never repeat a value', async () => {
      const faults = await faultsOf(readDto(Telling, { a: 'hunter2', b: 'hunter2', c: 'pw', d: 'hunter2' }));
      expect(faults).to.deep.equal({
        a: ['a is not valid'],
        b: ['b is not valid'],
        c: ['c is not valid'],
        d: ['d takes at most 3 characters'],
      });
    });

    it('keep their words where a value is one of them by chance', async () => {
      expect((await faultsOf(readDto(Registration, { ...good, password: 'a' }))).password?.[0]).to.be.a('string');
      expect((await faultsOf(readDto(Registration, { ...good, email: 'email' }))).email).to.deep.equal([
        'email must be an email',
      ]);
    });
  });

  describe('hostile input', () => {
    class Converting {
      @IsOptional()
      @Type(() => Number)
      @IsInt()
      age?: number;

      @IsOptional()
      @Transform(({ value }) => value.trim())
      @IsString()
      name?: string;

      @IsOptional()
      @Type(() => Date)
      born?: Date;
    }

    it('that breaks a conversion is a fault of its field', async () => {
      const json = '{"age":{"toString":1,"valueOf":2},"name":5,"born":{"toString":1,"valueOf":2}}';
      expect(await faultsOf(readDto(Converting, parsed(json)))).to.deep.equal({
        age: ['age is not valid'],
        name: ['name is not valid'],
        born: ['born is not valid'],
      });
      expect((await readDto(Converting, { age: '5', name: ' Ada ' })).name).to.equal('Ada');
    });

    it('is no array bomb, and makes no answer of megabytes', async () => {
      const started = Date.now();
      const bomb = { length: 4_294_967_295, '100000000': 1, __proto__: [] };
      await readDto(Registration, { ...good, anything: bomb });
      class Many {
        @ValidateNested({ each: true })
        @Type(() => Address)
        list!: Address[];
      }
      const faults = await faultsOf(readDto(Many, { list: new Array(10_000).fill({}) }));
      expect(Object.keys(faults).length).to.be.at.most(50);
      expect(Date.now() - started).to.be.lessThan(5000);
    });

    it('of every JSON type is a value or a ValidationError', async () => {
      const values = JSON.parse(
        '[null,true,0,-1e308,"","x",[],[[]],[null],{},{"a":{}},{"then":1},{"length":-1},{"toString":"x"},{"constructor":1},{"__proto__":[]}]',
      ) as unknown[];
      for (const value of values) {
        for (const field of ['email', 'password', 'firstName', 'address', 'tags', 'settings', 'newsletter', 'anything']) {
          await readDto(Registration, { ...good, [field]: value }).catch((error) =>
            expect(error).to.be.instanceOf(ValidationError),
          );
        }
      }
    });
  });
});
