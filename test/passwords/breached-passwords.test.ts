import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BreachedPasswords } from '../../src/passwords/index.js';
import { UsersSetupError } from '../../src/runtime/setup-error.js';

/** SHA-1 of `password` is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8. */
const RANGE = [
  '1D2DA4053E34E76F6576ED1DA63134B5E2A:2',
  '1E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004',
  '1E1A9ED0E4E4A2DAF3B5B2F9A4FD1A9B3B0:0',
].join('\r\n');

class Warnings {
  readonly messages: string[] = [];

  warn(...values: unknown[]): void {
    this.messages.push(values.join(' '));
  }
}

describe('BreachedPasswords', () => {
  describe('range', () => {
    let server: Server;
    let url: string;
    let answer: RequestListener;
    let requests: IncomingMessage[];
    let warnings: Warnings;

    beforeEach(async () => {
      requests = [];
      warnings = new Warnings();
      answer = (_request, response) => response.end(RANGE);
      server = createServer((request, response) => {
        requests.push(request);
        answer(request, response);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      url = `http://127.0.0.1:${port}/range`;
    });

    afterEach(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });

    it('knows a password that is in the range', async () => {
      expect(await BreachedPasswords.range({ url, logger: warnings }).isBreached('password')).to.equal(true);
      expect(warnings.messages).to.deep.equal([]);
    });

    it('does not know one that is not', async () => {
      expect(await BreachedPasswords.range({ url, logger: warnings }).isBreached('correct horse battery staple')).to.equal(false);
      expect(warnings.messages).to.deep.equal([]);
    });

    it('sends five digits of the digest and asks for padding', async () => {
      await BreachedPasswords.range({ url: `${url}/`, logger: warnings }).isBreached('password');
      expect(requests.map((request) => `${request.method} ${request.url}`)).to.deep.equal(['GET /range/5BAA6']);
      expect(requests[0]?.headers['add-padding']).to.equal('true');
    });

    it('asks the same of a password in every form of its letters', async () => {
      for (const form of ['NFC', 'NFD']) {
        await BreachedPasswords.range({ url, logger: warnings }).isBreached('p\u00e4ssword'.normalize(form));
      }
      const [one, other] = requests.map((request) => request.url);
      expect(one).to.equal(other);
    });

    it('takes padding, whose count is 0, for nothing', async () => {
      answer = (_request, response) => response.end('1E4C9B93F3F0682250B6CF8331B7EE68FD8:0');
      expect(await BreachedPasswords.range({ url, logger: warnings }).isBreached('password')).to.equal(false);
    });

    describe('lets a password through and tells the logger', () => {
      const refusals: Record<string, [answer: RequestListener, told: RegExp]> = {
        'when the service answers an error': [(_request, response) => response.writeHead(503).end(RANGE), /answered 503/],
        'when the service sends it elsewhere': [
          (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
          /failed/,
        ],
        'when the service takes too long to begin': [() => {}, /longer than 100 ms/],
        'when the service takes too long to end': [(_request, response) => response.write('00'), /longer than 100 ms/],
        'when the answer has no end': [(_request, response) => response.end('x'.repeat(1024 * 1024)), /too large/],
        'when the connection breaks': [(request) => request.socket.destroy(), /failed/],
      };
      for (const [title, [refusal, told]] of Object.entries(refusals)) {
        it(title, async () => {
          answer = refusal;
          // Short where the time is what ends it; else a busy machine would end the others by it.
          const timeoutMilliseconds = title.includes('too long') ? 100 : 10_000;
          const breached = BreachedPasswords.range({ url, timeoutMilliseconds, logger: warnings });
          expect(await breached.isBreached('password')).to.equal(false);
          expect(warnings.messages).to.have.length(1);
          expect(warnings.messages[0])
            .to.match(told)
            .and.not.match(/5BAA6|1E4C9|: password/i);
        });
      }

      it('when nothing listens', async () => {
        const breached = BreachedPasswords.range({ url: 'http://127.0.0.1:1/range/', logger: warnings });
        expect(await breached.isBreached('password')).to.equal(false);
        expect(warnings.messages[0])
          .to.match(/failed/)
          .and.not.include('5BAA6');
      });

      it('when a fetch of the app throws the address', async () => {
        const fetch = async (address: unknown) => Promise.reject(new Error(`cannot reach ${String(address)}`));
        expect(await BreachedPasswords.range({ fetch, logger: warnings }).isBreached('password')).to.equal(false);
        expect(warnings.messages[0])
          .to.match(/failed/)
          .and.not.include('5BAA6');
      });
    });

    it('asks Pwned Passwords unless told otherwise', async () => {
      const addresses: string[] = [];
      const fetch = async (address: unknown) => {
        addresses.push(String(address));
        return new Response(RANGE);
      };
      expect(await BreachedPasswords.range({ fetch }).isBreached('password')).to.equal(true);
      expect(addresses).to.deep.equal(['https://api.pwnedpasswords.com/range/5BAA6']);
    });

    it('refuses options that make no sense', () => {
      for (const options of [
        { url: 'no address' },
        { url: 'file:///etc/passwd' },
        { timeoutMilliseconds: 0 },
        { timeoutMilliseconds: 1.5 },
      ]) {
        expect(() => BreachedPasswords.range(options), JSON.stringify(options)).to.throw(
          UsersSetupError,
          Object.keys(options)[0],
        );
      }
    });
  });

  describe('file', () => {
    let folder = '';

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'breached-'));
    });

    after(() => rm(folder, { recursive: true }));

    function digestOf(password: string): string {
      return createHash('sha1').update(password).digest('hex').toUpperCase();
    }

    async function fileOf(passwords: string[], line: (digest: string, index: number) => string): Promise<string> {
      const path = join(folder, 'digests.txt');
      await writeFile(path, passwords.map(digestOf).sort().map(line).join(''));
      return path;
    }

    const forms: Record<string, (digest: string, index: number) => string> = {
      'with counts and line breaks of Windows': (digest, index) => `${digest}:${index * 7919}\r\n`,
      'with counts': (digest, index) => `${digest}:${index}\n`,
      'without counts, in small letters': (digest) => `${digest.toLowerCase()}\n`,
    };
    for (const [title, line] of Object.entries(forms)) {
      it(`finds each of many, the first and the last too, ${title}`, async () => {
        const known = Array.from({ length: 2000 }, (_, index) => `password ${index}`);
        const warnings = new Warnings();
        const breached = BreachedPasswords.file(await fileOf(known, line), { logger: warnings });
        const sorted = [...known].sort((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1));
        for (const password of [...sorted.slice(0, 200), ...sorted.slice(-200)]) {
          expect(await breached.isBreached(password), password).to.equal(true);
        }
        for (let index = 2000; index < 2300; index++) {
          expect(await breached.isBreached(`password ${index}`)).to.equal(false);
        }
        expect(warnings.messages).to.deep.equal([]);
      });
    }

    it('takes small files and empty ones', async () => {
      expect(await BreachedPasswords.file(await fileOf(['password'], (digest) => digest)).isBreached('password')).to.equal(true);
      expect(await BreachedPasswords.file(await fileOf(['password'], (digest) => digest)).isBreached('passwort')).to.equal(false);
      expect(await BreachedPasswords.file(await fileOf([], (digest) => digest)).isBreached('password')).to.equal(false);
    });

    it('lets through and tells the logger when the file is missing or another kind of file', async () => {
      const warnings = new Warnings();
      expect(await BreachedPasswords.file(join(folder, 'missing.txt'), { logger: warnings }).isBreached('password')).to.equal(
        false,
      );
      const text = join(folder, 'text.txt');
      await writeFile(text, 'some other text\n'.repeat(1000));
      expect(await BreachedPasswords.file(text, { logger: warnings }).isBreached('password')).to.equal(false);
      expect(warnings.messages).to.have.length(2);
      expect(warnings.messages[0]).to.include('ENOENT');
      expect(warnings.messages[1]).to.include('sorted SHA-1 digests');
    });
  });
});
