/** Work that no request waits for, and a shutdown does. */
export class BackgroundWork {
  private readonly running = new Set<Promise<void>>();

  /** @param onFailure - told of work that failed, which nobody else hears of */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** @returns when the work has ended, also by a failure */
  add(work: Promise<unknown>): Promise<void> {
    const tracked = work.then(() => undefined, this.onFailure).finally(() => this.running.delete(tracked));
    this.running.add(tracked);
    return tracked;
  }

  /** Waits for all of it, and for what is added meanwhile. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
