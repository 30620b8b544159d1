import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ExampleServer, eventually } from './example-server.js';
import { MailServer, textOf } from './mail-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };

describe('the example, told to stop', () => {
  let mailServer: MailServer;
  let server: ExampleServer;

  beforeEach(async () => {
    mailServer = await MailServer.start();
    server = await ExampleServer.start({ SMTP_URL: mailServer.url });
  });

  afterEach(async () => {
    await server.remove();
    mailServer.stop();
  });

  it('lets a mail go out that an answered request has started', async () => {
    const release = mailServer.hold();
    expect((await server.register(ada.email, ada.password)).status).to.equal(201);
    await sleep(200);
    const stopped = server.stop('SIGTERM');
    await eventually(() => refuses(server.port));
    await sleep(500);
    expect(mailServer.mails).to.deep.equal([]);
    release();
    expect((await stopped).code).to.equal(0);
    expect(mailServer.mails).to.have.length(1);
    expect(textOf(mailServer.mails[0] ?? '')).to.include(`${server.url}/verify?token=`);
  });

  it('lets a running request end', async () => {
    const body = JSON.stringify(ada);
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('data', (text) => {
      answer += String(text);
    });
    const head = `POST /users/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(head + body.slice(0, 10));
    await sleep(200);
    const stopped = server.stop('SIGTERM');
    await eventually(() => refuses(server.port));
    socket.write(body.slice(10));
    await once(socket, 'close');
    expect(answer).to.match(/^HTTP\/1\.1 201 /);
    expect((await stopped).code).to.equal(0);
    expect(mailServer.mails).to.have.length(1);
  });

  it('waits for no connection that asks nothing', async () => {
    const idle = connect(server.port, '127.0.0.1').on('error', () => undefined);
    await once(idle, 'connect');
    await server.ask('GET', '/health/live');
    const start = Date.now();
    const { code, output } = await server.stop('SIGINT');
    expect([code, Date.now() - start < 3000]).to.deep.equal([0, true]);
    expect(output).not.to.match(/error/i);
  });

  it('takes a signal that comes twice for one', async () => {
    const release = mailServer.hold();
    await server.register(ada.email, ada.password);
    await sleep(200);
    const stopped = server.stop('SIGINT');
    const again = server.stop('SIGINT');
    await sleep(300);
    release();
    expect([(await stopped).code, (await again).code]).to.deep.equal([0, 0]);
    expect(mailServer.mails).to.have.length(1);
  });
});

async function refuses(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return !connected;
}
