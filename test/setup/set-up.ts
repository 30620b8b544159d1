import { randomUUID } from 'node:crypto';
import { useContainer } from 'routing-controllers';
import { Container, type ContainerInstance } from 'typedi';
import { DataSource, Entity } from 'typeorm';
import {
  BaseUser,
  BcryptHasher,
  containerPerApp,
  setupUsers,
  type Users,
  type UsersOptions,
  UsersSetupError,
  usersEntities,
} from '../../src/index.js';
import { type RecordedLogger, recordingLogger } from '../http/express-apps.js';

@Entity('users')
export class User extends BaseUser {}

export const secret = 'a secret of thirty-two bytes or a few more';

/** What an app does at its start, in a database of its own that lives in memory. */
export async function openDatabase(entities: Function[] = usersEntities(User)): Promise<DataSource> {
  return new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true, entities }).initialize();
}

/** The options that a test does not care about: quick hashes, no limits, a logger that keeps its lines. */
export function options(
  dataSource: DataSource,
  own: Partial<UsersOptions<User>> = {},
): UsersOptions<User> & { logger: RecordedLogger } {
  return {
    dataSource,
    user: User,
    secret,
    hashers: [new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true })],
    rateLimits: false,
    ...own,
    logger: recordingLogger(),
  };
}

/** Sets an app up. @returns the faults that end the start; none where it starts */
export function faultsOf(written: unknown): readonly string[] {
  try {
    // Apps in JavaScript are told the same as those that the compiler would have told already.
    void setupUsers(written as UsersOptions<User>).close();
    return [];
  } catch (error) {
    if (error instanceof UsersSetupError) return error.faults;
    throw error;
  }
}

/** An app in a container of its own. */
export async function startUsers(
  own: Partial<UsersOptions<User>> = {},
): Promise<{ users: Users<User>; logger: RecordedLogger; container: ContainerInstance; stop(): Promise<void> }> {
  const dataSource = await openDatabase();
  const container = Container.of(randomUUID());
  const given = options(dataSource, { container, ...own });
  const users = setupUsers(given);
  const stop = async (): Promise<void> => {
    await users.close();
    await dataSource.destroy();
    container.reset();
  };
  return { users, logger: given.logger, container, stop };
}

/** For a suite: what routing-controllers makes its classes by, which is one setting for the whole process. */
export function classesComeFrom(container: typeof Container | typeof containerPerApp): void {
  before(() => useContainer(container));
  after(() => useContainer(containerPerApp));
}
