/** The start cannot go on as the environment is. Each line says what to do, and holds no value: it may be a secret. */
export class WrongSettingsError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}
