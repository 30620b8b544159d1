import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WrongSettingsError } from './wrong-settings.error.js';

/** The app's own secret, made at the first start. It is in place whole or not at all, also when two processes start at once. */
export async function readOrMakeSecret(folder: string): Promise<string> {
  const file = join(folder, 'secret');
  const draft = join(folder, `secret-${randomBytes(8).toString('hex')}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (Buffer.byteLength(secret) >= 32) return secret;
  throw new WrongSettingsError([
    `${file} holds no secret of at least 32 bytes: delete it, and a new one is made at the next start`,
  ]);
}
