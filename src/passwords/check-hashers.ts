const METHODS = ['hash', 'verify', 'recognizes'] as const;

/**
 * Tells what is wrong with the option `hashers`, for the start.
 * @returns one sentence a fault that says what to write; none when all is well
 */
export function checkHashers(hashers: unknown): string[] {
  if (hashers === undefined) {
    return [];
  }
  if (!Array.isArray(hashers) || hashers.length === 0) {
    return ['hashers is a list with at least one hasher: hashers: [new BcryptHasher()]'];
  }
  return hashers.flatMap((hasher: unknown, index) => faultsOf(hasher, index));
}

function faultsOf(hasher: unknown, index: number): string[] {
  const place = `hashers[${index}]`;
  if (typeof hasher === 'function') {
    return [`${place} is the class itself: write new ${hasher.name || 'Hasher'}()`];
  }
  const missing = METHODS.filter((method) => typeof memberOf(hasher, method) !== 'function');
  if (missing.length > 0) {
    return [`${place} is no PasswordHasher: it has no method ${missing.join(', ')}`];
  }
  const faults = memberOf(hasher, 'faults');
  const own: unknown = typeof faults === 'function' ? faults.call(hasher) : [];
  const all = Array.isArray(own) ? own.map((fault: unknown) => `${place}: ${String(fault)}`) : [];
  if (index === 0 && memberOf(hasher, 'verifiesOnly') === true) {
    all.push(`${place} only reads hashes of another system. Put one that makes them first: hashers: [new BcryptHasher(), …]`);
  }
  return all;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
