import type { Request, Response } from 'express';
import {
  Authorized,
  Delete,
  Get,
  HttpCode,
  JsonController,
  OnUndefined,
  Param,
  Post,
  Req,
  Res,
  UseBefore,
} from 'routing-controllers';
import { Service } from 'typedi';
import { Authenticator, CurrentUser, signedIn } from '../../authentication/index.js';
import { Bodies, CompleteController, LibraryController, plainAnswer, readQuery, receive } from '../../http/index.js';
import { ClientLimits, limitBeforeGuard } from '../../limits/index.js';
import type { BaseUserWithoutId, RegisteredUser } from '../../model/index.js';
import { type PlainUser, UserSerializer } from '../../users/index.js';
import { AssociateBody, AuthorizeQuery, ExchangeBody, PostedCallback } from './oauth.dtos.js';
import { OAuthService, type PlainOAuthAccount } from './oauth.service.js';
import { type CallbackResult, OAuthFlows } from './oauth-flows.js';

/** Signing in by providers, and a person's accounts there. An app lists it, or a class that extends it under another prefix. */
@CompleteController()
@Service()
@JsonController('/oauth')
export class OAuthController<U extends BaseUserWithoutId = RegisteredUser> extends LibraryController {
  /** Without it the controller has no services. */
  static readonly feature: string = 'oauth';

  constructor(
    protected readonly oauth: OAuthService<U>,
    protected readonly flows: OAuthFlows<U>,
    protected readonly authenticator: Authenticator<U>,
    protected readonly bodies: Bodies,
    protected readonly serializer: UserSerializer<U>,
    protected readonly limits: ClientLimits,
  ) {
    super();
  }

  @Get('/accounts')
  @Authorized()
  @UseBefore(receive('oauth.accounts', 'none'))
  async accounts(@CurrentUser() user: U): Promise<{ items: PlainOAuthAccount[] }> {
    return plainAnswer({ items: await this.oauth.accounts(signedIn(user)) });
  }

  @Delete('/accounts/:id')
  @Authorized('fresh')
  @OnUndefined(204)
  @UseBefore(receive('oauth.unlink', 'none'))
  async unlink(@CurrentUser() user: U, @Param('id') id: string, @Req() request: Request): Promise<void> {
    const session = (await this.authenticator.authenticate(request))?.session;
    await this.oauth.unlink(signedIn(user), id, { request, ...(session ? { keepSession: session.id } : {}) });
  }

  @Post('/exchange')
  @HttpCode(200)
  @OnUndefined(204)
  @UseBefore(receive('oauth.exchange', 'json'))
  async exchange(@Req() request: Request, @Res() response: Response): Promise<object | undefined> {
    this.bodies.admit(request);
    await this.limits.consume('oauth', request);
    this.flows.checkOrigin(request);
    const { code } = await this.bodies.read(ExchangeBody, request);
    return this.flows.exchange(code, request, response);
  }

  @Get('/:provider/authorize')
  @UseBefore(receive('oauth.authorize', 'none'))
  async authorize(@Param('provider') provider: string, @Req() request: Request, @Res() response: Response) {
    await this.limits.consume('oauth', request);
    this.flows.known(provider);
    const query = await readQuery(AuthorizeQuery, request);
    const address = await this.flows.start(provider, { ...query, scopes: scopesOf(request) }, request, response);
    return toProvider(address, 302, request, response);
  }

  @Post('/:provider/associate')
  @Authorized('fresh')
  @HttpCode(200)
  @UseBefore(receive('oauth.associate', 'login'), limitBeforeGuard('oauth'))
  async associate(
    @CurrentUser() user: U,
    @Param('provider') provider: string,
    @Req() request: Request,
    @Res() response: Response,
  ) {
    this.flows.checkOrigin(request);
    this.flows.known(provider);
    const query = await readQuery(AssociateBody, request);
    const body = await this.bodies.read(AssociateBody, request);
    const asker = await this.flows.asker(signedIn(user), request);
    const options = { returnTo: body.returnTo ?? query.returnTo ?? null, scopes: scopesOf(request), asker };
    return toProvider(await this.flows.start(provider, options, request, response), 303, request, response);
  }

  @Get('/:provider/callback')
  @OnUndefined(204)
  @UseBefore(receive('oauth.callback', 'none'))
  async callback(@Param('provider') provider: string, @Req() request: Request, @Res() response: Response) {
    await this.limits.consume('oauth', request);
    keepAddressSecret(response);
    const result = await this.flows.finish(provider, queryOf(request), request, response);
    return this.answer(result, response);
  }

  /** The browser sends no cookie along with another site's form, but does when it then gets the same by itself. */
  @Post('/:provider/callback')
  @UseBefore(receive('oauth.postedCallback', 'login'))
  async postedCallback(@Param('provider') provider: string, @Req() request: Request, @Res() response: Response) {
    this.bodies.admit(request);
    await this.limits.consume('oauth', request);
    this.flows.known(provider);
    const posted = await this.bodies.read(PostedCallback, request);
    keepAddressSecret(response);
    response.redirect(303, this.flows.callbackAddress(provider, { ...posted }));
    return response;
  }

  private async answer(result: CallbackResult<U>, response: Response): Promise<object | Response | undefined> {
    if ('redirect' in result) {
      response.redirect(302, result.redirect);
      return response;
    }
    if ('body' in result) return result.body;
    const oauthAccounts = await this.oauth.accounts(result.associated);
    const user: PlainUser = this.serializer.toPlain(result.associated);
    return plainAnswer({ ...user, oauthAccounts });
  }
}

/** A page that a person opened is sent on; a script gets the address. */
function toProvider(address: string, status: number, request: Request, response: Response): object {
  response.vary('Accept');
  if (request.accepts(['json', 'html']) !== 'html') return { authorization_url: address };
  keepAddressSecret(response);
  response.redirect(status, address);
  return response;
}

/** The address of a callback holds a code, and that of `returnTo` may. */
function keepAddressSecret(response: Response): void {
  response.setHeader('Referrer-Policy', 'no-referrer');
}

function queryOf({ originalUrl }: Request): URLSearchParams {
  const start = originalUrl.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : originalUrl.slice(start));
}

/** One scope each time that it is given, or several with spaces between. */
function scopesOf(request: Request): string[] {
  return queryOf(request)
    .getAll('scopes')
    .flatMap((scopes) => scopes.split(' '))
    .filter((scope) => scope !== '');
}
