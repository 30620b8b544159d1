import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Answer, AnswerReader } from './answer-reader.js';

/** A connection that is kept open from run to run, with one request under way at a time. */
export class Connection {
  private reader = new AnswerReader();
  private settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => {
      const answer = this.reader.read(bytes);
      if (answer !== null) this.settle?.resolve(answer);
    });
    socket.on('error', (error) => this.settle?.reject(error));
    socket.on('close', () => this.settle?.reject(new Error('the server closed the connection')));
  }

  /** @param localAddress - of the loopback network, so that each client has its own */
  static async open(port: number, localAddress?: string): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.socket.write(request, 'latin1');
    });
  }
}

/** Keeps connections, since opening them would cost the servers more than many a request. */
export class Connections {
  private readonly kept = new Map<string, Connection[]>();

  /** So many connections that nobody else uses meanwhile; `giveBack` ends that. */
  async take(port: number, count: number, fromManyAddresses: boolean): Promise<Connection[]> {
    const known = (this.kept.get(`${port} ${fromManyAddresses}`) ?? []).filter(({ isOpen }) => isOpen);
    this.kept.set(`${port} ${fromManyAddresses}`, known.slice(count));
    const missing = Array.from({ length: Math.max(0, count - known.length) }, (_, index) =>
      Connection.open(port, fromManyAddresses ? `127.0.0.${2 + (index % 250)}` : undefined),
    );
    return [...known.slice(0, count), ...(await Promise.all(missing))];
  }

  giveBack(port: number, fromManyAddresses: boolean, connections: readonly Connection[]): void {
    this.kept.get(`${port} ${fromManyAddresses}`)?.push(...connections);
  }
}
