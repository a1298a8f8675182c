import { join } from 'node:path';
import type { Command } from 'commander';
import {
  type Archive,
  type ArchiveChoice,
  archiveFile,
  judgeArchived,
  renewArchived,
} from '../archive/archive.ts';
import { ArchiveFolder } from '../archive/folder.ts';
import { type ArchivedDocument, archivedDocument, archivedDocuments } from '../archive/storage.ts';
import { addExtensionOptions } from '../document/extension-options.ts';
import { language } from '../environment.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Indication } from '../failure/failure.ts';
import { safeText } from '../failure/value.ts';
import { invalidValue, usageError } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { exitCodes, readAnchors, withFiles } from '../validation/options.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { reportOf } from './organisation.ts';

interface ArchiveOptions extends ArchiveChoice {
  readonly folder?: string;
  readonly json?: boolean;
}

const day = 86_400_000;

/** Adds `sealgate archive add`, `list`, `renew` and `verify`. */
export function archiveCommands(program: Command): void {
  const archive = program
    .command('archive')
    .description('signed documents that are kept for years: their time-stamps are renewed before they end');
  const usual = (command: Command) =>
    command
      .option('--folder <folder>', 'where the documents are (default: archive in the data folder)')
      .option('--json', 'print JSON');
  const stamping = (command: Command) =>
    usual(
      addExtensionOptions(
        command.option(
          '--tsa <url...>',
          'time-stamp authorities, in the order in which they are asked (default: those of the service)',
          [],
        ),
      ),
    );
  stamping(archive.command('add <file>').description('extend a document to LTA and take it in')).action(
    (file: string, options: ArchiveOptions, own: Command) =>
      stamp(own, options, (place, choice) => addReport(place, file, choice)),
  );
  usual(
    archive.command('list').description('the documents, the one first that is to be renewed first'),
  ).action(({ json, folder }: ArchiveOptions) =>
    operate(json === true, async (operation) => listReport(placeOf(operation, folder)), 'read'),
  );
  stamping(
    archive
      .command('renew [id...]')
      .description(
        'give new archive time-stamps to the documents whose last ones end soon, or to those named',
      )
      .option('--within <days>', 'how soon that is', parseDays, 90),
  ).action((ids: string[], options: ArchiveOptions & { readonly within: number }, own: Command) =>
    stamp(own, options, (place, choice) => renewReport(place, ids, options.within, choice)),
  );
  usual(
    addExtensionOptions(
      archive
        .command('verify [id...]')
        .description('judge documents as they stand, all of them or those named'),
    ),
  ).action((ids: string[], options: ArchiveOptions, own: Command) =>
    trusted(own, options, () =>
      operate(
        options.json === true,
        (operation) => verifyReport(placeOf(operation, options.folder), ids, { ...options, tsa: [] }),
        'read',
      ),
    ),
  );
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isSafeInteger(days) && days >= 0 && days <= 36_500) return days;
  throw invalidValue({
    en: 'must be a number of days from 0 to 36500',
    ru: 'нужно число дней от 0 до 36500',
  });
}

function placeOf({ database, config, at }: Operation, folder = join(config.data, 'archive')): Archive {
  return { database, folder: new ArchiveFolder(folder), at };
}

/** Without trust nothing is worth keeping for years. Files that cannot be used are wrong usage. */
function trusted(own: Command, { anchor }: ArchiveOptions, act: () => Promise<void>): Promise<void> {
  if (anchor.length === 0)
    throw usageError({
      en: 'name the trusted certificates with --anchor',
      ru: 'укажите доверенные сертификаты в --anchor',
    });
  return withFiles(own, async () => {
    readAnchors(anchor);
    await act();
  });
}

function stamp(
  own: Command,
  options: ArchiveOptions,
  act: (place: Archive, choice: ArchiveChoice) => Promise<Report>,
): Promise<void> {
  return trusted(own, options, () =>
    operate(options.json === true, async (operation) => {
      const tsa = options.tsa.length > 0 ? options.tsa : operation.config.timestampAuthorities;
      if (tsa.length === 0)
        throw usageError({
          en: 'name a time-stamp authority with --tsa',
          ru: 'укажите службу штампов времени в --tsa',
        });
      return act(placeOf(operation, options.folder), { ...options, tsa });
    }),
  );
}

async function addReport(place: Archive, file: string, choice: ArchiveChoice): Promise<Report> {
  const document = await archiveFile(place, file, choice);
  const done = say({
    en: `${safeText(document.name)} is kept as ${document.identifier}; to be renewed by ${moment(new Date(document.renewBy))}`,
    ru: `${safeText(document.name)} хранится как ${document.identifier}; продлить до ${moment(new Date(document.renewBy))}`,
  });
  return reportOf(shown(document), [done]);
}

function shown({ contents, addedAt, stampedAt, renewBy, ...rest }: ArchivedDocument) {
  const [added, last, next] = [addedAt, stampedAt, renewBy].map((time) => new Date(time).toISOString());
  return { ...rest, contents, addedAt: added, stampedAt: last, renewBy: next };
}

async function listReport({ database }: Archive): Promise<Report> {
  const documents = await archivedDocuments(database);
  const header = say({
    en: ['ID', 'RENEW BY', 'STAMPED', 'NAME'],
    ru: ['НОМЕР', 'ПРОДЛИТЬ ДО', 'ШТАМП ОТ', 'ИМЯ'],
  });
  const rows = documents.map(({ identifier, renewBy, stampedAt, name }) => [
    identifier,
    moment(new Date(renewBy)),
    moment(new Date(stampedAt)),
    safeText(name, 120),
  ]);
  const none = say({ en: 'The archive is empty', ru: 'Архив пуст' });
  return reportOf({ documents: documents.map(shown) }, [rows.length === 0 ? none : table([header, ...rows])]);
}

async function named(place: Archive, ids: readonly string[], renewBy?: number) {
  if (ids.length === 0) return archivedDocuments(place.database, renewBy);
  return Promise.all(ids.map((id) => archivedDocument(place.database, id)));
}

/** What became of one document. */
interface Outcome {
  readonly identifier: string;
  readonly name: string;
  readonly renewBy?: number;
  readonly indication?: Indication;
  readonly failure?: SealgateError;
}

async function renewReport(
  place: Archive,
  ids: readonly string[],
  within: number,
  choice: ArchiveChoice,
): Promise<Report> {
  const outcomes: Outcome[] = [];
  for (const document of await named(place, ids, place.at + within * day)) {
    const { identifier, name } = document;
    try {
      const { renewBy } = await renewArchived(place, document, choice);
      outcomes.push({ identifier, name, renewBy });
    } catch (error) {
      if (!isFailure(error)) throw error;
      outcomes.push({ identifier, name, failure: error });
    }
  }
  const lines = outcomes.map((outcome) => {
    const { identifier, renewBy, failure } = outcome;
    if (failure !== undefined) return failureLine(outcome, failure);
    const until = moment(new Date(renewBy ?? 0));
    return say({ en: `${identifier}: renewed, until ${until}`, ru: `${identifier}: продлён, до ${until}` });
  });
  const none = say({ en: 'Nothing has to be renewed', ru: 'Продлевать нечего' });
  return {
    exitCode: outcomes.some(({ failure }) => failure) ? exitCode.refused : exitCode.passed,
    json: { documents: outcomes.map(jsonOf) },
    lines: lines.length === 0 ? [none] : lines,
  };
}

async function verifyReport(place: Archive, ids: readonly string[], choice: ArchiveChoice): Promise<Report> {
  const outcomes: Outcome[] = [];
  let worst: number = exitCode.passed;
  for (const document of await named(place, ids)) {
    const { identifier, name, renewBy } = document;
    try {
      const { indication } = await judgeArchived(place, document, choice);
      outcomes.push({ identifier, name, renewBy, indication });
      if (worst !== exitCode.refused && indication !== 'TOTAL-PASSED') worst = exitCodes[indication];
    } catch (error) {
      if (!isFailure(error)) throw error;
      outcomes.push({ identifier, name, failure: error });
      worst = exitCode.refused;
    }
  }
  const lines = outcomes.map((outcome) =>
    outcome.failure === undefined
      ? `${outcome.identifier}: ${outcome.indication} (${safeText(outcome.name, 120)})`
      : failureLine(outcome, outcome.failure),
  );
  return { exitCode: worst, json: { documents: outcomes.map(jsonOf) }, lines };
}

function failureLine({ identifier }: Outcome, { code, details }: SealgateError): string {
  const { title, cause } = explain(code, details, language());
  return `${identifier}: ${title}. ${cause} [${code}]`;
}

function jsonOf({ failure, renewBy, ...rest }: Outcome) {
  return {
    ...rest,
    ...(renewBy === undefined ? {} : { renewBy: new Date(renewBy).toISOString() }),
    ...(failure === undefined ? {} : { code: failure.code }),
  };
}
