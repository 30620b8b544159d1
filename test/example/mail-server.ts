import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A mail server that keeps what it gets, and takes its time where a test wants it to. */
export class MailServer {
  /** Bodies with their headers, as they came, oldest first. */
  readonly mails: string[] = [];
  private released: Promise<void> = Promise.resolve();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  static async start(): Promise<MailServer> {
    const mailServer = new MailServer();
    mailServer.server.listen(0, '127.0.0.1');
    await once(mailServer.server, 'listening');
    return mailServer;
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the mail server is not listening');
    return `smtp://127.0.0.1:${address.port}`;
  }

  /** Takes mails no more until the answer is called. */
  hold(): () => void {
    const { promise, resolve } = withResolvers();
    this.released = promise;
    return resolve;
  }

  stop(): void {
    this.server.close();
  }

  /** @see {@link https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1 | RFC 5321, 4.1.1} */
  private serve(socket: Socket): void {
    let unread = '';
    let inMail = false;
    const answer = (line: string) => socket.write(`${line}\r\n`);
    answer('220 test');
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', async (text: string) => {
      unread += text;
      const end = inMail ? '\r\n.\r\n' : '\r\n';
      const index = unread.indexOf(end);
      if (index < 0) return;
      const line = unread.slice(0, index);
      unread = unread.slice(index + end.length);
      if (inMail) {
        inMail = false;
        await this.released;
        this.mails.push(line);
        answer('250 kept');
      } else if (line === 'DATA') {
        inMail = true;
        answer('354 go on');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else answer('250 ok');
    });
  }
}

/** The text of a mail that nodemailer has written as quoted-printable. */
export function textOf(mail: string): string {
  const unwrapped = mail.slice(mail.indexOf('\r\n\r\n')).replaceAll('=\r\n', '');
  return unwrapped.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
