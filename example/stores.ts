import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_PING_MS = 2000;

/** What the app cannot serve without: the database, and whatever else is set up. */
export class Stores {
  /** @param pings - by the store's name, a question that it answers at once while it is up */
  constructor(private readonly pings: Readonly<Record<string, () => Promise<unknown>>>) {}

  /** The names of the stores that do not answer, or answer too late. */
  async down(): Promise<string[]> {
    const names = Object.entries(this.pings).map(async ([name, ping]) => ((await answers(ping)) ? [] : [name]));
    return (await Promise.all(names)).flat();
  }
}

async function answers(ping: () => Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const tooLate = sleep(LONGEST_PING_MS, false, { signal: timer.signal }).catch(() => false);
  const answered = ping().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, tooLate]);
  } finally {
    timer.abort();
  }
}
