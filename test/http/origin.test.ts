import { expect } from 'chai';
import { checkOrigins, createProblemHandler, OriginPolicy } from '../../src/http/index.js';
import { forEachExpress, raw, recordingLogger, type Served, serve } from './express-apps.js';

const trusted = 'https://admin.example';

forEachExpress((express) => {
  describe('OriginPolicy', () => {
    let served: Served;

    before(async () => {
      const policy = new OriginPolicy([trusted, 'capacitor://localhost']);
      const app = express();
      app.all('/', (request, response) => {
        policy.check(request);
        response.sendStatus(204);
      });
      app.use(createProblemHandler(recordingLogger()));
      served = await serve(app);
    });

    after(() => served.close());

    async function statusOf(headers: readonly string[], method = 'POST', host = 'app.example'): Promise<number> {
      const lines = [`${method} / HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0', ...headers, '', ''];
      return Number((await raw(served.port, [lines.join('\r\n')])).split(' ')[1]);
    }

    for (const [name, headers] of [
      ['neither header, which no browser sends', []],
      ['Sec-Fetch-Site: same-origin', ['Sec-Fetch-Site: same-origin', 'Origin: https://app.example']],
      ['Sec-Fetch-Site: none', ['Sec-Fetch-Site: none']],
      [
        'a browser that calls it same-origin where a proxy changed the host',
        ['Sec-Fetch-Site: same-origin', 'Origin: https://public.example'],
      ],
      ['a trusted origin, cross-site', ['Sec-Fetch-Site: cross-site', `Origin: ${trusted}`]],
      ['a trusted origin, same-site', ['Sec-Fetch-Site: same-site', `Origin: ${trusted}`]],
      ['a trusted origin alone', [`Origin: ${trusted}`]],
      ['a trusted app in a shell', ['Origin: capacitor://localhost']],
      ['its own origin over HTTPS', ['Origin: https://app.example']],
      ['its own origin over HTTP', ['Origin: http://app.example']],
    ] as const) {
      it(`lets pass ${name}`, async () => {
        expect(await statusOf(headers)).to.equal(204);
      });
    }

    for (const [name, headers] of [
      ['another site', ['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example']],
      ['a sister domain', ['Sec-Fetch-Site: same-site', 'Origin: https://blog.app.example']],
      ['another site that hides its origin', ['Sec-Fetch-Site: cross-site']],
      ['another site whose Origin says ours', ['Sec-Fetch-Site: cross-site', 'Origin: https://app.example']],
      ['an unknown word', ['Sec-Fetch-Site: same-planet', 'Origin: https://app.example']],
      ['an empty word', ['Sec-Fetch-Site: ', 'Origin: https://app.example']],
      ['two words', ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site']],
      ['Origin: null', ['Origin: null']],
      ['an empty Origin', ['Origin: ']],
      ['another origin', ['Origin: https://evil.example']],
      ['another port', ['Origin: https://app.example:8443']],
      ['a longer host', ['Origin: https://app.example.evil.example']],
      ['a host that ends alike', ['Origin: https://evilapp.example']],
      ['a user in front', ['Origin: https://app.example@evil.example']],
      ['a path', ['Origin: https://app.example/']],
      ['another scheme', ['Origin: ftp://app.example']],
      ['no URL', ['Origin: app.example']],
      ['two origins in one header', ['Origin: https://app.example https://evil.example']],
      ['two Origin headers', ['Origin: https://app.example', 'Origin: https://app.example']],
      ['a trusted host over another scheme', ['Origin: http://admin.example']],
    ] as const) {
      it(`refuses ${name}`, async () => {
        expect(await statusOf(headers)).to.equal(403);
      });
    }

    it('compares host and port, that of the scheme left out or not', async () => {
      expect(await statusOf(['Origin: https://app.example'], 'POST', 'app.example:443')).to.equal(204);
      expect(await statusOf(['Origin: http://app.example'], 'POST', 'APP.example:80')).to.equal(204);
      expect(await statusOf(['Origin: http://localhost:3000'], 'POST', 'localhost:3000')).to.equal(204);
      expect(await statusOf(['Origin: http://localhost:3000'], 'POST', 'localhost:3001')).to.equal(403);
    });

    it('asks of unsafe methods only', async () => {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        expect(await statusOf(['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'], method), method).not.to.equal(403);
      }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(await statusOf(['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'], method), method).to.equal(403);
      }
    });
  });
});

describe('checkOrigins', () => {
  it('finds nothing wrong with origins', () => {
    expect(
      checkOrigins(['https://app.example', 'http://localhost:3000', 'http://[::1]:3000', 'capacitor://localhost']),
    ).to.deep.equal([]);
  });

  for (const origin of [
    'https://app.example/',
    'https://app.example/path',
    'https://app.example:443',
    'https://APP.example',
    'https://*.app.example',
    '*',
    'app.example',
    'null',
    '',
    'https://user@app.example',
    'https://app.example?a',
    'javascript:alert(1)',
  ]) {
    it(`says what to write instead of ${JSON.stringify(origin)}`, () => {
      const [sentence, ...others] = checkOrigins([origin]);
      expect(others).to.deep.equal([]);
      expect(sentence).to.contain(JSON.stringify(origin)).and.to.contain('write ');
    });
  }
});
