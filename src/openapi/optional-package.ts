import { createRequire } from 'node:module';
import { UsersSetupError } from '../runtime/setup-error.js';

/**
 * Loads a package that only this subpath needs.
 * @throws {@link UsersSetupError} with its install line, where it is missing
 */
export function requirePackage(name: string): unknown {
  const require = createRequire(import.meta.url);
  try {
    return require(name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      throw new UsersSetupError([`routing-controllers-users/openapi needs the package ${name}: npm install ${name}`]);
    }
    throw error;
  }
}
