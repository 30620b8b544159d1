// The limit with routing-controllers: nothing but what has to be done, in its checker, and the answer written directly. It is served
// as ours is.
import 'reflect-metadata';
import express, { type Request, type Response } from 'express';
import { type Action, Authorized, Get, JsonController, Req, Res, useContainer, useExpressServer } from 'routing-controllers';
import { messageClasses } from 'routing-controllers-users';
import { Container, Service } from 'typedi';
import { serve, settings } from './serve.js';
import { createSessionReader } from './session-reader.js';

interface Signed extends Request {
  account?: unknown;
}

@Service()
@JsonController('/users')
class AccountsController {
  @Get('/me')
  @Authorized()
  me(@Req() request: Signed, @Res() response: Response) {
    const body = JSON.stringify(request.account);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
    return response;
  }
}

const userOf = createSessionReader(settings());
useContainer(Container);
const authorizationChecker = ({ request }: Action): boolean => {
  request.account = userOf(request.headers.authorization);
  return request.account !== undefined;
};
const app = useExpressServer(express(), { controllers: [AccountsController], authorizationChecker });
serve(app, messageClasses(app));
