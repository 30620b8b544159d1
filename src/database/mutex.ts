import { AsyncLocalStorage } from 'node:async_hooks';

interface Turn {
  isOver: boolean;
}

/** Lets one caller in at a time, in the order in which they came. Who is inside may enter again. */
export class Mutex {
  private readonly inside = new AsyncLocalStorage<Turn>();
  private last: Promise<unknown> = Promise.resolve();
  private callers = 0;

  /** Whether nobody is kept out: none is inside, or the caller is. */
  get isOpen(): boolean {
    return this.callers === 0 || this.isInside();
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isInside()) return work();
    this.callers += 1;
    const enter = () => this.takeTurn(work);
    const result = this.last.then(enter, enter);
    this.last = result;
    // A failure is the caller's to see; here it only means that the next one may go.
    this.last.catch(() => undefined);
    return result;
  }

  private async takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn: Turn = { isOver: false };
    try {
      return await this.inside.run(turn, work);
    } finally {
      // What the work left running is outside from now on.
      turn.isOver = true;
      this.callers -= 1;
      // In Node 20 a storage that is in use makes every promise of the process three times as slow.
      if (this.callers === 0) this.inside.disable();
    }
  }

  private isInside(): boolean {
    const turn = this.inside.getStore();
    return turn !== undefined && !turn.isOver;
  }
}
