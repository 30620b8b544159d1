/**
 * A mistake in the set-up, told at start. All of them are told at once, each by a sentence that says what to write.
 * It is for the developer and never reaches a client.
 */
export class UsersSetupError extends Error {
  override readonly name = 'UsersSetupError';

  constructor(readonly faults: readonly string[]) {
    super(
      faults.length === 1
        ? faults[0]
        : `${faults.length} faults in the set-up:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}
