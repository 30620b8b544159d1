import { Entity } from 'typeorm';
import { BaseUser, usersEntities } from '../../src/index.js';

/** The user of apps that test sign-ins: nothing but what the library needs. */
@Entity('members')
export class Member extends BaseUser {}

/** Once for all DataSources, since each call makes an entity class. */
export const memberEntities = usersEntities(Member);
