import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadCommand, LoadPlan, LoadResult } from './load-messages.js';

const SCRIPT = fileURLToPath(new URL('load-process.js', import.meta.url));

/** The process that makes the load, seen from the one that measures. */
export class Load {
  private readonly child: ChildProcess = fork(SCRIPT);
  private readonly waiting = new Map<number, (result: LoadResult) => void>();
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
  start(plan: LoadPlan): { done: Promise<LoadResult>; stop: () => void } {
    this.lastId += 1;
    const id = this.lastId;
    const done = new Promise<LoadResult>((resolve) => this.waiting.set(id, resolve)).then(refuseFailures);
    this.tell({ id, kind: 'run', plan });
    return { done, stop: () => this.tell({ id, kind: 'stop' }) };
  }

  close(): void {
    this.child.disconnect();
  }

  private tell(command: LoadCommand): void {
    this.child.send(command);
  }
}

function refuseFailures(result: LoadResult): LoadResult {
  if (result.failures === 0) return result;
  throw new Error(`${result.failures} of ${result.requests} requests failed, the first by: ${result.firstFailure}`);
}
