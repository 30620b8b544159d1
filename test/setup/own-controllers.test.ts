import { expect } from 'chai';
import { IsEmail } from 'class-validator';
import {
  type Action,
  Authorized,
  Body,
  Get,
  getMetadataArgsStorage,
  HttpError,
  Interceptor,
  type InterceptorInterface,
  JsonController,
  NotFoundError,
  Param,
  Post,
  QueryParam,
} from 'routing-controllers';
import { Service } from 'typedi';
import { CurrentUser, containerPerApp, type PlainUser, UserManager, UsersController, UsersError } from '../../src/index.js';
import { forEachExpress, type Served } from '../http/express-apps.js';
import { ada, ask, mount, problem, problemOf, signIn } from './client.js';
import { classesComeFrom, startUsers, User } from './set-up.js';

class Subscription {
  @IsEmail()
  address!: string;
}

/** An error of the app's own kind, in the library's shape. */
class NotebookFullError extends UsersError {
  readonly status = 409;
  readonly code = 'NOTEBOOK_FULL';
  constructor() {
    super('The notebook is full. Remove a note first.');
  }
}

@Service()
@JsonController('/notes')
class NotesController {
  constructor(private readonly users: UserManager<User>) {}

  @Get('/mine')
  @Authorized()
  async mine(@CurrentUser() user: User): Promise<object> {
    return { of: (await this.users.getById(user.id)).email };
  }

  @Get('/open')
  open(@CurrentUser({ required: false }) user?: User): object {
    return { of: user?.email ?? 'nobody' };
  }

  @Get('/required')
  required(@CurrentUser() user: User): object {
    return { of: user.email };
  }

  @Get('/fails/:how')
  fails(@Param('how') how: string): object {
    if (how === 'missing') throw new NotFoundError('There is no such note.');
    if (how === 'teapot') throw new HttpError(418, 'I am a teapot.');
    if (how === 'full') throw new NotebookFullError();
    if (how === 'text') throw 'hush-hush';
    throw new Error('hush-hush');
  }

  @Get('/pages')
  page(@QueryParam('page', { required: true }) page: number): object {
    return { page };
  }

  @Post('/subscriptions')
  subscribe(@Body() { address }: Subscription): object {
    return { address };
  }
}

const controllers = [UsersController, NotesController];

describe("an app's own controllers", () => {
  classesComeFrom(containerPerApp);

  forEachExpress((express) => {
    let started: Awaited<ReturnType<typeof startUsers>>;
    let served: Served;
    let token: string;

    before(async () => {
      started = await startUsers({ roles: { admin: () => false } });
      served = await mount(express(), started.users, { controllers });
      token = await signIn(served.url);
    });
    after(async () => {
      await served.close();
      await started.stop();
    });

    it('get the signed-in user and the manager', async () => {
      expect((await ask(served.url, 'GET /notes/mine', { token })).body).to.deep.equal({ of: ada.email });
      expect((await ask(served.url, 'GET /notes/required', { token })).body).to.deep.equal({ of: ada.email });
    });

    it('refuse anonymous callers, unless they are told otherwise', async () => {
      for (const route of ['GET /notes/mine', 'GET /notes/required']) {
        const answer = await ask(served.url, route);
        expect(problemOf(answer), route).to.equal(problem(401, 'UNAUTHORIZED'));
        expect(answer.headers.get('www-authenticate')).to.equal('Bearer');
      }
      expect((await ask(served.url, 'GET /notes/open')).body).to.deep.equal({ of: 'nobody' });
      expect((await ask(served.url, 'GET /notes/open', { token })).body).to.deep.equal({ of: ada.email });
    });

    it("tell routing-controllers' errors and errors of the app's own as problems", async () => {
      for (const [route, status, code, detail] of [
        ['GET /notes/fails/missing', 404, 'NOT_FOUND', 'There is no such note.'],
        ['GET /notes/fails/teapot', 418, 'IM_A_TEAPOT', 'I am a teapot.'],
        ['GET /notes/fails/full', 409, 'NOTEBOOK_FULL', 'The notebook is full. Remove a note first.'],
      ] as const) {
        const answer = await ask(served.url, route);
        expect(problemOf(answer), route).to.equal(problem(status, code));
        expect(answer.body.detail).to.equal(detail);
      }
    });

    it('tell nothing of what broke, and log it', async () => {
      for (const how of ['bug', 'text']) {
        const answer = await ask(served.url, `GET /notes/fails/${how}?token=hidden`);
        expect(problemOf(answer)).to.equal(problem(500, 'INTERNAL_ERROR'));
        expect(answer.text).not.to.contain('hush-hush').and.not.to.contain('stack');
      }
      const log = JSON.stringify(started.logger.lines);
      expect(log).to.contain('GET /notes/fails/bug failed').and.to.contain('GET /notes/fails/text failed');
      expect(log).not.to.contain('hidden');
    });

    it('tell what is wrong with a body by its fields, and never a value', async () => {
      const { status, headers, body, text } = await ask(served.url, 'POST /notes/subscriptions', {
        body: { address: 'hush-hush' },
      });
      expect([status, headers.get('content-type')]).to.deep.equal([400, 'application/problem+json']);
      expect(body.errors).to.deep.equal([{ field: 'address', messages: ['address must be an email'] }]);
      expect(text).not.to.contain('hush-hush');
    });

    it('answer malformed JSON, bad parameters and missing ones as problems', async () => {
      const malformed = await ask(served.url, 'POST /notes/subscriptions', { body: '{"address":' });
      expect(problemOf(malformed)).to.equal(problem(400, 'MALFORMED_BODY'));
      for (const route of ['GET /notes/pages?page=hush-hush', 'GET /notes/pages']) {
        const answer = await ask(served.url, route);
        expect([answer.status, answer.headers.get('content-type')], route).to.deep.equal([400, 'application/problem+json']);
        expect(answer.text).not.to.contain('hush-hush');
      }
    });

    it('leave the connection open after an error', async () => {
      const answer = await ask(served.url, 'GET /notes/fails/missing');
      expect(answer.headers.get('connection')).not.to.equal('close');
    });

    describe("with an interceptor of the app's", () => {
      let declared: number;
      beforeEach(() => {
        declared = getMetadataArgsStorage().interceptors.length;
      });
      afterEach(() => {
        getMetadataArgsStorage().interceptors.splice(declared);
      });

      it("is handed the library's answers too", async () => {
        @Service()
        @Interceptor()
        class Envelope implements InterceptorInterface {
          intercept(_action: Action, content: PlainUser | undefined): object | undefined {
            return content === undefined ? content : { data: content };
          }
        }

        const app = await mount(express(), started.users, { controllers, interceptors: [Envelope] });
        const { status, body } = await ask(app.url, 'GET /users/me', { token });
        expect([status, Reflect.get(Object(body.data), 'email')]).to.deep.equal([200, ada.email]);
        expect(Object(body.data)).not.to.have.property('hashedPassword');
        expect((await ask(app.url, 'POST /users/logout', { token })).status).to.equal(204);
        await app.close();
      });
    });
  });
});
