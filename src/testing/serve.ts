import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** An app that a test asks over HTTP. */
export interface ServedApp {
  /** `http://127.0.0.1:49152`: no slash at its end. */
  url: string;
  /** Ends the server, with the connections that a client has kept. */
  close(): Promise<void>;
}

/**
 * Serves an app on a free port of this machine.
 * @param app - what `createExpressServer` answered, or an Express app of your own
 */
export async function serve(app: RequestListener): Promise<ServedApp> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
