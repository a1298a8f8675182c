import { type Command, Option } from 'commander';
import { endConsent } from '../account/consents.ts';
import { openSessions } from '../account/sessions.ts';
import { followSignIns, listSignIns } from '../audit/sign-in.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { nameOf } from '../failure/vocabulary.ts';
import { expectReadable } from '../file/readable.ts';
import { type ConsentParties, listConsents } from '../oidc/consent.ts';
import { blockedSince, blockOrganisation, unblockOrganisation } from '../register/block.ts';
import { importRegister } from '../register/import.ts';
import { databaseRegister } from '../register/lookup.ts';
import { formatOf, type RegisterFormat } from '../register/rows.ts';
import { endAllSessions } from '../session/end.ts';
import { endOwnSession } from '../session/own-session.ts';
import { identifierFlaw } from '../subject/identifier.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say } from '../terminal/say.ts';
import { facts, type Line, table } from '../terminal/table.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { ProgressBar } from './progress-bar.ts';
import { hexThumbprint, thumbprintOf } from './thumbprint.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** How `organisation import` is asked. */
export interface ImportCommandOptions extends JsonOption {
  readonly format?: RegisterFormat;
  readonly replace?: boolean;
  readonly skipInvalid?: boolean;
}

/** Adds `sealgate organisation import`, `show`, `block`, `unblock`, `sessions`, `end-session`, `end-sessions`, `sign-ins`, `consents` and `withdraw-consent`. */
export function organisationCommands(program: Command): void {
  const organisation = program
    .command('organisation')
    .description('the register of organisations, and what they do here');
  const json = ['--json', 'print JSON'] as const;
  organisation
    .command('import <file>')
    .description(
      'import organisations: CSV or JSON Lines with ogrn, inn, kpp, name, short_name, state, heads',
    )
    .addOption(
      new Option('--format <format>', 'form of the file (default: by its name)').choices(['csv', 'jsonl']),
    )
    .option('--replace', 'organisations that the file does not have leave the register')
    .option('--skip-invalid', 'leave wrong rows out and list them')
    .option(...json)
    .action((file: string, options: ImportCommandOptions) =>
      operate(
        options.json === true,
        (operation) => importReport(operation, file, options),
        'create',
        () => expectReadable(file),
      ),
    );
  organisation
    .command('show <ogrn>')
    .description('what the register has of an organisation')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, async (operation) => showReport(operation, parseOgrn(ogrn))),
    );
  organisation
    .command('block <ogrn>')
    .description('bar an organisation from signing in and end its sessions')
    .requiredOption('--reason <text>', 'why; kept in the audit')
    .option(...json)
    .action((ogrn: string, options: JsonOption & { reason: string }) =>
      operate(options.json === true, async ({ database, at }) => {
        await blockOrganisation(database, subjectOf(ogrn), options.reason, at);
        const done = say({
          en: `${ogrn} is blocked, and its sessions have ended`,
          ru: `${ogrn}: вход закрыт, сеансы завершены`,
        });
        return reportOf({ ogrn, blocked: true }, [done]);
      }),
    );
  organisation
    .command('unblock <ogrn>')
    .description('let an organisation in again that was blocked here')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, async ({ database, at }) => {
        await unblockOrganisation(database, subjectOf(ogrn), at);
        const done = say({ en: `${ogrn} is not blocked here`, ru: `${ogrn}: вход здесь открыт` });
        return reportOf({ ogrn, blocked: false }, [done]);
      }),
    );
  organisation
    .command('sessions <ogrn>')
    .description('its open sessions, the newest first')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, (operation) => sessionsReport(operation, subjectOf(ogrn))),
    );
  organisation
    .command('end-session <ogrn> <session>')
    .description('end one of its sessions')
    .option(...json)
    .action((ogrn: string, session: string, options: JsonOption) =>
      operate(options.json === true, async ({ database, at }) => {
        await endOwnSession(database, subjectOf(ogrn), session, at, { reason: 'ended-by-operator' });
        const done = say({ en: `${session} has ended`, ru: `Сеанс ${session} завершён` });
        return reportOf({ session, ended: true }, [done]);
      }),
    );
  organisation
    .command('end-sessions <ogrn>')
    .description('end all of its sessions')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, async ({ database, at }) => {
        const ended = await endAllSessions(database, subjectOf(ogrn), 'ended-by-operator', {}, at);
        const done = ended
          ? say({ en: 'Its sessions have ended', ru: 'Сеансы завершены' })
          : say({ en: 'It had no open session', ru: 'Открытых сеансов не было' });
        return reportOf({ ogrn, ended }, [done]);
      }),
    );
  organisation
    .command('sign-ins <ogrn>')
    .description('its sign-ins with outcome and place, the newest first')
    .option('--limit <count>', 'at most so many', parseCount, 100)
    .option(...json)
    .action((ogrn: string, options: JsonOption & { limit: number }) =>
      operate(options.json === true, (operation) => signInsReport(operation, subjectOf(ogrn), options.limit)),
    );
  organisation
    .command('consents <ogrn>')
    .description('what its people have agreed to hand over, the newest first')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, (operation) => consentsReport(operation, subjectOf(ogrn))),
    );
  organisation
    .command('withdraw-consent <ogrn> <client> <certificate>')
    .description('withdraw what somebody with that certificate has agreed to')
    .option(...json)
    .action((ogrn: string, client: string, certificate: string, options: JsonOption) =>
      operate(options.json === true, (operation) =>
        withdrawReport(operation, {
          subject: subjectOf(ogrn),
          client,
          certificate: thumbprintOf(certificate),
        }),
      ),
    );
}

/** What `organisation import` reports: exit code 1 where rows were left out. */
export async function importReport(
  { database, at }: Operation,
  file: string,
  options: ImportCommandOptions,
): Promise<Report> {
  const bar = new ProgressBar(say({ en: 'Importing', ru: 'Загрузка' }));
  try {
    const result = await importRegister(
      database,
      {
        file,
        format: options.format ?? formatOf(file),
        replaces: options.replace === true,
        skipsInvalid: options.skipInvalid === true,
        onProgress: (share, written) =>
          bar.part(share, say({ en: `${written} organisations`, ru: `записано организаций: ${written}` })),
      },
      at,
    );
    const { imported, barred, removed, invalid, flaws } = result;
    return {
      exitCode: invalid === 0 ? exitCode.passed : exitCode.refused,
      json: result,
      lines: [
        say({
          en: `${imported} organisations imported, ${barred} of them closed or blocked`,
          ru: `Загружено организаций: ${imported}, из них закрытых и заблокированных: ${barred}`,
        }),
        ...(removed === 0
          ? []
          : [say({ en: `${removed} have left the register`, ru: `Исключено из реестра: ${removed}` })]),
        ...(invalid === 0
          ? []
          : [say({ en: `${invalid} rows were left out:`, ru: `Пропущено строк: ${invalid}:` })]),
        ...flaws.map(
          ({ line, field, problem }) =>
            `  ${say({ en: 'line', ru: 'строка' })} ${line}: ${field}, ${nameOf(problem, language())}`,
        ),
      ],
    };
  } finally {
    bar.end();
  }
}

async function showReport({ database }: Operation, ogrn: string): Promise<Report> {
  const found = await databaseRegister(database).find({ ogrn, inn: '' });
  const blocked = await blockedSince(database, `ogrn:${ogrn}`);
  if (found === undefined) {
    const absent = say({ en: `${ogrn} is not in the register`, ru: `${ogrn}: в реестре нет` });
    return { exitCode: exitCode.refused, json: null, lines: [absent] };
  }
  const { inn, kpp, name, state, heads } = found;
  const here = blocked === undefined ? {} : { blockedAt: new Date(blocked) };
  const blockedHere =
    blocked === undefined
      ? ''
      : say({
          en: `, blocked here since ${moment(blocked)}`,
          ru: `, вход закрыт здесь с ${moment(blocked)}`,
        });
  return reportOf({ ...found, ...here }, [
    safeText(name),
    facts([
      [say({ en: 'OGRN', ru: 'ОГРН' }), ogrn],
      [say({ en: 'INN', ru: 'ИНН' }), inn],
      [say({ en: 'KPP', ru: 'КПП' }), kpp.join(' ') || '—'],
      [say({ en: 'state', ru: 'состояние' }), `${nameOf(state, language())}${blockedHere}`],
      [
        say({ en: 'heads', ru: 'руководители' }),
        heads.map((head) => head.inn).join(' ') || say({ en: 'unknown', ru: 'неизвестны' }),
      ],
    ]),
  ]);
}

async function sessionsReport({ database, at }: Operation, subject: string): Promise<Report> {
  const sessions = await openSessions(database, subject, at, 1_000);
  const rows = sessions.map(({ id, clients, startedAt, usedAt, certificate, power }) => [
    id,
    clients.join(' '),
    moment(startedAt),
    usedAt === undefined ? '' : moment(usedAt),
    hexThumbprint(certificate),
    power?.number ?? '',
  ]);
  const header = say({
    en: ['SESSION', 'PORTALS', 'SINCE', 'USED', 'CERTIFICATE', 'POWER'],
    ru: ['СЕАНС', 'ПОРТАЛЫ', 'С', 'ИСПОЛЬЗОВАН', 'СЕРТИФИКАТ', 'ДОВЕРЕННОСТЬ'],
  });
  return reportOf(sessions, [table([header, ...rows], [0])]);
}

async function signInsReport({ database }: Operation, subject: string, limit: number): Promise<Report> {
  await followSignIns(database);
  const found = await listSignIns(database, subject, { limit });
  const rows = found.map(({ sequence, at, client, origin, code, certificate, traceId }) => [
    String(sequence),
    moment(at),
    code ?? say({ en: 'passed', ru: 'вход' }),
    client,
    origin,
    traceId,
    hexThumbprint(certificate),
  ]);
  const header = say({
    en: ['RECORD', 'TIME', 'OUTCOME', 'PORTAL', 'PLACE', 'TRACE', 'CERTIFICATE'],
    ru: ['ЗАПИСЬ', 'ВРЕМЯ', 'ИТОГ', 'ПОРТАЛ', 'СТРАНИЦА', 'ОБРАЩЕНИЕ', 'СЕРТИФИКАТ'],
  });
  return reportOf(found, [table([header, ...rows], [0, 1])]);
}

async function consentsReport({ database }: Operation, subject: string): Promise<Report> {
  const found = await listConsents(database, subject);
  const rows = found.map(({ client, certificate, givenAt, scopes, claims }) => [
    client,
    moment(givenAt),
    [...scopes, ...claims].join(' '),
    hexThumbprint(certificate),
  ]);
  const header = say({
    en: ['PORTAL', 'AGREED', 'HANDED OVER', 'CERTIFICATE'],
    ru: ['ПОРТАЛ', 'ДАНО', 'ПЕРЕДАЁТСЯ', 'СЕРТИФИКАТ'],
  });
  return reportOf(found, [table([header, ...rows], [0])]);
}

async function withdrawReport({ database, at }: Operation, parties: ConsentParties): Promise<Report> {
  const withdrawn = await endConsent(database, parties, at);
  const line = withdrawn
    ? say({ en: 'The consent is withdrawn', ru: 'Согласие отозвано' })
    : say({ en: 'There is no such consent', ru: 'Такого согласия нет' });
  const { passed, refused } = exitCode;
  return { exitCode: withdrawn ? passed : refused, json: { withdrawn }, lines: [line] };
}

/** The organisation (`ogrn:…`) that a command names. Throws `argument_invalid` for a number that is none. */
export function subjectOf(ogrn: string): string {
  return `ogrn:${parseOgrn(ogrn)}`;
}

function parseOgrn(text: string): string {
  const kind = text.length === 15 ? 'ogrnip' : 'ogrn';
  if (identifierFlaw(kind, text) === undefined) return text;
  throw new SealgateError('argument_invalid', { argument: text, problem: 'ogrn-form' });
}

/** A report of something that went well. */
export function reportOf(json: unknown, lines: readonly Line[]): Report {
  return { exitCode: exitCode.passed, json, lines };
}

function parseCount(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0 && number <= 10_000) return number;
  throw invalidValue({ en: 'must be a number from 1 to 10000', ru: 'нужно число от 1 до 10000' });
}
