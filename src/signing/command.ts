import { type Command, Option } from 'commander';
import { extensionLevels } from '../document/extender.ts';
import { addExtensionOptions } from '../document/extension-options.ts';
import { language } from '../environment.ts';
import { safeText } from '../failure/safe-text.ts';
import { PortalError } from '../portal/index.ts';
import { checkName } from '../report/check-name.ts';
import { invalidValue, parseDescriptor, usageError } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { tellAs } from '../terminal/outcome.ts';
import { moment, say, type Worded } from '../terminal/say.ts';
import { type Line, type Paint, paintFor, table } from '../terminal/table.ts';
import { addSignerOptions, carryOut } from '../token/command-line.ts';
import { withFiles } from '../validation/options.ts';
import { type LoginOptions, type LoginOutcome, signIn } from './login.ts';
import { isContainer, type SignedFile, type SignOptions, signFiles, signFormats } from './sign.ts';

const signExamples = `
  sealgate sign contract.pdf --detached
  sealgate sign contract.pdf --module rutoken --key director
  sealgate sign contract.pdf --format pdf --stamp --level T --tsa http://tsa.example/
  sealgate sign contract.sig --add --content contract.pdf
  sealgate sign *.pdf --detached`;

const loginExamples: Worded = {
  en: `
The secret of the client comes from SEALGATE_CLIENT_SECRET, from a file descriptor, or from a prompt.

  sealgate login --service https://sealgate.example --client portal --origin https://portal.example`,
  ru: `
Секрет портала берётся из SEALGATE_CLIENT_SECRET, из дескриптора файла или спрашивается.

  sealgate login --service https://sealgate.example --client portal --origin https://portal.example`,
};

/** Adds `sealgate sign` and `sealgate login` to a program. */
export function signingCommands(program: Command): void {
  addSign(program);
  addSignerOptions(program.command('login'))
    .description('sign in to a service the way a portal does, to try it out')
    .requiredOption('--service <url>', 'address of the service')
    .requiredOption('--client <id>', 'identifier of the relying party')
    .requiredOption('--origin <origin>', 'origin of the portal, as it is registered')
    .option('--audience <name>', 'whom the assertion is for')
    .option('--issuer <url>', 'name of the service in assertions, where it is not its address')
    .option('--detached', 'leave the content out of the message')
    .option(
      '--client-secret-fd <n>',
      'read the secret of the client from this file descriptor',
      parseDescriptor,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', () => say(loginExamples))
    .action((options: LoginOptions & { json?: boolean }) => login(options));
}

function addSign(program: Command): void {
  const command = addSignerOptions(program.command('sign'))
    .description('sign files with a token or a key file (CAdES, PAdES, XAdES, SMEV 3, ASiC-E)')
    .argument('<file...>', 'what to sign; the PIN is asked for once')
    .addOption(
      new Option('--format <format>', 'what each file becomes; asic takes all files into one container')
        .choices([...signFormats])
        .default('cms'),
    )
    .option('--detached', 'of CMS: leave the content out of the message')
    .option('--add', 'FILE is a CMS message: sign it beside those who have')
    .option('--counter', 'FILE is a CMS message: countersign each of its signatures')
    .option('--stamp [page]', 'of PDF: show a stamp, on the last page unless said otherwise', parsePage)
    .option(
      '--stamp-at <x,y>',
      'its lower left corner in points (otherwise the lower right of the page)',
      parseCorner,
    )
    .option('--reason <text>', 'of PDF: why it is signed')
    .option('--location <text>', 'of PDF: where it is signed')
    .option('--element <id>', 'of SMEV: identifier of the element that is signed (SIGNED_BY_CALLER)')
    .addOption(
      new Option('--level <level>', 'add time-stamps and evidence at once')
        .choices(['B', ...extensionLevels])
        .default('B'),
    )
    .option('--tsa <url...>', 'time-stamp authorities for that, in the order in which they are asked', [])
    .option('--out <file>', 'where to write the document (otherwise beside FILE, by its format)')
    .option(
      '--login <file>',
      'FILE is the answer of /v1/challenges to the request in this file; make the body for /v1/logins',
    )
    .option('--json', 'print the result as JSON');
  addExtensionOptions(command)
    .addHelpText('after', signExamples)
    .action((files: string[], options: SignCommandOptions, own: Command) =>
      withFiles(own, () => sign(files, options)),
    );
}

type SignCommandOptions = Omit<SignOptions, 'stamp'> & {
  readonly stamp?: number | true;
  readonly json?: boolean;
};

async function sign(files: readonly string[], given: SignCommandOptions): Promise<void> {
  const { stamp, ...others } = given;
  const options: SignOptions = {
    ...others,
    ...(stamp === undefined ? {} : { stamp: stamp === true ? -1 : stamp }),
  };
  const paint = paintFor(process.stdout);
  const isSeen = files.length > 1 && process.stderr.isTTY;
  const progress = (done: number, file: string): void => {
    if (isSeen) process.stderr.write(`${paint.dim(`${done + 1} / ${files.length}`)} ${safeText(file)}\n`);
  };
  await carryOut(
    given,
    async () => {
      requireConsistent(files, options);
      const signed = await signFiles(files, options, progress);
      return files.length === 1 || isContainer(options) ? signed[0] : { files: signed };
    },
    (result) => {
      const all = result !== undefined && 'files' in result ? result.files : [result];
      return all.map((each) => each && signedLine(each, paint)).join('\n');
    },
  );
}

function signedLine({ out, form, length }: SignedFile, paint: Paint): string {
  const octets = say({ en: `${length} octets`, ru: `${length} байт` });
  return `${paint.good(say({ en: 'Signed', ru: 'Подписано' }))}: ${out} (${form}, ${octets})`;
}

/** Throws `command_invalid` for options that do not go together. */
function requireConsistent(files: readonly string[], options: SignOptions): void {
  if (options.out !== undefined && files.length > 1 && !isContainer(options))
    throw usageError({
      en: '--out names one file, and there are several to sign',
      ru: '--out задаёт один файл, а подписываются несколько',
    });
  if (options.level !== 'B' && options.tsa.length === 0)
    throw usageError({
      en: '--level asks for time-stamps: name an authority with --tsa',
      ru: 'для --level нужны штампы времени: укажите службу в --tsa',
    });
}

function parsePage(text: string): number {
  const page = Number(text);
  if (Number.isInteger(page) && page !== 0) return page;
  throw invalidValue({ en: 'not the number of a page', ru: 'это не номер страницы' });
}

function parseCorner(text: string): readonly [number, number] {
  const [, x, y] = /^(\d{1,5}(?:\.\d+)?),(\d{1,5}(?:\.\d+)?)$/.exec(text) ?? [];
  if (x !== undefined && y !== undefined) return [Number(x), Number(y)];
  throw invalidValue({ en: 'not two numbers with a comma between', ru: 'нужны два числа через запятую' });
}

async function login(options: LoginOptions & { json?: boolean }): Promise<void> {
  const paint = paintFor(process.stdout);
  try {
    await carryOut(
      options,
      () => signIn(options, language()),
      (outcome) => outcomeLines(outcome, paint),
    );
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    tellRefusal(error, options.json === true);
  }
}

const outcomeWords: Readonly<Record<string, Worded>> = {
  passed: { en: 'passed', ru: 'пройдено' },
  warning: { en: 'warning', ru: 'замечание' },
  failed: { en: 'failed', ru: 'не пройдено' },
  skipped: { en: 'not asked', ru: 'не проверялось' },
};

function outcomeLines({ organisation, signer, checks, expiresAt }: LoginOutcome, paint: Paint): Line[] {
  const rows = checks.map(({ name, outcome, subject }) => [
    {
      text: say(outcomeWords[outcome] ?? { en: outcome, ru: outcome }),
      paint: outcome === 'passed' ? paint.good : paint.warn,
    },
    subject === undefined ? checkName(name, language()) : `${checkName(name, language())}: ${subject}`,
  ]);
  const numbers = [
    organisation.inn && say({ en: `INN ${organisation.inn}`, ru: `ИНН ${organisation.inn}` }),
    organisation.ogrn && say({ en: `OGRN ${organisation.ogrn}`, ru: `ОГРН ${organisation.ogrn}` }),
  ];
  return [
    `${paint.good(say({ en: 'Signed in', ru: 'Вход выполнен' }))}: ${paint.bold(organisation.name)} (${numbers.filter(Boolean).join(', ')})`,
    say({
      en: `by ${signer.name}, until ${moment(expiresAt)}`,
      ru: `подписал ${signer.name}, действует до ${moment(expiresAt)}`,
    }),
    table(rows, [], '  '),
  ];
}

function tellRefusal(error: PortalError, isJson: boolean): void {
  const { code, status, title, detail, remedy, stage, traceId } = error;
  tellAs({ code, title, cause: detail, remedy }, isJson, { status, stage, traceId });
  if (traceId !== undefined)
    process.stderr.write(
      `${paintFor(process.stderr).dim(`${say({ en: 'trace', ru: 'номер обращения' })} ${traceId}`)}\n`,
    );
  process.exitCode = status >= 500 || status === 429 ? exitCode.undecided : exitCode.refused;
}
