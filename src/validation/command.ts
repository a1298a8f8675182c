import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseCertificate } from '../certificate/certificate.ts';
import { isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Indication } from '../failure/failure.ts';
import type { ProfileName } from '../path/profile.ts';
import { exitCode, language } from '../token/command-line.ts';
import { paintFor } from '../token/table.ts';
import { validateCertificate } from './certificate.ts';
import { answerLabels, certificateLabels, listLabels, readEncodings, UnusableFile } from './file.ts';
import { certificateLines, showCertificate } from './show.ts';
import { verdictTree } from './tree.ts';

const examples = `
Files are PEM or DER; a PEM file may hold several. Nothing is fetched: without --crl and --ocsp revocation is not
checked, which the report says. Exit code: 0 passed, 1 refused, 2 undecided, 64 wrong usage.

  sealgate certificate show signer.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer --crl *.crl --at 2026-07-23T00:00:00Z --json`;

/** The profile for servers serves its test suite only. */
const offeredProfiles: readonly ProfileName[] = ['rfc5280', 'qualified-gost'];

interface ValidateOptions {
  readonly anchor: readonly string[];
  readonly untrusted: readonly string[];
  readonly crl: readonly string[];
  readonly ocsp: readonly string[];
  readonly at?: number;
  readonly profile: ProfileName;
  readonly json?: boolean;
}

/** Adds `sealgate certificate show` and `sealgate certificate validate` to a program. */
export function certificateCommands(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('look at certificates and validate them')
    .addHelpText('after', examples);
  certificate
    .command('show')
    .description('print the fields of a certificate; nothing in it is verified')
    .argument('<file>', 'certificate, PEM or DER')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }, command: Command) =>
      withFiles(command, () => show(file, json === true)),
    );
  certificate
    .command('validate')
    .description('build a path to an anchor, check it and, where lists or answers are given, revocation')
    .argument('<file>', 'certificate, PEM or DER')
    .requiredOption('--anchor <file...>', 'trusted certificates')
    .option('--untrusted <file...>', 'certificates that may lie on the path', [])
    .option('--crl <file...>', 'revocation lists', [])
    .option('--ocsp <file...>', 'OCSP answers, DER', [])
    .option('--at <time>', 'moment of the check, ISO 8601; now if absent', parseTime)
    .addOption(
      new Option('--profile <name>', 'rules of the validation').choices(offeredProfiles).default('rfc5280'),
    )
    .option('--json', 'print the verdict as JSON')
    .action((file: string, options: ValidateOptions, command: Command) =>
      withFiles(command, () => validate(file, options)),
    );
}

function parseTime(text: string): number {
  const isComplete = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const at = isComplete ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('not a date, or a time without its zone');
  return at;
}

/** A file that cannot be used is wrong usage. */
async function withFiles(command: Command, act: () => Promise<void> | void): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    command.error(error.message, { exitCode: exitCode.usage, code: 'sealgate.usage' });
  }
}

function readAll(files: readonly string[], labels: readonly string[]): Uint8Array[] {
  return files.flatMap((file) => readEncodings(file, labels));
}

async function validate(file: string, options: ValidateOptions): Promise<void> {
  const [certificate, ...others] = readEncodings(file, certificateLabels);
  if (certificate === undefined) throw new UnusableFile(`${file}: no certificate`);
  const verdict = await validateCertificate({
    certificate,
    anchors: readAnchors(options.anchor),
    untrusted: [...others, ...readAll(options.untrusted, certificateLabels)],
    lists: readAll(options.crl, listLabels),
    answers: readAll(options.ocsp, answerLabels),
    at: options.at ?? Date.now(),
    profile: options.profile,
    language: language(),
  });
  const text =
    options.json === true
      ? JSON.stringify(verdict, null, 2)
      : verdictTree(verdict, language(), paintFor(process.stdout));
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCodes[verdict.indication];
}

const exitCodes: Readonly<Record<Indication, number>> = {
  'TOTAL-PASSED': exitCode.passed,
  'TOTAL-FAILED': exitCode.refused,
  INDETERMINATE: exitCode.undecided,
};

/** An anchor that cannot be read is a mistake of whoever names it, not a verdict on the certificate. */
function readAnchors(files: readonly string[]): Uint8Array[] {
  return files.flatMap((file) =>
    readEncodings(file, certificateLabels).map((der) => {
      try {
        parseCertificate(der);
      } catch (error) {
        if (isFailure(error)) throw new UnusableFile(`${file}: ${explain(error.code, error.details).cause}`);
        throw error;
      }
      return der;
    }),
  );
}

function show(file: string, isJson: boolean): void {
  const shown = readEncodings(file, certificateLabels).map((der) => {
    try {
      return showCertificate(parseCertificate(der));
    } catch (error) {
      if (isFailure(error))
        throw new UnusableFile(`${file}: ${explain(error.code, error.details, language()).cause}`);
      throw error;
    }
  });
  const paint = paintFor(process.stdout);
  const text = isJson
    ? JSON.stringify(shown.length === 1 ? shown[0] : shown, null, 2)
    : shown.map((each) => certificateLines(each, paint)).join('\n\n');
  process.stdout.write(`${text}\n`);
}
