import type { Command } from 'commander';
import { certificatesIn, chainIn } from '../encoding/certificates.ts';
import { language } from '../environment.ts';
import { say, type Worded } from '../terminal/say.ts';
import { paintFor } from '../terminal/table.ts';
import { validateCertificate } from './certificate.ts';
import { readFrom } from './file.ts';
import {
  addTrustOptions,
  exitCodes,
  readAnchors,
  readGiven,
  type TrustOptions,
  withFiles,
} from './options.ts';
import { certificateLines, showCertificate } from './show.ts';
import { verdictTree } from './tree.ts';

const common: Worded = {
  en: `
Files may be DER, PEM in any armour, or base64, may hold several, and may be collections (.p7b). Nothing is fetched:
without --crl and --ocsp revocation is not checked, which the report says. Exit code: 0 passed, 1 refused, 2 undecided,
64 wrong usage.
`,
  ru: `
Файлы — DER, PEM в любой обёртке или base64, в них может быть несколько сертификатов, в том числе набор (.p7b). Ничего
не загружается: без --crl и --ocsp отзыв не проверяется, о чём сказано в отчёте. Код завершения: 0 — действителен,
1 — отказ, 2 — не решено, 64 — неверный вызов.
`,
};

const certificateExamples = `
  sealgate certificate show signer.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer
  sealgate certificate validate signer.cer --anchor root.cer --untrusted authority.cer --crl *.crl --at 2026-07-23T00:00:00Z --json`;

/** Adds `sealgate certificate show` and `sealgate certificate validate` to a program. */
export function certificateCommands(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('look at certificates and validate them')
    .addHelpText('after', () => say(common) + certificateExamples);
  certificate
    .command('show')
    .description('print the fields of a certificate; nothing in it is verified')
    .argument('<file>', 'certificate, or several')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }, command: Command) =>
      withFiles(command, () => show(file, json === true)),
    );
  addTrustOptions(
    certificate
      .command('validate')
      .description('build a path to an anchor, check it and, where lists or answers are given, revocation')
      .argument('<file>', 'certificate; others in the file may lie on its path'),
  ).action((file: string, options: TrustOptions, command: Command) =>
    withFiles(command, () => validate(file, options)),
  );
}

async function validate(file: string, options: TrustOptions): Promise<void> {
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

function show(file: string, isJson: boolean): void {
  const shown = readFrom(file, (octets) => certificatesIn(octets)).map(showCertificate);
  const paint = paintFor(process.stdout);
  const text = isJson
    ? JSON.stringify(shown.length === 1 ? shown[0] : shown, null, 2)
    : shown.map((each) => certificateLines(each, paint)).join('\n\n');
  process.stdout.write(`${text}\n`);
}
