import { type Command, Option } from 'commander';
import { parseCertificate } from '../certificate/certificate.ts';
import { certificatesIn } from '../encoding/certificates.ts';
import { answersIn, listsIn } from '../encoding/revocation.ts';
import { language } from '../environment.ts';
import { isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Indication } from '../failure/failure.ts';
import { type ProfileName, profileNames } from '../path/profile.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import type { EncodedEvidence, GivenEvidence } from './context.ts';
import { readFrom, UnusableFile } from './file.ts';

/** Options that name certificates, lists and answers. */
export interface EncodedOptions {
  readonly untrusted: readonly string[];
  readonly crl: readonly string[];
  readonly ocsp: readonly string[];
}

/** Options that every validation has. */
export interface TrustOptions extends EncodedOptions {
  readonly anchor: readonly string[];
  readonly at?: number;
  readonly profile: ProfileName;
  readonly json?: boolean;
}

/** Adds `--anchor`, `--untrusted`, `--crl`, `--ocsp`, `--at`, `--profile` and `--json`. */
export function addTrustOptions(command: Command): Command {
  return addEncodedOptions(command.requiredOption('--anchor <file...>', 'trusted certificates'))
    .option('--at <time>', 'moment of the check, ISO 8601; now if absent', parseTime)
    .addOption(
      new Option('--profile <name>', 'rules of the validation').choices(profileNames).default('rfc5280'),
    )
    .option('--json', 'print the verdict as JSON');
}

/** Adds `--untrusted`, `--crl` and `--ocsp`. */
export function addEncodedOptions(command: Command): Command {
  return command
    .option('--untrusted <file...>', 'certificates that may lie on the path', [])
    .option('--crl <file...>', 'revocation lists', [])
    .option('--ocsp <file...>', 'OCSP answers, DER', []);
}

function parseTime(text: string): number {
  const isComplete = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const at = isComplete ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw invalidValue({
      en: 'not a date, or a time without its zone',
      ru: 'это не дата или время без часового пояса',
    });
  return at;
}

/** A file that cannot be used is wrong usage. */
export async function withFiles(command: Command, act: () => Promise<void> | void): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    command.error(error.message, { exitCode: exitCode.usage, code: 'sealgate.usage' });
  }
}

/** What the options give, beside `more` certificates. Throws an UnusableFile. */
export function readGiven(options: TrustOptions, more: readonly Uint8Array[] = []): GivenEvidence {
  const { untrusted, ...values } = readEncoded(options);
  return {
    untrusted: [...more, ...untrusted],
    ...values,
    at: options.at ?? Date.now(),
    profile: options.profile,
  };
}

/** Certificates, lists and answers in the files that the options name. Throws an UnusableFile. */
export function readEncoded({ untrusted, crl, ocsp }: EncodedOptions): EncodedEvidence {
  return {
    untrusted: readAll(untrusted, certificatesIn),
    lists: readAll(crl, listsIn),
    answers: readAll(ocsp, answersIn),
  };
}

function readAll(
  files: readonly string[],
  read: (octets: Uint8Array) => readonly Uint8Array[],
): Uint8Array[] {
  return files.flatMap((file) => readFrom(file, (octets) => read(octets)));
}

/** An anchor that cannot be read is a mistake of whoever names it, not a verdict. Throws an UnusableFile. */
export function readAnchors(files: readonly string[]): Uint8Array[] {
  return files.flatMap((file) =>
    readFrom(file, (octets) => certificatesIn(octets)).map((der) => {
      try {
        parseCertificate(der);
      } catch (error) {
        if (isFailure(error))
          throw new UnusableFile(
            `${file}: ${explain(error.code, error.details, language(), 'validation').cause}`,
          );
        throw error;
      }
      return der;
    }),
  );
}

/** Exit code of a verdict. */
export const exitCodes: Readonly<Record<Indication, number>> = {
  'TOTAL-PASSED': exitCode.passed,
  'TOTAL-FAILED': exitCode.refused,
  INDETERMINATE: exitCode.undecided,
};
