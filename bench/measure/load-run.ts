import { connect } from 'node:net';
import { type Answer, AnswerReader } from './answer-reader.js';
import type { LoadPlan, LoadResult } from './load-messages.js';
import { median, quantile } from './statistics.js';

const REFRESH_TOKEN = /"refresh_token":"([^"]*)"/;

/** One load on one server: connections that are kept open, each sending its next request when the answer is there. */
export class LoadRun {
  private readonly latencies: number[] = [];
  private readonly startedAt = performance.now();
  private sent = 0;
  private failures = 0;
  private firstFailure: string | undefined;
  private stopped = false;

  constructor(private readonly plan: LoadPlan) {}

  /** Resolves when the plan is done, or was stopped, and nothing is under way. */
  async run(): Promise<LoadResult> {
    await Promise.all(Array.from({ length: this.plan.connections }, (_, index) => this.keepBusy(index)));
    const { failures, firstFailure, latencies } = this;
    return {
      requests: latencies.length,
      failures,
      ...(firstFailure === undefined ? {} : { firstFailure }),
      milliseconds: performance.now() - this.startedAt,
      median: median(latencies),
      p99: quantile(latencies, 0.99),
    };
  }

  stop(): void {
    this.stopped = true;
  }

  private keepBusy(index: number): Promise<void> {
    const { port, fromManyAddresses = false } = this.plan;
    const localAddress = fromManyAddresses ? { localAddress: `127.0.0.${2 + (index % 250)}` } : {};
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...localAddress });
    const reader = new AnswerReader();
    let sentAt = 0;
    let own = this.plan.requests[index % this.plan.requests.length] ?? '';
    const next = (): void => {
      if (this.isDone()) {
        socket.end();
        return;
      }
      const request = this.plan.refreshes === true ? own : (this.plan.requests[this.sent % this.plan.requests.length] ?? '');
      this.sent += 1;
      sentAt = performance.now();
      socket.write(request, 'latin1');
    };
    return new Promise((resolve) => {
      socket.on('connect', next);
      socket.on('data', (bytes: Buffer) => {
        const answer = reader.read(bytes);
        if (answer === null) return;
        this.latencies.push(performance.now() - sentAt);
        if (answer.status !== this.plan.expect) this.fail(`${answer.status} ${answer.body.slice(0, 200)}`);
        if (this.plan.refreshes === true) own = withNextToken(own, answer);
        next();
      });
      socket.on('error', (error) => this.fail(error.message));
      socket.on('close', () => resolve());
    });
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
