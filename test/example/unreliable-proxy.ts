import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between the example and a server of its, and cuts or stalls the line. */
export class UnreliableProxy {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private isStalled = false;

  private constructor(
    private readonly target: { host: string; port: number },
    private port: number,
  ) {}

  /** @param url - of the server; {@link urlThrough} gives the one that leads to it by way of the proxy */
  static async to(url: string): Promise<UnreliableProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new UnreliableProxy({ host: hostname, port: Number(port) }, 0);
    await proxy.restore();
    return proxy;
  }

  urlThrough(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  /** Breaks all connections, and refuses new ones. */
  async cut(): Promise<void> {
    const closed = this.server === undefined ? undefined : once(this.server, 'close');
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = undefined;
  }

  /** Leaves connections open and hands nothing on. */
  stall(): void {
    this.isStalled = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** All is well again. */
  async restore(): Promise<void> {
    this.isStalled = false;
    for (const socket of this.sockets) socket.resume();
    if (this.server !== undefined) return;
    this.server = createServer((socket) => this.join(socket, connect(this.target)));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address !== null && typeof address !== 'string') this.port = address.port;
  }

  private join(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => undefined);
      from.once('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.isStalled) from.pause();
    }
  }
}
