import { IsOptional, IsString, MaxLength } from 'class-validator';

/** The query of authorize. `scopes` may be there several times, and is read apart. */
export class AuthorizeQuery {
  @IsOptional()
  @IsString()
  returnTo?: string;

  @IsOptional()
  @IsString()
  backend?: string;
}

/** The body of associate; its query may say the same, and `scopes` as that of authorize. */
export class AssociateBody {
  @IsOptional()
  @IsString()
  returnTo?: string | null;
}

export class ExchangeBody {
  @IsString()
  code!: string;
}

/** What a provider posts to the callback. All of it goes on to the GET, where it is looked at. */
export class PostedCallback {
  @IsOptional()
  @IsString()
  @MaxLength(255)
  state?: string;

  @IsOptional()
  @IsString()
  @MaxLength(4096)
  code?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  iss?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  error?: string;

  /** Apple sends the name here, at the first sign-in and never again. */
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  user?: string;
}
