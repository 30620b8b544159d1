import { expect } from 'chai';
import { addressKey } from '../../src/http/client-address.js';
import { clientAddress, userAgent } from '../../src/http/index.js';
import { forEachExpress, raw, type Served, serve } from './express-apps.js';

forEachExpress((express) => {
  describe('clientAddress and userAgent', () => {
    const open: Served[] = [];

    async function ask(trustProxy: boolean | number, headers: readonly string[]) {
      const app = express();
      app.set('trust proxy', trustProxy);
      app.get('/', (request, response) => void response.json({ ip: clientAddress(request), agent: userAgent(request) }));
      const served = await serve(app);
      open.push(served);
      const text = await raw(
        served.port,
        [Buffer.from(['GET / HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n'), 'latin1')],
        '}',
      );
      return JSON.parse(text.slice(text.indexOf('{'))) as { ip: string | null; agent: string | null };
    }

    after(() => Promise.all(open.map((served) => served.close())));

    it('does not believe forwarding headers unless the app trusts a proxy', async () => {
      expect((await ask(false, ['X-Forwarded-For: 203.0.113.9'])).ip).to.equal('127.0.0.1');
      expect((await ask(1, ['X-Forwarded-For: 192.0.2.1, 203.0.113.9'])).ip).to.equal('203.0.113.9');
    });

    it('takes the port off that some proxies add', async () => {
      expect((await ask(true, ['X-Forwarded-For: 203.0.113.9:4711'])).ip).to.equal('203.0.113.9');
      expect((await ask(true, ['X-Forwarded-For: [2001:db8::1]:4711'])).ip).to.equal('2001:db8::1');
    });

    it('takes the connection where a header holds no address', async () => {
      for (const text of ['unknown', `${'9'.repeat(1000)}`, '1.2.3.4.5', '<script>']) {
        expect((await ask(true, [`X-Forwarded-For: ${text}`])).ip).to.equal('127.0.0.1');
      }
    });

    it('cuts the User-Agent at 255 and leaves control characters out', async () => {
      expect((await ask(false, ['User-Agent: Mozilla/5.0\tX\x85\x9f'])).agent).to.equal('Mozilla/5.0X');
      expect((await ask(false, [`User-Agent: ${'a'.repeat(1000)}`])).agent).to.equal('a'.repeat(255));
      expect((await ask(false, [])).agent).to.equal(null);
      expect((await ask(false, ['User-Agent: '])).agent).to.equal(null);
    });
  });
});

describe('addressKey (better-auth GHSA-p6v2-xcpg-h6xw: one client with a /64 is many)', () => {
  for (const [address, key] of [
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1::8', '1:0:0:0::/64'],
    ['unknown', 'unknown'],
  ] as const) {
    it(`counts ${address} as ${key}`, () => {
      expect(addressKey(address)).to.equal(key);
    });
  }
});
