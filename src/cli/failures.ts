import { ServiceUnavailableError, UsersError, ValidationError } from '../http/index.js';
import { describeError } from '../runtime/describe-error.js';

/** What a script sees of a command. */
export const EXIT_CODES = {
  done: 0,
  /** The command was understood and could not be done, or it found what it looks for: a fault, an open route, a bad line. */
  failed: 1,
  /** The command was not understood, or would have had to ask where nobody answers. Nothing was done. */
  usage: 2,
  /** Ctrl-C at a question, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Ends the command with one sentence. It holds no secret. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT_CODES.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What is told of whatever a command threw: a sentence, the code to end with, and where an unexpected error came from. */
export interface FailureReport {
  message: string;
  exitCode: ExitCode;
  /** As the log would have it; null where the sentence says all. */
  trace: string | null;
}

export function reportOf(error: unknown): FailureReport {
  if (error instanceof CommandFailure) {
    return { message: error.message, exitCode: error.exitCode, trace: error.cause === undefined ? null : traceOf(error.cause) };
  }
  if (isSetupError(error)) return { message: error.message, exitCode: EXIT_CODES.failed, trace: null };
  if (error instanceof UsersError) {
    const trace = error.cause === undefined ? null : traceOf(error.cause);
    return { message: sentenceOf(error), exitCode: EXIT_CODES.failed, trace };
  }
  const { name, message } = describeError(error);
  return { message: `${name}: ${message}`, exitCode: EXIT_CODES.failed, trace: traceOf(error) };
}

/** By its name: the app's copy of the library may be another one, and what it found is worth telling all the same. */
export function isSetupError(error: unknown): error is Error & { faults?: unknown } {
  return error instanceof Error && error.name === 'UsersSetupError';
}

function sentenceOf(error: UsersError): string {
  if (error instanceof ValidationError) return error.errors.flatMap(({ messages }) => messages).join('; ');
  // A client is not told what does not answer; whoever sits at the command line is.
  if (error instanceof ServiceUnavailableError && error.cause !== undefined) {
    return `the database or a store cannot be reached: ${describeError(error.cause).message}`;
  }
  return error.message;
}

function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let part = describeError(error); ; part = part.cause) {
    lines.push(`${part.name}: ${part.message}`, ...(part.stack === undefined ? [] : [part.stack]));
    if (part.cause === undefined) return lines.join('\n');
  }
}
