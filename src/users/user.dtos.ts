import { IsBoolean, IsIn, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import { QueryBoolean, QueryInteger } from '../http/index.js';
import { FLAG_FIELDS, IsEmailAddress } from '../model/index.js';

/**
 * What a person sends to register. An app extends it by its own fields, which are then validated, stored where the entity has a
 * column of that name, and shown.
 */
export class UserCreate {
  @IsEmailAddress()
  email!: string;

  @IsString()
  password!: string;
}

/** What a person may change. An app extends it where its fields differ from those of registration. */
export class UserUpdate {
  @IsOptional()
  @IsEmailAddress()
  email?: string | null;

  @IsOptional()
  @IsString()
  password?: string | null;

  /** Asked for with a new address or password, of those who have a password. */
  @IsOptional()
  @IsString()
  currentPassword?: string | null;
}

export type UserCreateClass = new () => UserCreate;
export type UserUpdateClass = new () => UserUpdate;

/** A login as JSON, where `email` may be said for `username`. */
export class LoginBody {
  @ValidateIf((body: LoginBody) => body.email == null)
  @IsString()
  username?: string | null;

  @ValidateIf((body: LoginBody) => body.email != null)
  @IsString()
  email?: string | null;

  @IsString()
  password!: string;
}

/** A login as a form: the password grant of RFC 6749, 4.3.2. */
export class LoginForm {
  @IsString()
  username!: string;

  @IsString()
  password!: string;

  @ValidateIf((body: LoginForm) => body.grant_type !== undefined)
  @IsIn(['password'])
  grant_type?: string;
}

export class EmailBody {
  @IsEmailAddress()
  email!: string;
}

export class TokenBody {
  @IsString()
  token!: string;
}

export class ResetPasswordBody extends TokenBody {
  @IsString()
  password!: string;
}

export class RefreshBody {
  @IsString()
  refresh_token!: string;
}

export class ReauthenticateBody {
  @IsString()
  password!: string;
}

export class DeleteBody {
  @IsOptional()
  @IsString()
  currentPassword?: string | null;
}

/** Which users to list, and which page of them. */
export class UserListQuery {
  @IsOptional()
  @QueryInteger(1, 100)
  limit?: number;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  cursor?: string;

  /** Start of an address, letter by letter. */
  @IsOptional()
  @IsString()
  @MaxLength(254)
  search?: string;

  @IsOptional()
  @QueryBoolean()
  isActive?: boolean;

  @IsOptional()
  @QueryBoolean()
  isVerified?: boolean;

  @IsOptional()
  @QueryBoolean()
  isSuperuser?: boolean;
}

/** The body by which a superuser makes a user: the app's own, with the flags, and without a password an invitation. */
export function superuserCreateDto(create: UserCreateClass): UserCreateClass {
  class SuperuserUserCreate extends create {}
  declareFlags(SuperuserUserCreate);
  IsOptional()(SuperuserUserCreate.prototype, 'password');
  return SuperuserUserCreate;
}

/** The body by which a superuser changes a user: the app's own, with the flags. */
export function superuserUpdateDto(update: UserUpdateClass): UserUpdateClass {
  class SuperuserUserUpdate extends update {}
  declareFlags(SuperuserUserUpdate);
  return SuperuserUserUpdate;
}

/** Each may be left out; null is none of its values. */
function declareFlags({ prototype }: { prototype: object }): void {
  for (const flag of FLAG_FIELDS) {
    ValidateIf((_, value) => value !== undefined)(prototype, flag);
    IsBoolean()(prototype, flag);
  }
}

/** The body of `PATCH /me` where the app names none: whatever may be sent to register may be changed. */
export function updateDtoOf(create: UserCreateClass): UserUpdateClass {
  class DerivedUserUpdate extends create {
    @IsOptional()
    @IsString()
    currentPassword?: string | null;
  }
  IsOptional()(DerivedUserUpdate.prototype, 'email');
  IsOptional()(DerivedUserUpdate.prototype, 'password');
  return DerivedUserUpdate;
}
