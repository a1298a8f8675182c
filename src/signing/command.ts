import type { Command } from 'commander';
import { language } from '../environment.ts';
import { PortalError } from '../portal/index.ts';
import { checkName } from '../report/check-name.ts';
import { parseDescriptor } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { tellAs } from '../terminal/outcome.ts';
import { moment, say, type Worded } from '../terminal/say.ts';
import { type Line, type Paint, paintFor, table } from '../terminal/table.ts';
import { addSignerOptions, carryOut } from '../token/command-line.ts';
import { type LoginOptions, type LoginOutcome, signIn } from './login.ts';
import { type SignOptions, signFile } from './sign.ts';

const signExamples = `
  sealgate sign contract.pdf --detached
  sealgate sign contract.pdf --module rutoken --key director`;

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
  addSignerOptions(program.command('sign'))
    .description('sign a file with a token or a key file (CAdES-BES)')
    .argument('<file>', 'what to sign')
    .option('--detached', 'leave the content out of the message')
    .option('--out <file>', 'where to write the message (otherwise FILE.p7m or FILE.sig)')
    .option(
      '--login <file>',
      'FILE is the answer of /v1/challenges to the request in this file; make the body for /v1/logins',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', signExamples)
    .action((file: string, options: SignOptions & { json?: boolean }) =>
      carryOut(
        options,
        () => signFile(file, options),
        ({ out, form, length }) =>
          `${paintFor(process.stdout).good(say({ en: 'Signed', ru: 'Подписано' }))}: ${out} (${form}, ${say({ en: `${length} octets`, ru: `${length} байт` })})`,
      ),
    );
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
