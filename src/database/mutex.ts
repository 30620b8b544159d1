import { AsyncLocalStorage } from 'node:async_hooks';

/** Lets one caller in at a time, in the order in which they came. Who is inside may enter again. */
export class Mutex {
  private readonly inside = new AsyncLocalStorage<true>();
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside.getStore() === true) return work();
    const enter = () => this.inside.run(true, work);
    const result = this.last.then(enter, enter);
    this.last = result;
    // A failure is the caller's to see; here it only means that the next one may go.
    this.last.catch(() => undefined);
    return result;
  }
}
