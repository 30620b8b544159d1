import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { useContainer } from 'routing-controllers';
import {
  BaseUser,
  BcryptHasher,
  BetterAuthHasher,
  containerPerApp,
  DeviseHasher,
  DjangoHasher,
  DuringRegister,
  FirebaseHasher,
  OnAfterRegister,
  PassportLocalMongooseHasher,
  ScryptHasher,
  setupUsers,
  UserManager,
  usersEntities,
} from 'routing-controllers-users';
import { Argon2Hasher } from 'routing-controllers-users/argon2';
import { Container, Service } from 'typedi';
import { BeforeInsert, Column, DataSource, Entity, type EntityManager, Index } from 'typeorm';
import type { ConnectionOptions } from '../../support/databases.js';

/*
 * The set-up module of an app that brings users along. The built command line loads it, so it uses the built library, as an app does. It gives a
 * function, so that one process can run several imports.
 */

export const IMPORT_SET_UP = fileURLToPath(import.meta.url);
const VARIABLE = 'RCU_TEST_IMPORT_APP';

export interface ImportAppSettings {
  database: ConnectionOptions;
  /** Has `@DuringRegister` refuse an address that begins with `refused`. */
  hook?: boolean;
  /** Overrides `importUser`, so that every user is a poet. */
  poets?: boolean;
}

export function inEnvironment(settings: ImportAppSettings): NodeJS.ProcessEnv {
  return { [VARIABLE]: JSON.stringify(settings) };
}

@Entity('imported_people')
export class Person extends BaseUser {
  @Column({ type: 'varchar', length: 20, default: '' })
  firstName!: string;

  @Index({ unique: true })
  @Column({ type: 'varchar', length: 30, nullable: true })
  userName!: string | null;

  @Column({ type: 'int', default: 0 })
  points!: number;

  @Column({ type: 'simple-json', nullable: true })
  tags!: unknown;

  /** No file has to have it, though it takes no null and has no default. */
  @Column({ type: 'varchar', length: 254 })
  slug!: string;

  @BeforeInsert()
  makeSlug() {
    this.slug ??= this.email.replace(/@.*/, '');
  }
}

@Service()
class Hooks {
  @DuringRegister()
  refuse(user: Person, _manager: EntityManager): void {
    if (user.email.startsWith('refused')) throw new Error('nobody wants him');
  }

  @OnAfterRegister()
  tell(): void {
    console.error('somebody registered');
  }
}

@Service()
class Poets extends UserManager<Person> {
  override async importUser(input: Parameters<UserManager<Person>['importUser']>[0]): Promise<Person> {
    return super.importUser({ ...input, firstName: 'Poet' });
  }
}

const entities = usersEntities(Person);

const FIREBASE = {
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memCost: 14,
};
const PEPPER = `${'8f4b2c'.repeat(21)}0a`;

export async function importApp({ database, hook = false, poets = false }: ImportAppSettings, logging: 'error'[] = []) {
  const dataSource = await new DataSource({ ...database, entities, synchronize: true, logging }).initialize();
  useContainer(containerPerApp);
  const users = setupUsers<Person>({
    dataSource,
    user: Person,
    secret: 'a secret of the tests, which has more than 32 bytes',
    container: Container.of(randomUUID()),
    hooks: hook ? [Hooks] : [],
    ...(poets ? { manager: Poets } : {}),
    rateLimits: false,
    logger: { error: console.error, warn: () => {}, info: () => {} },
    hashers: [
      new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true }),
      new Argon2Hasher(),
      new DjangoHasher(),
      new DeviseHasher({ pepper: PEPPER }),
      new BetterAuthHasher(),
      new FirebaseHasher(FIREBASE),
      new PassportLocalMongooseHasher(),
      new ScryptHasher(),
    ],
  });
  return { users, dataSource };
}

/** A function that gives the whole app, which logs its queries as carelessly as an app can. */
export const users = () => importApp(JSON.parse(process.env[VARIABLE] ?? '{}'), ['error']);
