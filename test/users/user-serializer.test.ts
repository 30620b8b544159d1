import { expect } from 'chai';
import { Exclude, Expose, Transform } from 'class-transformer';
import { type Action, getMetadataArgsStorage, Interceptor, type InterceptorInterface } from 'routing-controllers';
import { Service } from 'typedi';
import { Column, Entity } from 'typeorm';
import { BaseUser } from '../../src/index.js';
import { createUser, signIn } from '../../src/testing/index.js';
import { EntityApp } from '../support/entity-app.js';

class Settings {
  theme = 'dark';

  @Exclude()
  pin = '1234';
}

const settingsColumn = {
  to: (settings?: Settings) => (settings === undefined ? null : JSON.stringify(settings)),
  from: () => new Settings(),
};

@Entity('shown_people')
class Person extends BaseUser {
  @Column({ type: 'varchar', default: 'not to be shown' })
  unmarked!: string;

  @Expose()
  @Exclude()
  @Column({ type: 'varchar', default: 'hidden all the same' })
  excluded!: string;

  @Expose()
  @Column({ type: 'varchar', default: 'Ada' })
  nickname!: string;

  @Expose()
  @Transform(({ value }) => `${value} €`)
  @Column({ type: 'int', default: 5 })
  balance!: number;

  @Expose({ name: 'initial' })
  get firstLetter(): string {
    return this.email.slice(0, 1);
  }

  @Expose()
  @Column({ type: 'text', nullable: true, transformer: settingsColumn })
  settings!: Settings;
}

const USUAL = ['id', 'email', 'pendingEmail', 'isActive', 'isSuperuser', 'isVerified', 'hasPassword', 'createdAt'];

describe('what a client sees of a user', () => {
  let app: EntityApp<Person>;

  before(async () => {
    app = await EntityApp.start(Person);
  });
  after(() => app.close());

  async function getMe(interceptors: Function[] = []): Promise<Record<string, unknown>> {
    const { client, close } = await app.serve(interceptors);
    const { body } = await client.get('/users/me', { headers: await signIn(app.users, await createUser(app.users)) });
    await close();
    return body;
  }

  it("is the usual fields and those with class-transformer's @Expose(), transformed, in this order", async () => {
    const user = await getMe();
    expect(Object.keys(user)).to.deep.equal([...USUAL, 'nickname', 'settings', 'balance', 'initial']);
    expect([user.nickname, user.balance, user.initial]).to.deep.equal(['Ada', '5 €', String(user.email).slice(0, 1)]);
  });

  it('is not what the class of a field hides by @Exclude()', async () => {
    expect((await getMe()).settings).to.deep.equal({ theme: 'dark' });
  });

  it("passes class-transformer by, and goes through an app's interceptor with the methods of any object", async () => {
    const declared = getMetadataArgsStorage().interceptors.length;

    @Service()
    @Interceptor()
    class Extension implements InterceptorInterface {
      intercept(_action: Action, answer: object): object {
        // biome-ignore lint/suspicious/noPrototypeBuiltins: old code calls it so
        return { ...answer, isUser: answer.hasOwnProperty('email'), text: `${answer}`, isObject: answer instanceof Object };
      }
    }

    const user = await getMe([Extension]);
    // Else routing-controllers would put it before the answers of every app of the process.
    getMetadataArgsStorage().interceptors.splice(declared);
    expect(user).to.include({ isUser: true, text: '[object Object]', isObject: false, nickname: 'Ada' });
  });
});
