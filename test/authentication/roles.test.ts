import { expect } from 'chai';
import { Authorized, Get, JsonController } from 'routing-controllers';
import { Service } from 'typedi';
import { databaseBackends } from '../support/backends.js';
import { drivers, type TestDatabase } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf } from '../support/sign-in-client.js';

@Service()
@JsonController('/desk')
class DeskController {
  @Get('/editor')
  @Authorized('editor')
  forEditors(): object {
    return {};
  }

  @Get('/editor-and-owner')
  @Authorized(['editor', 'owner'])
  forEditorsWhoOwn(): object {
    return {};
  }

  @Get('/superuser-and-verified')
  @Authorized(['superuser', 'verified'])
  forVerifiedSuperusers(): object {
    return {};
  }

  @Get('/fresh-and-owner')
  @Authorized(['fresh', 'owner'])
  forFreshOwners(): object {
    return {};
  }

  @Get('/careless')
  @Authorized('careless')
  forTheCareless(): object {
    return {};
  }

  @Get('/unknown')
  @Authorized('constructor')
  forNobody(): object {
    return {};
  }
}

const isNamed = (name: string) => (user: Member) => user.email.startsWith(name);

describe('the roles of @Authorized(…)', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  let database: TestDatabase;
  let app: SignInApp;

  before(async () => {
    database = await driver.createDatabase();
    app = await SignInApp.start(database.dataSourceOptions(), {
      backends: databaseBackends(),
      controllers: [DeskController],
      roles: {
        editor: isNamed('ed'),
        owner: async (user) => isNamed('edna')(user),
        // As an app in JavaScript may write it.
        careless: (() => 'yes') as never,
      },
    });
    await app.add('ed');
    await app.add('edna');
    await app.add('sue', { isSuperuser: true, isVerified: false });
  });
  after(async () => {
    await app.close();
    await database.drop();
  });

  async function askedBy(name: string, path: string): Promise<readonly unknown[]> {
    const { status, code } = await app.http.get(`/desk/${path}`, carried(await app.signIn(name)));
    return [status, code];
  }

  it("may be the app's own, which a function tells of a user, at once or later", async () => {
    expect(await askedBy('ed', 'editor')).to.deep.equal([200, undefined]);
    expect(await askedBy('sue', 'editor')).to.deep.equal([403, 'FORBIDDEN']);
    expect((await app.http.get('/desk/editor')).status).to.equal(401);
  });

  it('are all needed where there are several', async () => {
    expect(await askedBy('edna', 'editor-and-owner')).to.deep.equal([200, undefined]);
    expect(await askedBy('ed', 'editor-and-owner')).to.deep.equal([403, 'FORBIDDEN']);
    expect(await askedBy('sue', 'superuser-and-verified')).to.deep.equal([403, 'FORBIDDEN']);
    const sue = await app.users.manager.findByEmail(emailOf('sue'));
    await app.users.manager.update(sue ?? expect.fail('there is no Sue'), { isVerified: true });
    expect(await askedBy('sue', 'superuser-and-verified')).to.deep.equal([200, undefined]);
  });

  it('ask for a fresh session last: showing a password would not help who has not the other roles', async () => {
    const [ed, edna] = [await app.signIn('ed', 'opaque'), await app.signIn('edna', 'opaque')];
    app.clock.advance({ minutes: 6 });
    const [forEd, forEdna] = [ed, edna].map((signedIn) => app.http.get('/desk/fresh-and-owner', carried(signedIn)));
    expect((await forEd)?.code).to.equal('FORBIDDEN');
    expect((await forEdna)?.code).to.equal('REAUTHENTICATION_REQUIRED');
  });

  it('are had by `true` alone, and not by what counts as true', async () => {
    expect(await askedBy('ed', 'careless')).to.deep.equal([403, 'FORBIDDEN']);
  });

  it('let nobody in where there is no such role, not even one of the name of a method of every object', async () => {
    expect(await askedBy('ed', 'unknown')).to.deep.equal([500, 'INTERNAL_ERROR']);
    expect(JSON.stringify(app.logger.lines)).to.include('there is no such role');
  });
});
