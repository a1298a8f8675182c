import { CommanderError, InvalidArgumentError } from 'commander';
import { exitCode } from './exit-code.ts';
import { readSecret, type SecretSource } from './prompt.ts';

/** A number of a file descriptor. */
export function parseDescriptor(text: string): number {
  const fd = Number(text);
  if (!Number.isSafeInteger(fd) || fd < 0) throw new InvalidArgumentError('not a file descriptor');
  return fd;
}

/** Ends the command with a message about its usage and exit code 64. */
export function usageError(message: string): CommanderError {
  return new CommanderError(exitCode.usage, 'sealgate.usage', message);
}

/** Reads a secret that the command cannot do without. Throws a usage error where nobody can be asked. */
export async function requireSecret(source: SecretSource): Promise<Uint8Array> {
  const secret = await readSecret(source).catch((error: unknown) => {
    throw error instanceof RangeError ? usageError(error.message) : error;
  });
  if (secret !== undefined && secret.length > 0) return secret;
  throw usageError(
    `${source.question} is needed: set ${source.variable}, give a file descriptor, or use a terminal`,
  );
}
