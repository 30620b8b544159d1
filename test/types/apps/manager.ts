import type { Request, Response } from 'express';
import { Authorized, Get, JsonController, Req, Res } from 'routing-controllers';
import { CurrentUser, type PlainUser, UserManager, UsersController } from 'routing-controllers-users';
import { Inject, Service } from 'typedi';
import type { EntityManager } from 'typeorm';
import { Person, User } from './user.js';

@Service()
export class Members {
  constructor(private readonly users: UserManager<User>) {}

  async flows(manager: EntityManager, request: Request, response: Response): Promise<string> {
    const user: User = await this.users.create({ email: 'ada@example.com', password: 'analytical engine', firstName: 'Ada' });
    const found: User | null = await this.users.findByEmail('ada@example.com');
    await this.users.update(user, { isSuperuser: true, firstName: 'Augusta' });
    await this.users.setPassword(user, 'difference engine');
    await this.users.requestVerify(user);
    await this.users.forgotPassword('ada@example.com');
    const within: UserManager<User> = this.users.withManager(manager);
    await within.delete(user);
    await this.users.importUser({ email: 'ivan@example.com', hashedPassword: '$2b$12$' });
    await this.users.signIn(user, request, response, { backend: 'cookie', amr: ['pwd'] });
    const { items, nextCursor } = await this.users.list({ limit: 10, search: 'a', isActive: true });
    const cursor: string | null = nextCursor;
    // @ts-expect-error it may be that there is no such user
    const surely: User = found;
    // @ts-expect-error a user of another class
    const other: Person = user;
    // @ts-expect-error a hash is never set, but by importUser
    await this.users.update(user, { hashedPassword: '$2b$12$' });
    // @ts-expect-error a hash is never set, but by importUser
    await this.users.create({ email: 'ivan@example.com', hashedPassword: '$2b$12$' });
    // @ts-expect-error an e-mail address is needed
    await this.users.importUser({ hashedPassword: '$2b$12$' });
    // @ts-expect-error a filter that is none
    await this.users.list({ isAdmin: true });
    // @ts-expect-error an e-mail address is needed
    await this.users.create({ password: 'analytical engine' });
    return `${cursor} ${items[0]?.firstName} ${surely.id} ${other.id}`;
  }

  async integerId(people: UserManager<Person>): Promise<number> {
    return (await people.getById(1)).id;
  }
}

@Service()
@JsonController('/v1/accounts')
export class AccountsController extends UsersController<User> {
  @Inject()
  private readonly members!: Members;

  @Get('/me/name')
  @Authorized('verified')
  name(@CurrentUser() user: User, @CurrentUser({ required: false }) maybe: User | undefined): string {
    return `${user.firstName} ${maybe?.firstName} ${String(this.members)}`;
  }

  override async me(user: User): Promise<PlainUser> {
    return { ...(await super.me(user)), greeting: `Hello, ${user.firstName}` };
  }

  override async login(@Req() request: Request, @Res() response: Response): Promise<object | undefined> {
    return super.login(request, response);
  }
}

export class WrongController extends UsersController<User> {
  // @ts-expect-error the answer of the base is a user
  override async me(_user: User): Promise<number> {
    return 1;
  }
}
