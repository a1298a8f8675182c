import type { Command } from 'commander';
import { certificatesIn, chainIn } from '../encoding/certificates.ts';
import { messageIn } from '../encoding/message.ts';
import { language } from '../environment.ts';
import { isFailure } from '../error.ts';
import { paintFor } from '../terminal/table.ts';
import { validateCertificate } from './certificate.ts';
import { readFrom, readWhole, UnusableFile } from './file.ts';
import {
  addGroundOptions,
  exitCodes,
  type GroundOptions,
  readAnchors,
  readGiven,
  withFiles,
} from './options.ts';
import { certificateLines, showCertificate } from './show.ts';
import { type SignatureVerdict, validateSignature } from './signature.ts';
import { signatureTree, verdictTree } from './tree.ts';

const common = `
Files may be DER, PEM in any armour, or base64, may hold several, and may be collections (.p7b). Nothing is fetched: without --crl and --ocsp revocation is not
checked, which the report says. Exit code: 0 passed, 1 refused, 2 undecided, 64 wrong usage.
`;

const certificateExamples = `${common}
  sealgate certificate show signer.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer --crl *.crl --at 2026-07-23T00:00:00Z --json`;

const signatureExamples = `${common}
  sealgate signature validate contract.p7s --anchor root.cer
  sealgate signature validate contract.pdf.sig --content contract.pdf --anchor root.cer --crl *.crl`;

/** Adds `sealgate certificate show` and `sealgate certificate validate` to a program. */
export function certificateCommands(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('look at certificates and validate them')
    .addHelpText('after', certificateExamples);
  certificate
    .command('show')
    .description('print the fields of a certificate; nothing in it is verified')
    .argument('<file>', 'certificate, or several')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }, command: Command) =>
      withFiles(command, () => show(file, json === true)),
    );
  addGroundOptions(
    certificate
      .command('validate')
      .description('build a path to an anchor, check it and, where lists or answers are given, revocation')
      .argument('<file>', 'certificate; others in the file may lie on its path'),
  ).action((file: string, options: GroundOptions, command: Command) =>
    withFiles(command, () => validate(file, options)),
  );
}

interface SignatureOptions extends GroundOptions {
  readonly content?: string;
}

/** Adds `sealgate signature validate` to a program. */
export function signatureCommands(program: Command): void {
  const signature = program
    .command('signature')
    .description('validate signed documents')
    .addHelpText('after', signatureExamples);
  addGroundOptions(
    signature
      .command('validate')
      .description(
        'check every signature of a CMS message, its certificate, and revocation where lists are given',
      )
      .argument('<file>', 'CMS message')
      .option('--content <file>', 'the document, where the signature is detached'),
  ).action((file: string, options: SignatureOptions, command: Command) =>
    withFiles(command, () => validateMessage(file, options)),
  );
}

async function validate(file: string, options: GroundOptions): Promise<void> {
  const [certificate, ...others] = readFrom(file, (octets) => chainIn(octets));
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

async function validateMessage(file: string, options: SignatureOptions): Promise<void> {
  const message = readFrom(file, (octets) => messageIn(octets));
  const content = options.content === undefined ? undefined : readWhole(options.content);
  const verdict = await signatureVerdict(file, message, content, options);
  const text =
    options.json === true
      ? JSON.stringify(verdict, null, 2)
      : signatureTree(verdict, language(), paintFor(process.stdout));
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCodes[verdict.indication];
}

async function signatureVerdict(
  file: string,
  message: Uint8Array,
  content: Uint8Array | undefined,
  options: SignatureOptions,
): Promise<SignatureVerdict> {
  try {
    return await validateSignature({
      message,
      content,
      anchors: readAnchors(options.anchor),
      ...readGiven(options),
      language: language(),
    });
  } catch (error) {
    if (!isFailure(error, 'request_malformed')) throw error;
    throw new UnusableFile(`${file}: the signature is detached, the document is needed (--content)`);
  }
}

function show(file: string, isJson: boolean): void {
  const shown = readFrom(file, (octets) => certificatesIn(octets)).map(showCertificate);
  const paint = paintFor(process.stdout);
  const text = isJson
    ? JSON.stringify(shown.length === 1 ? shown[0] : shown, null, 2)
    : shown.map((each) => certificateLines(each, paint)).join('\n\n');
  process.stdout.write(`${text}\n`);
}
