import { UsersSetupError } from '../runtime/setup-error.js';
import { BreachLookUpError } from './breach-look-up.error.js';

export interface RangeLookUpOptions {
  /** Where a range is asked for: the 5 digits are put behind it. @defaultValue `https://api.pwnedpasswords.com/range/` */
  url?: string;
  /** How long a registration waits for the answer, whole. @defaultValue 1000 */
  timeoutMilliseconds?: number;
  /** @defaultValue the `fetch` of Node.js */
  fetch?: typeof globalThis.fetch;
}

const DEFAULT_URL = 'https://api.pwnedpasswords.com/range/';
const DEFAULT_TIMEOUT = 1000;
const PREFIX_DIGITS = 5;

/** A padded range has some 1000 lines of 40 bytes. */
const MOST_ANSWER_BYTES = 512 * 1024;

/** @throws {@link UsersSetupError} when the address or the time is of no use */
export function rangeLookUp(options: RangeLookUpOptions): (digest: string) => Promise<boolean> {
  const url = options.url ?? DEFAULT_URL;
  const timeout = options.timeoutMilliseconds ?? DEFAULT_TIMEOUT;
  const faults: string[] = [];
  if (!/^https?:$/.test(protocolOf(url))) {
    faults.push(`BreachedPasswords.range({ url }): url is an http or https address, ${DEFAULT_URL} unless told.`);
  }
  if (!Number.isInteger(timeout) || timeout < 1) {
    faults.push(
      `BreachedPasswords.range({ timeoutMilliseconds }): it is a whole number of at least 1, ${DEFAULT_TIMEOUT} unless told.`,
    );
  }
  if (faults.length > 0) {
    throw new UsersSetupError(faults);
  }
  const base = url.endsWith('/') ? url : `${url}/`;
  const ask = options.fetch ?? globalThis.fetch;
  return async (digest) => {
    const signal = AbortSignal.timeout(timeout);
    try {
      const response = await ask(base + digest.slice(0, PREFIX_DIGITS), {
        headers: { 'Add-Padding': 'true', 'User-Agent': 'routing-controllers-users' },
        redirect: 'error',
        signal,
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new BreachLookUpError(`the service answered ${response.status}`);
      }
      return holdsSuffix(await readText(response), digest.slice(PREFIX_DIGITS));
    } catch (error) {
      throw signal.aborted ? new BreachLookUpError(`it took longer than ${timeout} ms`) : error;
    }
  };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

/** Lines are `SUFFIX:COUNT`; padding has a count of 0. */
function holdsSuffix(range: string, suffix: string): boolean {
  return range.split('\n').some((line) => {
    const [candidate = '', count = ''] = line.trim().split(':');
    return candidate.toUpperCase() === suffix && Number(count) > 0;
  });
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_ANSWER_BYTES) {
      throw new BreachLookUpError('the answer of the service is too large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}
