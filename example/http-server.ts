import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';
import { messageClasses } from 'routing-controllers-users';
import { WrongSettingsError } from './wrong-settings.error.js';

const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const IDLE_MS = 5000;
/** How often Node looks for those that are past the first two. */
const CHECK_MS = 5000;
const LONGEST_STOP_MS = 30_000;

/** An HTTP server that lets running requests end when it is stopped, and waits for no one else. */
export class HttpServer {
  private readonly server: Server;
  private readonly sockets = new Map<Socket, number>();
  private isStopping = false;

  constructor(app: Express) {
    const options = {
      ...messageClasses(app),
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: CHECK_MS,
    };
    this.server = createServer(options, app);
    this.server.on('connection', (socket: Socket) => {
      this.sockets.set(socket, 0);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.prependListener('request', ({ socket }, response) => {
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
    });
  }

  /** @throws {@link WrongSettingsError} where it cannot listen there */
  async listen(port: number, host: string): Promise<void> {
    try {
      this.server.listen(port, host);
      await once(this.server, 'listening');
    } catch (error) {
      const isTaken = error instanceof Error && Reflect.get(error, 'code') === 'EADDRINUSE';
      throw new WrongSettingsError([
        isTaken
          ? `PORT ${port} is taken: end what listens there, or set PORT to another one`
          : 'HOST is no address of this machine',
      ]);
    }
  }

  /** Takes no new request. Those under way have half a minute to end. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const [socket, requests] of this.sockets) if (requests === 0) socket.destroy();
    const tooLong = setTimeout(() => this.server.closeAllConnections(), LONGEST_STOP_MS);
    await closed;
    clearTimeout(tooLong);
  }

  private count(socket: Socket, change: 1 | -1): void {
    const requests = (this.sockets.get(socket) ?? 0) + change;
    if (this.sockets.has(socket)) this.sockets.set(socket, requests);
    if (this.isStopping && requests === 0) socket.end();
  }
}
