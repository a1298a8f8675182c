import { InvalidArgumentError } from 'commander';
import { SealgateError } from '../error.ts';
import { readSecret, type SecretSource } from './prompt.ts';
import { say, type Worded } from './say.ts';

/** A number of a file descriptor. */
export function parseDescriptor(text: string): number {
  const fd = Number(text);
  if (Number.isSafeInteger(fd) && fd >= 0) return fd;
  throw invalidValue({ en: 'not a file descriptor', ru: 'это не номер дескриптора файла' });
}

/** What the parser of an option or argument throws at a value that does not fit; told with the option's name. */
export function invalidValue(problem: Worded): InvalidArgumentError {
  return new InvalidArgumentError(say(problem));
}

/** `command_invalid`: a command whose options do not go together, or leave out what nobody can be asked for. */
export function usageError(problem: Worded): SealgateError<'command_invalid'> {
  return new SealgateError('command_invalid', { problem: say(problem) });
}

/** Reads a secret that the command cannot do without. Throws `command_invalid` where nobody can be asked. */
export async function requireSecret(source: SecretSource): Promise<Uint8Array> {
  const secret = await readSecret(source).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    throw new SealgateError('command_invalid', { problem: error.message }, { cause: error });
  });
  if (secret !== undefined && secret.length > 0) return secret;
  const { question, variable } = source;
  throw usageError({
    en: `${question} is needed: set ${variable}, give a file descriptor, or use a terminal`,
    ru: `нужен секрет (${question}): задайте ${variable}, укажите дескриптор файла или запустите команду в терминале`,
  });
}
