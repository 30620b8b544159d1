import { unstorableFields } from '../../http/own-fields.js';
import { type BaseUserWithoutId, normalizeEmail } from '../../model/index.js';
import { closestName } from '../../runtime/closest-name.js';
import type { ImportedUser, UsersContext } from '../../users/index.js';
import { CommandFailure } from '../failures.js';
import { plainText } from '../plain-text.js';
import { type ColumnMetadata, type ReadValue, readBoolean, readerOf, readTime, Unfit } from '../value-readers.js';
import type { ImportRecord } from './import-record.js';

export interface ReaderOptions {
  /** Names of the file, and the fields that they are. */
  renamed: ReadonlyMap<string, string>;
  /** Whether what is no field of the users is left unread, instead of being a fault. */
  ignoresUnknown: boolean;
}

/** Makes users of records, by the rules of `importUser`, and by those of the columns. */
export class UserReader {
  private readonly fields: ReadonlyMap<string, ReadValue>;
  private readonly required: readonly string[];

  constructor(
    private readonly context: UsersContext<BaseUserWithoutId>,
    private readonly options: ReaderOptions,
  ) {
    const columns = context.fields.ownNames.flatMap((name) => context.table.metadata.findColumnWithPropertyName(name) ?? []);
    this.fields = new Map<string, ReadValue>([
      ...columns.map((column) => [column.propertyName, readerOf(column)] as const),
      ['email', (value) => normalizeEmail(value) ?? new Unfit('is no e-mail address')],
      ['hashedPassword', (value) => this.readHash(value)],
      ...['isActive', 'isVerified', 'isSuperuser'].map((name) => [name, ignoringNull(readBoolean)] as const),
      ['createdAt', ignoringNull(readTime)],
      ['id', ignoringNull((value) => this.readId(value))],
    ]);
    const blank = Reflect.construct(context.table.entity, []);
    // What `@BeforeInsert()` sets nobody knows before: the database refuses what it leaves out.
    const isSetByEntity = context.table.metadata.beforeInsertListeners.length > 0;
    const required = isSetByEntity ? [] : columns.filter((column) => isRequired(column, blank));
    this.required = ['email', ...required.map(({ propertyName }) => propertyName)];
    for (const [name, field] of options.renamed) {
      if (!this.fields.has(field))
        throw new CommandFailure(`--map ${plainText(name)}=${plainText(field)}: ${this.unknown(field)}`);
    }
  }

  /** @throws {@link CommandFailure} for columns that lead to no field, or two to one, or none to the address */
  checkNames(names: readonly string[]): void {
    const missing = [...this.options.renamed.keys()].find((name) => !names.includes(name));
    if (missing !== undefined) throw new CommandFailure(`--map: the file has no column "${plainText(missing)}"`);
    const fields = names.map((name) => this.fieldOf(name));
    const unknown = fields.find((field) => !this.fields.has(field));
    if (unknown !== undefined && !this.options.ignoresUnknown) throw new CommandFailure(`the column ${this.unknown(unknown)}`);
    const twice = fields.find((field, index) => this.fields.has(field) && fields.indexOf(field) !== index);
    if (twice !== undefined) throw new CommandFailure(`two columns are the field ${plainText(twice)}`);
    const absent = this.required.find((field) => !fields.includes(field));
    if (absent !== undefined) {
      throw new CommandFailure(
        `no column is the field ${absent}, which every user has to have: --map other=${absent} renames one`,
      );
    }
  }

  /** @returns the user, or all that is wrong, in words that repeat no value */
  read({ values, fault }: ImportRecord): ImportedUser | string[] {
    if (values === null) return [fault ?? 'the line cannot be read'];
    const faults: string[] = [];
    const user: Record<string, unknown> = Object.create(null);
    for (const [name, value] of Object.entries(values)) {
      const field = this.fieldOf(name);
      const read = this.fields.get(field);
      const made = read?.(value);
      if (read === undefined) {
        if (!this.options.ignoresUnknown) faults.push(this.unknown(field));
      } else if (made instanceof Unfit) faults.push(`${field} ${made.message}`);
      else if (Object.hasOwn(user, field)) faults.push(`${field} is given twice`);
      else if (made !== undefined) user[field] = made;
    }
    const isTold = (field: string) => faults.some((text) => text.startsWith(`${field} `));
    faults.push(...unstorableFields(user).map((field) => `${field} has characters that cannot be stored`));
    faults.push(
      ...this.required.filter((field) => !Object.hasOwn(user, field) && !isTold(field)).map((field) => `${field} is missing`),
    );
    return faults.length > 0 ? faults : { ...user, email: String(user.email) };
  }

  /** The address of a record, where it is one: whatever else stands in that column may be anything. */
  addressIn({ values }: ImportRecord): string | null {
    const name = Object.keys(values ?? {}).find((key) => this.fieldOf(key) === 'email');
    return name === undefined ? null : normalizeEmail(values?.[name]);
  }

  private fieldOf(name: string): string {
    return this.options.renamed.get(name) ?? name;
  }

  private readHash(value: unknown): unknown {
    if (value === null || value === '') return undefined;
    const { passwords, hooks } = this.context;
    const isRead = typeof value === 'string' && (passwords.recognizes(value) || hooks.has('verifyLegacyPassword'));
    return isRead ? value : new Unfit('has a form that none of your `hashers` reads');
  }

  private readId(value: unknown): unknown {
    const id = typeof value === 'number' || typeof value === 'string' ? this.context.table.ids.parse(String(value)) : null;
    return id ?? new Unfit(`is none that your ${this.context.table.metadata.name} may have`);
  }

  private unknown(field: string): string {
    const meant = closestName(field, [...this.fields.keys()]);
    const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
    return `"${plainText(field)}" is no field of your ${this.context.table.metadata.name}${hint} (--map other=field renames it, --ignore-unknown leaves it out)`;
  }
}

function ignoringNull(read: ReadValue): ReadValue {
  return (value) => (value === null ? undefined : read(value));
}

/** Whether nothing but the file can give a value. */
function isRequired(column: ColumnMetadata, blank: unknown): boolean {
  const isFilled =
    column.isNullable ||
    column.isGenerated ||
    column.default !== undefined ||
    column.isCreateDate ||
    column.isUpdateDate ||
    column.isVersion ||
    column.isVirtual ||
    column.isDiscriminator ||
    column.generatedType !== undefined ||
    !column.isInsert;
  return !isFilled && typeof blank === 'object' && blank !== null && Reflect.get(blank, column.propertyName) === undefined;
}
