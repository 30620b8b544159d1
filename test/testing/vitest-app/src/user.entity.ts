import { BaseUser } from 'routing-controllers-users';
import { Entity } from 'typeorm';

@Entity('users')
export class User extends BaseUser {}
