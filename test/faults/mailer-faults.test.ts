import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { type Environment, ExampleServer, eventually } from '../example/example-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };

/** A mail server that takes a mail and then refuses it, with the mail's own text for a reason, as filters of links do. */
class RefusingMailServer {
  private readonly server: Server = createServer((socket) => {
    let text = '';
    let inMail = false;
    socket.on('error', () => undefined);
    socket.write('220 test\r\n');
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const end = text.indexOf(inMail ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const line = text.slice(0, end);
      text = '';
      const link = /http\S+token=3D(?:=\r\n|\S)+/.exec(line)?.[0].replaceAll('=\r\n', '').replace('=3D', '=');
      socket.write(inMail ? `554 5.7.1 a link is blocked: ${link}\r\n` : line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
      inMail = line === 'DATA';
    });
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  stop(): void {
    this.server.close();
  }
}

describe('a mail server that fails', () => {
  let server: ExampleServer;
  const start = async (environment: Environment) => {
    server = await ExampleServer.start(environment);
    // Its welcome names an address.
    server.output = '';
  };
  afterEach(() => server.remove());

  const everyMail = async (): Promise<void> => {
    expect((await server.register(ada.email, ada.password)).status).to.equal(201);
    const body = { email: ada.email };
    expect((await server.ask('POST', '/users/request-verify-token', { body })).status).to.equal(202);
    expect((await server.ask('POST', '/users/forgot-password', { body })).status).to.equal(202);
    const token = await server.signIn(ada.email, ada.password);
    const change = { email: 'countess@example.com', currentPassword: ada.password };
    expect((await server.ask('PATCH', '/users/me', { token, body: change })).status).to.equal(200);
  };
  const FAILED = ['afterRequestVerify', 'afterForgotPassword', 'afterRequestEmailChange'];
  const isTold = () => eventually(async () => FAILED.every((hook) => server.output.includes(`the hook ${hook} failed`)));

  it('is away: what was asked for is done, and each mail that did not go out is told, without its token', async () => {
    await start({ SMTP_URL: 'smtp://127.0.0.1:1' });
    await everyMail();
    await isTold();
    expect(server.output).to.contain('ECONNREFUSED');
    expect(server.output).not.to.match(/eyJ|token=|@example/);
  });

  it('refuses mails and cites them: the same, the link is not in the log either', async () => {
    const mails = new RefusingMailServer();
    await start({ SMTP_URL: await mails.start() });
    try {
      await everyMail();
      await isTold();
      expect(server.output).to.contain('554 5.7.1 a link is blocked');
      expect(server.output).not.to.match(/eyJ|@example/);
    } finally {
      mails.stop();
    }
  });
});
