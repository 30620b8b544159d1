/** Share of the time from which on the event loop counts as busy. */
const BUSY_SHARE = 0.5;
/** A shorter look would take one costly request for a load. */
const LEAST_MILLISECONDS = 100;

/** Tells whether the event loop had work for most of the time since it was looked at before. */
export class EventLoopLoad {
  #seen = performance.eventLoopUtilization();
  #seenAt = performance.now();
  #isBusy = false;

  isBusy(): boolean {
    const now = performance.now();
    if (now - this.#seenAt >= LEAST_MILLISECONDS) {
      this.#isBusy = performance.eventLoopUtilization(this.#seen).utilization > BUSY_SHARE;
      this.#seen = performance.eventLoopUtilization();
      this.#seenAt = now;
    }
    return this.#isBusy;
  }
}
