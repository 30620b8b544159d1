import { BaseEntity } from 'typeorm';

/** What the tables of the library extend, by which the set-up tells them from the app's. */
export abstract class LibraryEntity extends BaseEntity {}
