import type { Answer } from './answer-reader.js';
import type { Connection, Connections } from './connection.js';
import type { LoadPlan, LoadResult } from './load-messages.js';

const REFRESH_TOKEN = /"refresh_token":"([^"]*)"/;

/** One load on one server: each connection sends its next request when the answer is there. */
export class LoadRun {
  private readonly latencies: number[] = [];
  private readonly owned: string[] = [];
  private startedAt = 0;
  private sent = 0;
  private failures = 0;
  private firstFailure: string | undefined;
  private stopped = false;

  constructor(
    private readonly plan: LoadPlan,
    private readonly connections: Connections,
  ) {}

  /** Resolves when the plan is done, or was stopped, and nothing is under way. */
  async run(): Promise<LoadResult> {
    const { port, connections: count, fromManyAddresses = false, refreshes = false } = this.plan;
    const connections = await this.connections.take(port, count, fromManyAddresses);
    this.startedAt = performance.now();
    await Promise.all(connections.map((connection, index) => this.keepBusy(connection, index)));
    const milliseconds = performance.now() - this.startedAt;
    this.connections.giveBack(port, fromManyAddresses, connections);
    const { failures, firstFailure, latencies } = this;
    return {
      failures,
      ...(firstFailure === undefined ? {} : { firstFailure }),
      milliseconds,
      latencies,
      ...(refreshes ? { nextRequests: this.owned } : {}),
    };
  }

  stop(): void {
    this.stopped = true;
  }

  private async keepBusy(connection: Connection, index: number): Promise<void> {
    const { requests, refreshes = false, expect } = this.plan;
    let own = requests[index % requests.length] ?? '';
    while (!this.isDone()) {
      const request = refreshes ? own : (requests[this.sent % requests.length] ?? '');
      this.sent += 1;
      const sentAt = performance.now();
      try {
        const answer = await connection.send(request);
        this.latencies.push(performance.now() - sentAt);
        if (answer.status !== expect) this.fail(`${answer.status} ${answer.body.slice(0, 200)}`);
        if (refreshes) own = withNextToken(own, answer);
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error));
        break;
      }
    }
    this.owned[index] = own;
  }

  private isDone(): boolean {
    const { milliseconds = Number.POSITIVE_INFINITY, total = Number.POSITIVE_INFINITY } = this.plan;
    return this.stopped || this.sent >= total || performance.now() - this.startedAt >= milliseconds;
  }

  private fail(what: string): void {
    this.failures += 1;
    this.firstFailure ??= what;
  }
}

/** Tokens are of one length, so that the request's `Content-Length` stays right. */
function withNextToken(request: string, { body }: Answer): string {
  const token = REFRESH_TOKEN.exec(body)?.[1];
  return token === undefined ? request : request.replace(REFRESH_TOKEN, `"refresh_token":"${token}"`);
}
