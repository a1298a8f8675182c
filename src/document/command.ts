import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { documentIn } from '../encoding/document.ts';
import { language } from '../environment.ts';
import { safeText } from '../failure/safe-text.ts';
import { writeOver } from '../file/write-new.ts';
import { usageError } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { carryOut } from '../terminal/outcome.ts';
import { say, type Worded } from '../terminal/say.ts';
import { type Paint, paintFor } from '../terminal/table.ts';
import { readFrom, readWhole } from '../validation/file.ts';
import {
  addTrustOptions,
  exitCodes,
  readAnchors,
  readGiven,
  type TrustOptions,
  withFiles,
} from '../validation/options.ts';
import { validateFiles } from './batch.ts';
import type { BatchVerdict } from './batch-verdict.ts';
import { readBundle, reportDifferences, writeBundle } from './bundle.ts';
import { etsiReport } from './etsi-report.ts';
import { type ExtendOptions, extendFile } from './extend-file.ts';
import { extensionLevels } from './extender.ts';
import { addExtensionOptions } from './extension-options.ts';
import { withContents } from './opened-file.ts';
import { documentPage } from './page.ts';
import type { DocumentReport } from './report.ts';
import { documentTree } from './tree.ts';
import { validateDocument } from './validate.ts';

const examples: Worded = {
  en: `
Files may be CMS and CAdES messages (DER, BER or PEM), PDF, XML and ASiC documents, time-stamps and answers of time-stamp
authorities. A validation fetches nothing: where neither the document nor --crl and --ocsp tell of revocation it is not
checked, which the report says. Exit code: 0 passed, 1 refused, 2 undecided, 64 wrong usage.

  sealgate signature validate contract.p7s --anchor root.cer
  sealgate signature validate contract.pdf.sig --content contract.pdf --anchor root.cer --crl *.crl
  sealgate signature validate contract.pdf --anchor root.cer --json
  sealgate signature extend contract.pdf.sig --content contract.pdf --level T --tsa http://tsa.example/
  sealgate signature extend contract.pdf --level LTA --anchor root.cer --tsa http://tsa.example/`,
  ru: `
Файлы — сообщения CMS и CAdES (DER, BER или PEM), документы PDF, XML и ASiC, штампы времени и ответы служб штампов.
При проверке ничего не загружается: если об отзыве не говорят ни документ, ни --crl и --ocsp, он не проверяется, о чём
сказано в отчёте. Код завершения: 0 — действительна, 1 — отказ, 2 — не решено, 64 — неверный вызов.

  sealgate signature validate contract.p7s --anchor root.cer
  sealgate signature validate contract.pdf.sig --content contract.pdf --anchor root.cer --crl *.crl
  sealgate signature validate contract.pdf --anchor root.cer --json
  sealgate signature extend contract.pdf.sig --content contract.pdf --level T --tsa http://tsa.example/
  sealgate signature extend contract.pdf --level LTA --anchor root.cer --tsa http://tsa.example/`,
};

interface SignatureOptions extends TrustOptions {
  readonly content: readonly string[];
  readonly html?: string;
  readonly bundle?: string;
  readonly report?: (typeof reportForms)[number];
}

/** What a report is printed as, where it is not drawn as a tree. */
const reportForms = ['json', 'html', 'etsi'] as const;

/** Adds `sealgate signature validate` and `sealgate signature extend` to a program. */
export function signatureCommands(program: Command): void {
  const signature = program
    .command('signature')
    .description('validate and extend signed documents')
    .addHelpText('after', () => say(examples));
  addTrustOptions(
    signature
      .command('validate')
      .description('check every signature and time-stamp of a document, their certificates and revocation')
      .argument(
        '<file...>',
        'the file that holds the signature; of several, each with what it signs beside it',
      )
      .option('--content <file...>', 'what is signed, where the signature is detached', [])
      .option('--html <file>', 'write the report as a page for people there')
      .option('--bundle <file>', 'write all that the verdict came from there, to be replayed later')
      .addOption(
        new Option(
          '--report <form>',
          'print the report as JSON, as a page, or as XML of ETSI TS 119 102-2',
        ).choices(reportForms),
      ),
  ).action((files: string[], options: SignatureOptions, command: Command) =>
    withFiles(command, () => {
      const [file, another] = files;
      return file !== undefined && another === undefined
        ? validate(file, options)
        : validateAll(files, options);
    }),
  );
  signature
    .command('replay')
    .description('judge a document again by all that a bundle holds, and tell in what the verdict differs')
    .argument('<file>', 'what signature validate --bundle wrote')
    .option('--json', 'print the result as JSON')
    .action((file: string, options: { json?: boolean }, command: Command) =>
      withFiles(command, () => replay(file, options)),
    );
  addExtend(signature);
}

function addExtend(signature: Command): void {
  const command = signature
    .command('extend')
    .description('add time-stamps and evidence to a document, so that it can be checked for longer')
    .argument('<file>', 'CMS, PDF, XML or ASiC document; it is written over unless --out says where')
    .addOption(
      new Option('--level <level>', 'how far to extend every signature of it')
        .choices([...extensionLevels])
        .makeOptionMandatory(),
    )
    .requiredOption('--tsa <url...>', 'time-stamp authorities, in the order in which they are asked');
  addExtensionOptions(command)
    .option('--out <file>', 'where to write the extended document')
    .option('--json', 'print the result as JSON')
    .action((file: string, options: ExtendOptions & { json?: boolean }, own: Command) =>
      withFiles(own, () =>
        carryOut(
          options,
          () => extendFile(file, options),
          ({ out, level, length }) =>
            `${paintFor(process.stdout).good(say({ en: 'Extended', ru: 'Дополнено' }))}: ${out} (${level}, ${say({ en: `${length} octets`, ru: `${length} байт` })})`,
        ),
      ),
    );
}

async function validate(file: string, options: SignatureOptions): Promise<void> {
  const document = readFrom(file, (octets) => documentIn(octets));
  const question = { anchors: readAnchors(options.anchor), ...readGiven(options), language: language() };
  const report = await withContents(options.content, (contents) =>
    validateDocument({ document, contents }, question),
  );
  if (options.html !== undefined) await writeOver(options.html, documentPage(report, language()).html);
  if (options.bundle !== undefined) {
    const contents = options.content.map((path) => ({ name: basename(path), octets: readWhole(path) }));
    await writeOver(options.bundle, writeBundle({ document, contents, question, report }));
  }
  process.stdout.write(printed(report, options));
  process.exitCode = exitCodes[report.indication];
}

/** Judges many files by the same question; the worst of them makes the exit code. */
async function validateAll(files: readonly string[], options: SignatureOptions): Promise<void> {
  const { content, html, bundle, report, json } = options;
  if (content.length > 0 || html !== undefined || bundle !== undefined || (report ?? 'json') !== 'json')
    throw usageError({
      en: '--content, --html, --bundle and other reports than JSON are for one file',
      ru: '--content, --html, --bundle и отчёты, кроме JSON, — для одного файла',
    });
  const question = { anchors: readAnchors(options.anchor), ...readGiven(options), language: language() };
  const isSeen = process.stderr.isTTY;
  const verdicts = await validateFiles(files, question, (done) => {
    if (isSeen) process.stderr.write(`\r${done} / ${files.length}`);
  });
  if (isSeen) process.stderr.write('\r\u001b[K');
  process.stdout.write(
    json === true || report === 'json'
      ? `${JSON.stringify(verdicts, null, 2)}\n`
      : verdicts.map((each) => `${verdictLine(each, paintFor(process.stdout))}\n`).join(''),
  );
  const codes = verdicts.map(({ indication }) => exitCodes[indication]);
  process.exitCode = codes.includes(exitCode.refused) ? exitCode.refused : Math.max(...codes);
}

function verdictLine({ file, indication, code, signers }: BatchVerdict, paint: Paint): string {
  const mark = code === undefined ? paint.good(indication) : paint.bad(indication);
  const facts = code === undefined ? signers.map((each) => safeText(each, 100)) : [`[${code}]`];
  return `${mark} ${safeText(file)}  ${paint.dim(facts.join('; '))}`;
}

async function replay(file: string, options: { json?: boolean }): Promise<void> {
  await carryOut(
    options,
    async () => {
      const { document, contents, question, report } = await readBundle(readWhole(file));
      const again = await validateDocument({ document, contents }, question);
      const differences = reportDifferences(report, JSON.parse(JSON.stringify(again)));
      if (differences.length > 0) process.exitCode = exitCode.refused;
      return { indication: again.indication, at: new Date(question.at).toISOString(), differences };
    },
    ({ indication, differences }) =>
      differences.length === 0
        ? `${paintFor(process.stdout).good(indication)}: ${say({ en: 'the verdict is the same', ru: 'заключение то же' })}`
        : [say({ en: 'The verdict differs:', ru: 'Заключение отличается:' }), ...differences]
            .map((line) => safeText(line, 400))
            .join('\n'),
  );
}

function printed(
  report: DocumentReport,
  { json, report: form = json ? 'json' : undefined }: SignatureOptions,
): string {
  switch (form) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'html':
      return documentPage(report, language()).html;
    case 'etsi':
      return etsiReport(report);
    default:
      return `${documentTree(report, language(), paintFor(process.stdout))}\n`;
  }
}
