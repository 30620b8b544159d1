import 'reflect-metadata';
import { expect } from 'chai';
import { IsOptional, IsString } from 'class-validator';
import { createProblemHandler, QueryBoolean, QueryInteger, readQuery } from '../../src/http/index.js';
import { forEachExpress, recordingLogger, type Served, serve } from './express-apps.js';

class ListQuery {
  @IsOptional()
  @QueryInteger(1, 100)
  limit: number = 20;

  @IsOptional()
  @QueryBoolean()
  isActive?: boolean;

  @IsOptional()
  @IsString()
  search?: string;
}

forEachExpress((express) => {
  describe('readQuery', () => {
    let served: Served;

    before(async () => {
      const app = express();
      app.get('/', (request, response, next) => {
        readQuery(ListQuery, request).then((query) => response.json(query), next);
      });
      app.use(createProblemHandler(recordingLogger()));
      served = await serve(app);
    });

    after(() => served.close());

    async function ask(query: string) {
      const response = await fetch(`${served.url}/${query}`);
      const answer = (await response.json()) as { errors?: { field: string; messages: string[] }[] };
      return { status: response.status, answer, errors: answer.errors };
    }

    it('reads numbers, switches and texts', async () => {
      expect((await ask('?limit=5&isActive=true&search=a%25+b')).answer).to.deep.equal({
        limit: 5,
        isActive: true,
        search: 'a% b',
      });
      expect((await ask('?limit=100&isActive=false&search=')).answer).to.deep.equal({ limit: 100, isActive: false, search: '' });
    });

    it('has the defaults of the class where nothing is asked', async () => {
      expect((await ask('')).answer).to.deep.equal({ limit: 20 });
      expect((await ask('?')).answer).to.deep.equal({ limit: 20 });
    });

    for (const limit of [
      '0',
      '101',
      '-1',
      '+5',
      '5.0',
      '5e1',
      '0x10',
      '1_0',
      '%205',
      '5%20',
      '',
      'ten',
      '٥',
      '9'.repeat(400),
      'Infinity',
      'NaN',
    ]) {
      it(`answers 422 to limit=${limit.slice(0, 20)}`, async () => {
        const { status, errors } = await ask(`?limit=${limit}`);
        expect(status).to.equal(422);
        expect(errors).to.deep.equal([{ field: 'limit', messages: ['limit must be a whole number from 1 to 100'] }]);
      });
    }

    for (const word of ['TRUE', '1', '0', 'yes', '', 'true%2C', 'toString', '__proto__']) {
      it(`answers 422 to isActive=${word}`, async () => {
        const { status, errors } = await ask(`?isActive=${word}`);
        expect(status).to.equal(422);
        expect(errors).to.deep.equal([{ field: 'isActive', messages: ['isActive must be true or false'] }]);
      });
    }

    it('answers 422 to a field given twice', async () => {
      expect((await ask('?limit=5&limit=5')).errors).to.deep.equal([{ field: 'limit', messages: ['limit must be given once'] }]);
      expect((await ask('?search=a&search=b')).status).to.equal(422);
    });

    it('answers 422 to a NUL', async () => {
      expect((await ask('?search=a%00b')).status).to.equal(422);
    });

    it('leaves unread what the class does not declare', async () => {
      const query = '?utm=1&utm=2&limit[$gt]=1&limit[]=3&__proto__[a]=1&__proto__=1&constructor=1&toString=1';
      expect((await ask(query)).answer).to.deep.equal({ limit: 20 });
    });
  });
});
