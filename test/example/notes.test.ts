import { expect } from 'chai';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { ExampleServer } from './example-server.js';

const password = 'analytical engine';

describe('/notes of the example', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let server: ExampleServer;
    let ada = '';
    let vera = '';

    before(async () => {
      database = await driver.createDatabase();
      server = await ExampleServer.start({ DATABASE_URL: database.url });
      for (const email of ['ada@example.com', 'vera@example.com']) await server.register(email, password);
      ada = await server.signIn('ada@example.com', password);
      vera = await server.signIn('vera@example.com', password);
    });

    after(async () => {
      await server.remove();
      await database.drop();
    });

    it('keeps notes, and lists those of the signed-in user', async () => {
      const added = await server.ask('POST', '/notes', { token: ada, body: { text: 'Note G: ∂, 𝔸, é' } });
      expect(added.status).to.equal(201);
      expect(added.body.text).to.equal('Note G: ∂, 𝔸, é');
      expect((await server.ask('GET', '/notes', { token: ada })).body).to.deep.equal({ items: [added.body] });
      expect((await server.ask('GET', '/notes', { token: vera })).body).to.deep.equal({ items: [] });
    });

    for (const body of [
      {},
      { text: '' },
      { text: ' ' },
      { text: 1 },
      { text: null },
      { text: 'x'.repeat(1001) },
      { text: 'a\0b' },
      [],
      null,
      5,
      'a text',
      undefined,
    ]) {
      it(`answers 422 to ${JSON.stringify(body)?.slice(0, 20) ?? 'no body'}`, async () => {
        const { status, body: problem, headers } = await server.ask('POST', '/notes', { token: ada, body });
        expect([status, problem.code]).to.deep.equal([422, 'VALIDATION_ERROR']);
        expect(headers.get('content-type')).to.equal('application/problem+json');
      });
    }

    it('answers 415 to a body that is no JSON, as the routes of the library do', async () => {
      for (const [type, encoding] of [
        ['text/plain', 'identity'],
        ['application/json', 'gzip'],
      ] as const) {
        const headers = { Authorization: `Bearer ${ada}`, 'Content-Type': type, 'Content-Encoding': encoding };
        const answer = await fetch(`${server.url}/notes`, { method: 'POST', headers, body: '{"text":"a"}' });
        expect([answer.status, Object(await answer.json()).code]).to.deep.equal([415, 'UNSUPPORTED_MEDIA_TYPE']);
      }
    });

    it('looks at the type and the syntax of a body before it asks who sends it', async () => {
      const statuses = ['text/plain', 'application/json'].map(async (type) => {
        const headers = { 'Content-Type': type };
        return (await fetch(`${server.url}/notes`, { method: 'POST', headers, body: '{"text"' })).status;
      });
      expect(await Promise.all(statuses)).to.deep.equal([415, 400]);
    });

    it('answers 422 to half a surrogate pair', async () => {
      const headers = { Authorization: `Bearer ${ada}`, 'Content-Type': 'application/json' };
      const { status } = await fetch(`${server.url}/notes`, { method: 'POST', headers, body: '{"text":"\\ud800"}' });
      expect(status).to.equal(422);
    });

    it('deletes a note once, for its owner only', async () => {
      const { body } = await server.ask('POST', '/notes', { token: ada, body: { text: 'short-lived' } });
      const path = `/notes/${String(body.id)}`;
      expect((await server.ask('DELETE', path, { token: vera })).status).to.equal(404);
      expect((await server.ask('DELETE', path, { token: ada })).status).to.equal(204);
      expect((await server.ask('DELETE', path, { token: ada })).status).to.equal(404);
    });

    for (const id of ['0', '-1', '1e3', 'x', '99999999999', '2147483648', '%00']) {
      it(`answers 404 to the id ${id}`, async () => {
        expect((await server.ask('DELETE', `/notes/${id}`, { token: ada })).status).to.equal(404);
      });
    }

    it('answers 401 to those who are not signed in', async () => {
      for (const [method, path] of [
        ['GET', '/notes'],
        ['POST', '/notes'],
        ['DELETE', '/notes/1'],
      ] as const) {
        expect((await server.ask(method, path)).status, `${method} ${path}`).to.equal(401);
      }
    });
  });
});
