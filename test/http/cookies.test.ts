import { expect } from 'chai';
import { checkCookie, readCookie, serializeCookie } from '../../src/http/index.js';
import { answerJson } from '../../src/http/json-answer.js';
import { forEachExpress, raw, type Served, serve } from './express-apps.js';

forEachExpress((express) => {
  describe('readCookie and answerJson', () => {
    let served: Served;

    before(async () => {
      const app = express();
      app.get('/', (request, response) => void answerJson.call(response, { value: readCookie(request, 'session') }));
      served = await serve(app);
    });

    after(() => served.close());

    async function ask(...headers: string[]) {
      const text = await raw(served.port, [['GET / HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n')], '}');
      return {
        head: text.slice(0, text.indexOf('{')),
        value: (JSON.parse(text.slice(text.indexOf('{'))) as { value: string | null }).value,
      };
    }

    for (const [header, value] of [
      ['Cookie: session=abc', 'abc'],
      ['Cookie: a=1; session=abc; sessions=2', 'abc'],
      ['Cookie: session="abc"', '"abc"'],
      ['Cookie: session=a%20b', 'a b'],
      ['Cookie: session=%E0', '%E0'],
      ['Cookie: session=a=b', 'a=b'],
      ['Cookie: session=', ''],
      ['Cookie: Session=abc', null],
      ['Cookie: session', null],
      ['Cookie: session=a; session=b', ''],
      ['Cookie: session=a; session=a', ''],
      ['Cookie: session=a;session\t =b', ''],
      ['Cookie: \xA0session=x; session=abc; session\xA0=y', 'abc'],
      ['X: none', null],
    ] as const) {
      it(`reads ${JSON.stringify(value)} from "${header}"`, async () => {
        expect((await ask(header)).value).to.equal(value);
      });
    }

    it('takes two headers for one', async () => {
      expect((await ask('Cookie: a=1', 'Cookie: session=b')).value).to.equal('b');
      expect((await ask('Cookie: session=a', 'Cookie: session=b')).value).to.equal('');
    });

    it('answers without an ETag, not to be stored, with its length', async () => {
      const { head } = await ask();
      expect(head).to.match(/Content-Type: application\/json; charset=utf-8\r\n/);
      expect(head).to.match(/Cache-Control: no-store\r\n/);
      expect(head).to.match(/Content-Length: 14\r\n/);
      expect(head).not.to.match(/etag/i);
    });
  });
});

describe('serializeCookie', () => {
  it('is safe unless told otherwise', () => {
    expect(serializeCookie('__Host-session', 'abc')).to.equal('__Host-session=abc; Path=/; HttpOnly; Secure; SameSite=Lax');
  });

  it('takes every attribute', () => {
    const cookie = serializeCookie('s', 'a b', {
      httpOnly: false,
      secure: false,
      sameSite: 'strict',
      path: '/app',
      domain: 'example.com',
      maxAgeSeconds: 0,
    });
    expect(cookie).to.equal('s=a%20b; Max-Age=0; Domain=example.com; Path=/app; SameSite=Strict');
  });

  it('throws rather than write a name or a path that ends the cookie (cookie CVE-2024-47764)', () => {
    expect(() => serializeCookie('a;b', 'c')).to.throw();
    expect(() => serializeCookie('a', 'c', { path: '/;Domain=evil.example' })).to.throw();
    expect(serializeCookie('a', 'c;\r\nSet-Cookie: d')).not.to.contain('\n');
  });
});

describe('checkCookie', () => {
  it('finds nothing wrong with what browsers keep', () => {
    expect(checkCookie({ name: '__Host-session' })).to.deep.equal([]);
    expect(
      checkCookie({ name: '__Secure-s', domain: 'example.com', path: '/app', sameSite: 'none', partitioned: true }),
    ).to.deep.equal([]);
    expect(checkCookie({ name: 's', secure: false })).to.deep.equal([]);
  });

  for (const [fault, options] of [
    ['is not secure', { name: '__Host-s', secure: false }],
    ['is not secure', { name: '__host-s', secure: false }],
    ['and a domain', { name: '__Host-s', domain: 'example.com' }],
    ['and a path', { name: '__Host-s', path: '/app' }],
    ['is not secure', { name: '__Secure-s', secure: false }],
    ['browsers drop', { name: 's', sameSite: 'none', secure: false }],
    ['browsers drop', { name: 's', partitioned: true, secure: false }],
    ['bad name', { name: 'a b' }],
    ['bad name', { name: '' }],
    ['bad path', { name: 's', path: 'app' }],
    ['bad path', { name: 's', path: '/;Secure' }],
    ['bad path', { name: 's', path: '/\r' }],
    ['unknown `sameSite`', { name: 's', sameSite: 'Lax' as 'lax' }],
    ['bad domain', { name: 's', domain: 'https://example.com' }],
  ] as const) {
    it(`says "${fault}" of ${JSON.stringify(options)}`, () => {
      const [sentence, ...others] = checkCookie(options);
      expect(others).to.deep.equal([]);
      expect(sentence).to.contain(fault);
    });
  }
});
