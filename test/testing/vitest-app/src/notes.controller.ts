import { Authorized, Get, JsonController } from 'routing-controllers';
import { CurrentUser } from 'routing-controllers-users';
import { Service } from 'typedi';
import { Notes } from './notes.service.js';
import { User } from './user.entity.js';

/** typedi knows by the metadata of its decorators that it wants `Notes`. */
@Service()
@JsonController('/notes')
export class NotesController {
  constructor(private readonly notes: Notes) {}

  @Get('/')
  @Authorized()
  list(@CurrentUser() user: User) {
    return this.notes.of(user);
  }
}
