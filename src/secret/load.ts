import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SealgateError } from '../error.ts';
import { makeFolder } from '../file/folder.ts';

/**
 * The service's secrets from a file: one a line, base64url of at least 32 octets, the newest first. Where there is no
 * file and `mayMake` says so, one is made, readable by its owner only, with one new secret. To exchange the secret,
 * put a new line on top, restart, and take the old line away a day later. Where replicas have their secrets from the
 * environment, each first gets the new one behind the old one: they cannot read it again as they could a file.
 *
 * Throws `configuration_invalid` for a file with other content, that cannot be made, or is missing and may not be made.
 */
export async function loadSecrets(
  file: string,
  mayMake: () => boolean | Promise<boolean> = () => true,
): Promise<readonly Uint8Array[]> {
  const there = readSecrets(file);
  if (there !== undefined) return there;
  // Asked first, then read again: another process that starts at this time makes the file before it uses it.
  const isMissed = !(await mayMake());
  const made = readSecrets(file) ?? (isMissed ? undefined : makeSecrets(file));
  if (made !== undefined) return made;
  const problem = 'is not there, though the audit of the database rests on it: put it back from a backup';
  throw new SealgateError('configuration_invalid', { field: file, problem });
}

/** Secrets from a file, undefined where there is none. Throws `configuration_invalid`. */
export function readSecrets(file: string): readonly Uint8Array[] | undefined {
  const text = readIfThere(file);
  return text === undefined ? undefined : parseSecrets(text.split('\n'), file);
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

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw invalid(file, 'cannot be read', error);
  }
}

/** `wx`: of two processes that start at once one makes the file, and the other reads it. */
function makeSecrets(file: string): readonly Uint8Array[] {
  const secret = randomBytes(32);
  try {
    makeFolder(dirname(file));
    const handle = openSync(file, 'wx', 0o600);
    try {
      writeSync(handle, `${secret.toString('base64url')}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return [secret];
  } catch (error) {
    const made = codeOf(error) === 'EEXIST' ? readSecrets(file) : undefined;
    if (made !== undefined) return made;
    throw invalid(file, 'cannot be written', error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function invalid(field: string, problem: string, cause: unknown): SealgateError {
  return new SealgateError('configuration_invalid', { field, problem }, { cause });
}
