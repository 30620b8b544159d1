import { IsOptional, IsString, MaxLength } from 'class-validator';
import { UserCreate } from 'routing-controllers-users';

export class UserRegistration extends UserCreate {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  firstName?: string;
}
