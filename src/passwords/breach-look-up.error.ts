/** A look-up of a breached password that failed, told in words that hold nothing of what was looked up. It never leaves this folder. */
export class BreachLookUpError extends Error {
  override readonly name = 'BreachLookUpError';
}
