import SwaggerParser from '@apidevtools/swagger-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { Expose, Type } from 'class-transformer';
import { IsDate, IsNumber, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Authorized, Body, Delete, Get, HttpCode, JsonController, OnUndefined, Param, Patch, Post } from 'routing-controllers';
import { Service } from 'typedi';
import { Column, Entity } from 'typeorm';
import {
  AuthenticationBackend,
  BaseUser,
  BearerTransport,
  CookieTransport,
  createAuthController,
  DatabaseStrategy,
  JwtStrategy,
  UserCreate,
  UsersController,
  UsersError,
} from '../../src/index.js';
import { type OpenApiDocument, openApiDocument } from '../../src/openapi/index.js';
import { drivers } from '../support/databases.js';
import { EntityApp } from '../support/entity-app.js';
import type { Answer } from '../support/http-client.js';
import type { User } from '../support/user.entity.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';

class BookBody {
  @IsString()
  @MaxLength(100)
  title!: string;
}

@Service()
@JsonController('/books')
class BooksController {
  @Get('/:id')
  find(@Param('id') id: string) {
    return { id };
  }

  @Delete('/:id')
  @OnUndefined(204)
  remove(@Param('id') _id: string) {}

  @Post('/')
  @Authorized()
  @HttpCode(201)
  add(@Body({ required: true }) body: BookBody) {
    return body;
  }

  @Patch('/:id')
  change(@Param('id') id: string, @Body() body: BookBody) {
    return { id, ...body };
  }
}

const cookie = new AuthenticationBackend<User>({
  name: 'cookie',
  transport: new CookieTransport(),
  strategy: new DatabaseStrategy<User>(),
});
const backends = [
  new AuthenticationBackend<User>({
    name: 'bearer',
    transport: new BearerTransport(),
    strategy: new JwtStrategy<User>(),
    refresh: {},
  }),
  cookie,
];
const CookieController = createAuthController(cookie, '/auth/cookie');
const controllers = [BooksController, CookieController];

interface Operation {
  operationId: string;
  security: unknown[];
  parameters?: { name: string; in: string; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: { properties: object } }> };
  responses: Record<string, OperationResponse>;
}

interface OperationResponse {
  $ref?: string;
  content?: Record<string, { schema: object; examples?: Record<string, { value: object }> }>;
}

class NoInvitationError extends UsersError {
  readonly status = 403;
  readonly code = 'NO_INVITATION';

  constructor() {
    super('You are not invited.');
  }
}

describe('openApiDocument', () => {
  let app: UsersApp;
  let document: OpenApiDocument;
  const [driver] = drivers;

  before(async () => {
    if (driver === undefined) return;
    app = await UsersApp.start(driver, { backends, controllers, routes: { endSessionsOf: false } });
    const routing = app.users.routing({ controllers: [UsersController, ...controllers] });
    document = openApiDocument(app.users, routing, {
      info: { title: 'Books', version: '1.0.0' },
      errors: { register: [new NoInvitationError()] },
    });
  });
  after(() => app.close());

  const operation = (verb: string, path: string) => document.paths[path]?.[verb] as Operation;
  const response = (verb: string, path: string, status: number): OperationResponse => {
    const found = operation(verb, path).responses[status] ?? {};
    const name = found.$ref?.slice('#/components/responses/'.length);
    return name === undefined ? found : (document.components.responses[name] as OperationResponse);
  };
  const problem = (verb: string, path: string, status: number) =>
    response(verb, path, status).content?.['application/problem+json'];
  /** The codes that a client tells apart, and what comes with each. */
  const codes = (verb: string, path: string, status: number): string[] =>
    [...JSON.stringify(problem(verb, path, status)?.schema).matchAll(/"enum":\[([^\]]*)\]/g)].flatMap(([, names = '']) =>
      names.replaceAll('"', '').split(','),
    );
  const all = () =>
    Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => ({ path, verb, operation: operation(verb, path) })),
    );

  it('is valid OpenAPI 3.1', async () => {
    await SwaggerParser.validate(structuredClone(document) as never);
  });

  it('has every route that answers, and every operation answers', async () => {
    const token = await app.tokenOf(await app.add('sue', { isSuperuser: true }));
    for (const { path, verb } of all()) {
      const answer = await app.http.ask(verb.toUpperCase(), path.replace(/\{\w+\}/g, 'nope'), {
        token,
        body: verb === 'get' ? undefined : {},
      });
      const isUnknownRoute = answer.status === 404 && !path.includes('{');
      expect(isUnknownRoute, `${verb} ${path}: ${answer.status}`).to.equal(false);
      const described = Object.keys(operation(verb, path).responses);
      expect(described, `${verb} ${path}`).to.include(String(answer.status));
    }
    const paths = all().map(({ verb, path }) => `${verb} ${path}`);
    for (const route of [
      'get /users/me',
      'post /users/register',
      'get /users',
      'post /auth/cookie/login',
      'get /books/{id}',
      'post /books',
    ]) {
      expect(paths).to.include(route);
    }
  });

  it('leaves out a route that is turned off', () => {
    expect(document.paths['/users/{id}/sessions']).to.equal(undefined);
  });

  it('names each operation once, as a function of a client', () => {
    const ids = all().map(({ operation: { operationId } }) => operationId);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[a-z][A-Za-z0-9]*$/);
    expect(ids).to.include.members(['register', 'login', 'getMe', 'listUsers', 'cookieLogin', 'booksAdd']);
  });

  it('tells what guards a route, by the schemes of the backends', () => {
    expect(document.components.securitySchemes).to.deep.equal({
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
    });
    expect(operation('get', '/users/me').security).to.deep.equal([{ bearer: [] }, { cookie: [] }]);
    expect(operation('post', '/users/register').security).to.deep.equal([]);
    expect(operation('post', '/books').security).to.have.length(2);
    expect(operation('post', '/books').responses).to.include.keys('201', '401');
  });

  it("has the app's own fields, and none that a caller may not set", () => {
    const { UserCreate, UserUpdate, SuperuserUserUpdate, User: shown } = document.components.schemas;
    expect(UserCreate?.properties).to.have.all.keys('email', 'password', 'firstName', 'userName', 'captcha');
    expect(UserCreate?.required).to.deep.equal(['email', 'password']);
    expect(UserUpdate?.properties).not.to.have.property('isSuperuser');
    expect(SuperuserUserUpdate?.properties).to.include.keys('isSuperuser', 'isActive', 'isVerified');
    expect(shown?.properties).to.include.keys('firstName', 'userName').and.not.include.keys('captcha', 'note', 'hashedPassword');
  });

  it('shows each error code by an example', () => {
    const examples = problem('post', '/users/register', 400)?.examples;
    expect(examples).to.include.keys('REGISTER_USER_ALREADY_EXISTS', 'REGISTER_INVALID_PASSWORD', 'MALFORMED_BODY');
  });

  it('tells which codes a status has, so that a client cannot ask for another', () => {
    expect(codes('post', '/users/login', 400)).to.have.members([
      'LOGIN_BAD_CREDENTIALS',
      'LOGIN_USER_NOT_VERIFIED',
      'MALFORMED_BODY',
    ]);
    expect(codes('post', '/users/forgot-password', 422)).to.deep.equal(['VALIDATION_ERROR']);
    expect(codes('post', '/books', 400)).to.have.members(['BAD_REQUEST', 'MALFORMED_BODY']);
  });

  it('tells which codes come with more than a sentence', () => {
    const login = problem('post', '/users/login', 403)?.schema;
    expect(JSON.stringify(login)).to.include('"required":["code","factors","mfaToken"]');
    expect(JSON.stringify(problem('post', '/users', 422)?.schema)).to.include('"required":["code","errors"]');
  });

  it('has the errors that hooks of the app refuse with', () => {
    expect(codes('post', '/users/register', 403)).to.include.members(['NO_INVITATION', 'REGISTRATION_CLOSED']);
    expect(codes('post', '/users/login', 403)).not.to.include('NO_INVITATION');
  });

  it('says once what many routes answer, by the name of its code', () => {
    expect(operation('get', '/users/me').responses['401']).to.deep.equal({ $ref: '#/components/responses/Unauthorized' });
    expect(operation('post', '/books').responses['413']).to.deep.equal({ $ref: '#/components/responses/PayloadTooLarge' });
  });

  it('gives names to what clients pass around', () => {
    const { schemas } = document.components;
    expect(schemas).to.include.keys('User', 'Session', 'Tokens', 'Problem', 'BookBody');
    expect(JSON.stringify(response('post', '/users/login', 200))).to.include('"#/components/schemas/Tokens"');
  });

  it('tells of a sign-in what its backend answers, and no more', () => {
    expect(operation('post', '/users/login').responses).to.include.keys('200').and.not.include.keys('204');
    expect(operation('post', '/auth/cookie/login').responses).to.include.keys('204').and.not.include.keys('200');
    expect(document.components.schemas.Tokens?.required).to.include.members(['expires_in', 'refresh_token']);
    expect(operation('post', '/users/register').responses).to.include.keys('201').and.not.include.keys('202');
  });

  it('wants a body where a field has to be sent', () => {
    expect(operation('post', '/users/login').requestBody?.required).to.equal(true);
    expect(operation('patch', '/books/{id}').requestBody?.required).to.equal(true);
    expect(operation('delete', '/users/me').requestBody?.required).to.equal(false);
  });

  it('tells the fields of a login as JSON from those of a form', () => {
    const content = operation('post', '/users/login').requestBody?.content ?? {};
    const fields = (type: string) => Object.keys(content[type]?.schema.properties ?? {});
    expect(fields('application/json')).to.have.members(['username', 'email', 'password']);
    expect(fields('application/x-www-form-urlencoded')).to.have.members(['username', 'password', 'grant_type']);
  });

  it('lets null empty a field whose column may be empty, and no other', () => {
    const { UserUpdate, UserCreate, User: shown } = document.components.schemas;
    for (const schema of [UserUpdate, UserCreate, shown])
      expect(schema?.properties).to.have.nested.property('userName.type').that.deep.equals(['string', 'null']);
    expect(UserUpdate?.properties).to.have.nested.property('firstName.type', 'string');
  });

  it('has the id of a user in a path as it is in a body, and other ids as texts', () => {
    const id = (path: string) => operation('delete', path).parameters?.find(({ name }) => name === 'id')?.schema;
    expect(id('/users/{id}')).to.deep.equal({ type: 'string', format: 'uuid' });
    expect(id('/users/me/sessions/{id}')).to.deep.equal({ type: 'string' });
  });

  it('takes an action that answers nothing at its word', () => {
    const { responses } = operation('delete', '/books/{id}');
    expect(responses['204']).to.deep.equal({ description: 'Done.' });
    expect(responses).not.to.have.property('200');
  });

  it('fits what the routes answer', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ ...document, $id: 'document' });
    const fits = (verb: string, path: string, answer: Answer) => {
      const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
      const schema = response(verb, path, answer.status).content?.[type]?.schema;
      expect(schema, `${verb} ${path} ${answer.status}`).not.to.equal(undefined);
      const pointer = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'));
      expect(ajv.validate(pointer, answer.body), `${verb} ${path} ${answer.status}: ${ajv.errorsText()}`).to.equal(true);
    };
    const registration = { email: emailOf('ada'), password: PASSWORD };
    fits('post', '/users/register', await app.http.post('/users/register', registration));
    fits('post', '/users/register', await app.http.post('/users/register', registration));
    fits('post', '/users/register', await app.http.post('/users/register', {}));
    const login = await app.login('ada');
    fits('post', '/users/login', login);
    fits('post', '/users/login', await app.login('ada', 'wrong password'));
    fits('post', '/users/refresh', await app.http.post('/users/refresh', { refresh_token: login.body.refresh_token }));
    const token = await app.tokenOf(await app.add('root', { isSuperuser: true }));
    fits('get', '/users/me', await app.http.get('/users/me', { token }));
    fits('get', '/users/me', await app.http.get('/users/me'));
    fits('get', '/users/me/sessions', await app.http.get('/users/me/sessions', { token }));
    fits('get', '/users', await app.http.get('/users', { token }));
    fits('get', '/users', await app.http.get('/users?limit=0', { token }));
    fits('get', '/users/{id}', await app.http.get('/users/nope', { token }));
    fits('post', '/books', await app.http.post('/books', { title: 1 }, { token }));
    fits('post', '/books', await app.http.post('/books', '{', { token }));
    fits('post', '/books', await app.http.post('/books', undefined, { token }));
    fits('patch', '/books/{id}', await app.http.patch('/books/1', undefined, { token }));
  });
});

describe('openApiDocument of an app whose option `routes` turns one off', () => {
  it('leaves it out, and no route of another controller by its name', async () => {
    const [driver] = drivers;
    if (driver === undefined) return;
    const other = await UsersApp.start(driver, { backends, controllers, routes: { login: false } });
    const routing = other.users.routing({ controllers: [UsersController, ...controllers] });
    const { paths } = openApiDocument(other.users, routing, { info: { title: 'Books', version: '1.0.0' } });
    await other.close();
    expect(paths).to.not.have.property('/users/login');
    expect(paths['/auth/cookie/login']).to.have.property('post');
  });
});

describe('openApiDocument of an app that wants verified addresses', () => {
  it('has the 403 of a refresh', async () => {
    const [driver] = drivers;
    if (driver === undefined) return;
    for (const requiresVerification of [true, false]) {
      const other = await UsersApp.start(driver, { backends, controllers, requiresVerification });
      const routing = other.users.routing({ controllers: [UsersController, ...controllers] });
      const { paths } = openApiDocument(other.users, routing, { info: { title: 'Books', version: '1.0.0' } });
      await other.close();
      expect(Object.hasOwn(Object(paths['/users/refresh']?.post).responses, '403')).to.equal(requiresVerification);
    }
  });
});

describe('openApiDocument of an app whose dto has a field of several forms', () => {
  class DatedRegistration extends UserCreate {
    @IsOptional()
    @IsDate()
    userName?: Date;
  }

  it('lets null empty it where its column may be empty', async () => {
    const [driver] = drivers;
    if (driver === undefined) return;
    const app = await UsersApp.start(driver, { dtos: { create: DatedRegistration } });
    const routing = app.users.routing({ controllers: [UsersController] });
    const { components } = openApiDocument(app.users, routing, { info: { title: 'Dates', version: '1.0.0' } });
    await app.close();
    for (const name of ['UserCreate', 'UserUpdate', 'User'] as const) {
      const fields = components.schemas[name]?.properties as Record<string, object>;
      const fits = new Ajv2020({ validateFormats: false }).compile(fields.userName ?? false);
      expect([fits(null), fits(7)], name).to.deep.equal([true, false]);
    }
  });
});

describe('openApiDocument of an app whose users have an embedded object', () => {
  class Point {
    @Column({ type: 'float', nullable: true })
    latitude!: number | null;
  }

  class Address {
    @Column({ type: 'varchar', length: 40, default: '' })
    street!: string;

    @Column({ type: 'varchar', length: 40, nullable: true })
    city!: string | null;

    @Column(() => Point)
    point!: Point;
  }

  @Entity('described_residents')
  class Resident extends BaseUser {
    @Column(() => Address)
    address!: Address;
  }

  class PointBody {
    @IsOptional()
    @IsNumber()
    latitude?: number | null;
  }

  class AddressBody {
    @IsOptional()
    @IsString()
    street?: string;

    @Expose({ name: 'town' })
    @IsOptional()
    @IsString()
    city?: string | null;

    @IsOptional()
    @ValidateNested()
    @Type(() => PointBody)
    point?: PointBody;
  }

  class ResidentRegistration extends UserCreate {
    @IsOptional()
    @ValidateNested()
    @Type(() => AddressBody)
    address?: AddressBody;
  }

  it('lets null empty what may be empty of it, and nothing else', async () => {
    const app = await EntityApp.start(Resident, { dtos: { create: ResidentRegistration } });
    const routing = app.users.routing({ controllers: [UsersController] });
    const { components } = openApiDocument(app.users, routing, { info: { title: 'Residents', version: '1.0.0' } });
    await app.close();
    const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema({ $id: 'document', components });
    for (const name of ['UserCreate', 'UserUpdate', 'User']) {
      const fits = ajv.compile({ $ref: `document#/components/schemas/${name}/properties/address` });
      const outcomes = [{ town: null }, { point: { latitude: null } }, { street: null }, { point: null }].map((value) =>
        fits(value),
      );
      expect(outcomes, name).to.deep.equal([true, true, false, false]);
    }
  });
});
