import { UsersSetupError } from '../runtime/setup-error.js';

/** A strategy that no set-up has given its keys and its store. */
export function unboundStrategy(name: string): never {
  throw new UsersSetupError([`this ${name} belongs to no set-up: list its backend in the \`backends\` of setupUsers`]);
}
