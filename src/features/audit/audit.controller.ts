import type { Request } from 'express';
import { Authorized, Get, JsonController, Param, Req, UseBefore } from 'routing-controllers';
import { Service } from 'typedi';
import { CurrentUser, requireSuperuser, signedIn } from '../../authentication/index.js';
import type { Page } from '../../database/index.js';
import { CompleteController, LibraryController, plainAnswer, readQuery, receive } from '../../http/index.js';
import type { BaseUserWithoutId, RegisteredUser } from '../../model/index.js';
import { UserManager } from '../../users/index.js';
import { AuditQuery, type PlainAuditEvent } from './audit.dtos.js';
import { AuditService } from './audit.service.js';

/** What happened to accounts: to one's own, and for superusers to any. An app lists it beside `UsersController`, before it. */
@CompleteController()
@Service()
@JsonController('/users')
export class AuditController<U extends BaseUserWithoutId = RegisteredUser> extends LibraryController {
  /** Without it the controller has no services. */
  static readonly feature: string = 'audit';

  constructor(
    protected readonly audit: AuditService,
    protected readonly users: UserManager<U>,
  ) {
    super();
  }

  @Get('/me/events')
  @Authorized()
  @UseBefore(receive('listMyEvents', 'none'))
  async listMyEvents(@CurrentUser() user: U, @Req() request: Request): Promise<Page<PlainAuditEvent>> {
    return plainAnswer(await this.audit.list(signedIn(user).id, await readQuery(AuditQuery, request)));
  }

  /** The events of a user who was deleted are still there; an id that nobody had has none. */
  @Get('/:id/events')
  @Authorized('superuser')
  @UseBefore(receive('listEventsOf', 'none'))
  async listEventsOf(
    @CurrentUser() superuser: U,
    @Param('id') id: string,
    @Req() request: Request,
  ): Promise<Page<PlainAuditEvent>> {
    requireSuperuser(superuser);
    const page = await this.audit.list(id, await readQuery(AuditQuery, request));
    // 404 for an id that neither is a user's nor ever was.
    if (page.items.length === 0) await this.users.getById(id);
    return plainAnswer(page);
  }
}
