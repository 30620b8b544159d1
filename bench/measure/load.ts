import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keepOnCore, letOnAllCores } from './cores.js';
import type { LoadAnswer, LoadCommand, LoadPlan, LoadResult } from './load-messages.js';

const SCRIPT = fileURLToPath(new URL('load-process.js', import.meta.url));

/** The process that makes the load, seen from the one that measures. */
export class Load {
  private readonly child: ChildProcess = fork(SCRIPT);
  private readonly waiting = new Map<number, (result: LoadResult) => void>();
  /** Lists that the process knows, since they are long and used often. */
  private readonly sent = new WeakMap<readonly string[], number>();
  private lastId = 0;

  constructor() {
    this.child.on('message', ({ id, result }: LoadAnswer) => {
      this.waiting.get(id)?.(result);
      this.waiting.delete(id);
    });
  }

  /** @throws Error when an answer was not of the status that is expected: what is measured would be something else */
  async run(plan: LoadPlan): Promise<LoadResult> {
    return this.start(plan).done;
  }

  /** Starts a load that goes on until it is stopped. */
  start({ requests, ...plan }: LoadPlan): { done: Promise<LoadResult>; stop: () => void } {
    const requestsId = this.send(requests);
    const id = this.nextId();
    const done = new Promise<LoadResult>((resolve) => this.waiting.set(id, resolve)).then(refuseFailures);
    this.tell({ kind: 'run', id, requestsId, plan });
    return { done, stop: () => this.tell({ kind: 'stop', id }) };
  }

  /** Leaves the first core to a server that keeps to it, while the work lasts. */
  async onSecondCore<T>(work: () => Promise<T>): Promise<T> {
    keepOnCore(this.child.pid, 1);
    try {
      return await work();
    } finally {
      letOnAllCores(this.child.pid);
    }
  }

  close(): void {
    this.child.disconnect();
  }

  private send(requests: readonly string[]): number {
    const known = this.sent.get(requests);
    if (known !== undefined) return known;
    const requestsId = this.nextId();
    this.tell({ kind: 'requests', requestsId, requests });
    this.sent.set(requests, requestsId);
    return requestsId;
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  private tell(command: LoadCommand): void {
    this.child.send(command);
  }
}

function refuseFailures(result: LoadResult): LoadResult {
  if (result.failures === 0) return result;
  throw new Error(`${result.failures} of ${result.latencies.length} requests failed, the first by: ${result.firstFailure}`);
}
