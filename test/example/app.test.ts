import { expect } from 'chai';
import { ExampleServer } from './example-server.js';

describe('the example', () => {
  let server: ExampleServer;

  before(async () => {
    server = await ExampleServer.start();
  });

  after(() => server.remove());

  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['PUT', '/notes'],
    ['GET', '/notes/1'],
    ['POST', '/verify'],
    ['GET', '/auth/redis/login'],
    ['GET', '/users/me/nowhere'],
  ] as const) {
    it(`answers 404 in JSON to ${method} ${path}`, async () => {
      const { status, headers, body } = await server.ask(method, path);
      expect([status, body.status, body.code]).to.deep.equal([404, 404, 'NOT_FOUND']);
      expect(headers.get('content-type')).to.contain('application/problem+json');
      expect(headers.get('cache-control')).to.equal('no-store');
    });
  }

  it('tells by OPTIONS what a path takes', async () => {
    const { status, headers } = await server.ask('OPTIONS', '/notes');
    expect([status, headers.get('allow')]).to.deep.equal([200, 'GET, HEAD, POST']);
  });
});
