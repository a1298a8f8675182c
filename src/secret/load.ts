import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SealgateError } from '../error.ts';

/**
 * The service's secrets from a file: one a line, base64url of at least 32 octets, the newest first. Where there is no
 * file one is made, readable by its owner only, with one new secret. To exchange the secret, put a new line on top,
 * restart, and take the old line away a day later.
 *
 * Throws `configuration_invalid` for a file with other content.
 */
export async function loadSecrets(file: string): Promise<readonly Uint8Array[]> {
  const text = (await readIfThere(file)) ?? (await makeSecrets(file));
  return parseSecrets(text.split('\n'), file);
}

/** Secrets from their base64url; `field` names where they stand. Throws `configuration_invalid`. */
export function parseSecrets(lines: readonly string[], field: string): readonly Uint8Array[] {
  const given = lines.map((line) => line.trim()).filter(Boolean);
  const secrets = given.map((line) => Buffer.from(line, 'base64url'));
  const problem =
    secrets.length === 0
      ? 'holds no secret'
      : secrets.some((secret, index) => secret.length < 32 || secret.toString('base64url') !== given[index])
        ? 'each secret must be base64url of 32 octets or more'
        : undefined;
  if (problem) throw new SealgateError('configuration_invalid', { field, problem });
  return secrets;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SealgateError(
      'configuration_invalid',
      { field: file, problem: 'cannot be read' },
      { cause: error },
    );
  }
}

/** `wx`: of two processes that start at once one makes the file, and the other reads it. */
async function makeSecrets(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = `${randomBytes(32).toString('base64url')}\n`;
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return text;
  } catch (error) {
    const made =
      error instanceof Error && 'code' in error && error.code === 'EEXIST'
        ? await readIfThere(file)
        : undefined;
    if (made !== undefined) return made;
    throw new SealgateError(
      'configuration_invalid',
      { field: file, problem: 'cannot be written' },
      { cause: error },
    );
  }
}
