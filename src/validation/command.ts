import type { Command } from 'commander';
import { parseCertificate } from '../certificate/certificate.ts';
import { language } from '../environment.ts';
import { isFailure } from '../error.ts';
import { explain } from '../failure/explain.ts';
import { paintFor } from '../terminal/table.ts';
import { validateCertificate } from './certificate.ts';
import { certificateLabels, readEncodings, UnusableFile } from './file.ts';
import {
  addGroundOptions,
  exitCodes,
  type GroundOptions,
  readAnchors,
  readGiven,
  withFiles,
} from './options.ts';
import { certificateLines, showCertificate } from './show.ts';
import { verdictTree } from './tree.ts';

const common = `
Files are PEM or DER; a PEM file may hold several. Nothing is fetched: without --crl and --ocsp revocation is not
checked, which the report says. Exit code: 0 passed, 1 refused, 2 undecided, 64 wrong usage.
`;

const certificateExamples = `${common}
  sealgate certificate show signer.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer --crl *.crl --at 2026-07-23T00:00:00Z --json`;

/** Adds `sealgate certificate show` and `sealgate certificate validate` to a program. */
export function certificateCommands(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('look at certificates and validate them')
    .addHelpText('after', certificateExamples);
  certificate
    .command('show')
    .description('print the fields of a certificate; nothing in it is verified')
    .argument('<file>', 'certificate, PEM or DER')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }, command: Command) =>
      withFiles(command, () => show(file, json === true)),
    );
  addGroundOptions(
    certificate
      .command('validate')
      .description('build a path to an anchor, check it and, where lists or answers are given, revocation')
      .argument('<file>', 'certificate, PEM or DER'),
  ).action((file: string, options: GroundOptions, command: Command) =>
    withFiles(command, () => validate(file, options)),
  );
}

async function validate(file: string, options: GroundOptions): Promise<void> {
  const [certificate, ...others] = readEncodings(file, certificateLabels);
  if (certificate === undefined) throw new UnusableFile(`${file}: no certificate`);
  const verdict = await validateCertificate({
    certificate,
    anchors: readAnchors(options.anchor),
    ...readGiven(options, others),
    language: language(),
  });
  const text =
    options.json === true
      ? JSON.stringify(verdict, null, 2)
      : verdictTree(verdict, language(), paintFor(process.stdout));
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCodes[verdict.indication];
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
