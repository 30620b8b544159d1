import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';

export interface Mail {
  to: string;
  subject: string;
  /** Paragraphs, of which a link is one of its own. */
  text: readonly string[];
  link?: string;
}

/** Sends mails. The app asks for it by this class, and gets whichever is set up. */
export abstract class Mailer {
  abstract send(mail: Mail): Promise<void>;
}

/** By a mail server. One that does not answer is given up, so that it holds up no shutdown for long. */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport({ url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 });
  }

  async send(mail: Mail): Promise<void> {
    // An object is taken as one address, whatever stands in it; a text would be parsed for several.
    const to = { name: '', address: mail.to };
    await this.transport.sendMail({ from: this.from, to, subject: mail.subject, text: textOf(mail) });
  }
}

/** As files, and on the console: for trying the app out. */
export class FileMailer extends Mailer {
  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {
    super();
  }

  async send(mail: Mail): Promise<void> {
    const date = new Date();
    const file = join(this.folder, `${date.toISOString().replaceAll(':', '-')}-${randomBytes(4).toString('hex')}.eml`);
    const headers = [
      `Date: ${date.toUTCString()}`,
      `From: ${this.from}`,
      `To: ${mail.to}`,
      `Subject: ${mail.subject}`,
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
    ];
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(file, `${headers.join('\n')}\n\n${textOf(mail)}\n`, { mode: 0o600, flag: 'wx' });
    console.log(`Mail to ${mail.to}: ${mail.subject}${mail.link === undefined ? '' : `\n  ${mail.link}`}`);
  }
}

function textOf({ text, link }: Mail): string {
  return [...text, ...(link === undefined ? [] : [link])].join('\n\n');
}
