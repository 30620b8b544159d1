import {
  BaseUser,
  type RegisteredUser,
  setupUsers,
  UserManager,
  UsersController,
  type UsersOptions,
} from 'routing-controllers-users';
import { Service } from 'typedi';
import { Column, Entity } from 'typeorm';

@Entity('members')
export class Member extends BaseUser {
  @Column({ type: 'varchar', default: '' })
  nickname!: string;
}

declare module 'routing-controllers-users' {
  interface Register {
    user: Member;
  }
}

@Service()
export class Nicknames {
  constructor(private readonly users: UserManager) {}

  async of(email: string): Promise<string | undefined> {
    const member = await this.users.findByEmail(email);
    // @ts-expect-error no such column
    void member?.firstName;
    return member?.nickname;
  }
}

export class MembersController extends UsersController {
  nicknameOf(member: RegisteredUser): string {
    return member.nickname;
  }
}

export function start(options: UsersOptions<Member>): UserManager {
  return setupUsers(options).manager;
}
