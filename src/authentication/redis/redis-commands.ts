import { ServiceUnavailableError } from '../../http/index.js';
import { withinTime } from '../../runtime/time-limit.js';

/** The app's own client: ioredis (5 and later), or the package `redis` (4 and later). Neither is imported. */
export type RedisClient = IoredisClient | NodeRedisClient;

interface IoredisClient {
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
}

interface NodeRedisClient {
  readonly isReady: boolean;
  sendCommand(args: string[]): Promise<unknown>;
}

/** Milliseconds that a command may take. Both clients would wait for a server that is away, for as long as their settings say. */
const TIME_LIMIT_MS = 1000;

/** Sends commands by either client. A Redis that is away, or slow, is a 503: it lets nobody in. */
export class RedisCommands {
  constructor(private readonly client: RedisClient) {}

  /** @throws {@link ServiceUnavailableError} when Redis cannot be reached in time, or refuses the command */
  async send(...args: string[]): Promise<unknown> {
    try {
      return await withinTime(this.command(args), TIME_LIMIT_MS);
    } catch (error) {
      throw new ServiceUnavailableError(5, { cause: error });
    }
  }

  /** A client that has lost its connection would keep the command for later: a logout that is done then is no logout now. */
  private async command(args: string[]): Promise<unknown> {
    if ('sendCommand' in this.client && 'isReady' in this.client) {
      if (!this.client.isReady) throw new Error('Redis is not connected');
      return this.client.sendCommand(args);
    }
    const { status } = this.client;
    if (status === 'reconnecting' || status === 'close' || status === 'end') throw new Error('Redis is not connected');
    const [command = '', ...rest] = args;
    return this.client.call(command, ...rest);
  }
}

/** Whether a value is a client of either package. */
export function isRedisClient(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false;
  const has = (method: string) => typeof Reflect.get(value, method) === 'function';
  return ('isReady' in value && has('sendCommand')) || ('status' in value && has('call'));
}
