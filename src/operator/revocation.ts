import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type PublicKeyInfo, parsePublicKeyInfo } from '../algorithm/public-key-info.ts';
import { EncodingError } from '../asn1/error.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { certificateIn } from '../encoding/certificates.ts';
import { listsIn } from '../encoding/revocation.ts';
import { unexpected } from '../encoding/unexpected.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { nameOf } from '../failure/vocabulary.ts';
import type { CertificateList } from '../revocation/crl/list.ts';
import { loadCertificateList } from '../revocation/crl/load.ts';
import { strictFreshness, termAt } from '../revocation/freshness.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { importList } from '../revocation/store/import-list.ts';
import { renewList } from '../revocation/store/renewal.ts';
import type { StorageKind, StoredRecord } from '../revocation/store/storage.ts';
import { fetchSettingsOf } from '../service/verifier.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say, type Worded } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { ProgressBar } from './progress-bar.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface ImportOptions extends JsonOption {
  readonly issuer: string;
  readonly url?: string;
}

/** Adds `sealgate revocation status`, `refresh` and `import`. */
export function revocationCommands(program: Command): void {
  const revocation = program
    .command('revocation')
    .description('lists of revoked certificates that the service holds');
  const json = ['--json', 'print JSON'] as const;
  revocation
    .command('status')
    .description('the lists that are held: issuer, age, end, size')
    .option(...json)
    .action((options: JsonOption) => operate(options.json === true, statusReport));
  revocation
    .command('refresh [url...]')
    .description('fetch held lists anew, all of them or those named')
    .option(...json)
    .action((urls: string[], options: JsonOption) =>
      operate(options.json === true, (operation) => refreshReport(operation, urls)),
    );
  revocation
    .command('import <file>')
    .description('hold a list from a file, verified under its issuer’s key')
    .requiredOption('--issuer <file>', 'certificate of the authority that signed it')
    .option(
      '--url <url>',
      'address in certificates that it stands for (default: the one that the list names)',
    )
    .option(...json)
    .action((file: string, options: ImportOptions) =>
      operate(
        options.json === true,
        (operation, input) => importReport(operation, file, input, options),
        'create',
        () => readImport(file, options.issuer),
      ),
    );
}

interface ListStatus {
  readonly url: string;
  readonly state: 'fresh' | 'stale' | 'early' | 'unreadable' | 'signature-wrong';
  readonly issuer?: string;
  readonly number?: string;
  readonly thisUpdate?: string;
  readonly nextUpdate?: string;
  readonly fetchedAt: string;
  readonly entries?: number;
  readonly octets?: number;
  readonly sha256: string;
}

/** What `revocation status` reports: exit code 0 where every list is fresh and verified, 1 where one is not. */
export async function statusReport({ database, at }: Operation): Promise<Report> {
  const storage = new DatabaseStorage(database);
  const records = [...(await recordsOf(storage, 'crl'))].sort((a, b) => (a.url < b.url ? -1 : 1));
  const answers = await recordsOf(storage, 'ocsp');
  const lists: ListStatus[] = [];
  for (const record of records) lists.push(await statusOf(storage, record, at));
  const rows = lists.map(
    ({ url, state, issuer = '', number = '', thisUpdate, nextUpdate, entries, octets }) => [
      say(stateWords[state]),
      safeText(url, 120),
      nextUpdate === undefined ? '' : moment(new Date(nextUpdate)),
      thisUpdate === undefined ? '' : moment(new Date(thisUpdate)),
      entries === undefined ? '' : String(entries),
      octets === undefined ? '' : say(kibibytes(octets)),
      number,
      safeText(issuer, 60),
    ],
  );
  const header = say({
    en: ['STATE', 'URL', 'NEXT', 'ISSUED', 'ENTRIES', 'SIZE', 'NUMBER', 'ISSUER'],
    ru: ['СОСТОЯНИЕ', 'АДРЕС', 'СЛЕДУЮЩИЙ', 'ВЫПУЩЕН', 'ЗАПИСЕЙ', 'РАЗМЕР', 'НОМЕР', 'ИЗДАТЕЛЬ'],
  });
  return {
    exitCode: lists.every(({ state }) => state === 'fresh') ? exitCode.passed : exitCode.refused,
    json: { lists, answers: answers.length },
    lines: [
      lists.length === 0 ? say(noList) : table([header, ...rows]),
      say({
        en: `${answers.length} OCSP answers are held`,
        ru: `Хранится ответов OCSP: ${answers.length}`,
      }),
    ],
  };
}

const noList = { en: 'no list is held', ru: 'Списков нет' } as const;

const stateWords = {
  fresh: { en: 'fresh', ru: 'свежий' },
  stale: { en: 'stale', ru: 'устарел' },
  early: { en: 'not in force yet', ru: 'ещё не действует' },
  unreadable: { en: 'unreadable', ru: 'не читается' },
  'signature-wrong': { en: 'signature wrong', ru: 'подпись неверна' },
} as const;

const outcomeWords = {
  newer: { en: 'newer', ru: 'обновлён' },
  unchanged: { en: 'unchanged', ru: 'без изменений' },
  failed: { en: 'failed', ru: 'не загружен' },
} as const;

function kibibytes(octets: number): Worded {
  const shown = (octets / 1024).toFixed(1);
  return { en: `${shown} KiB`, ru: `${shown.replace('.', ',')} КиБ` };
}

async function recordsOf(storage: DatabaseStorage, kind: StorageKind): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const page of storage.records(kind, 0)) records.push(...page);
  return records;
}

async function statusOf(storage: DatabaseStorage, record: StoredRecord, at: number): Promise<ListStatus> {
  const { url, sha256 } = record;
  const known = { url, sha256, fetchedAt: new Date(record.fetchedAt).toISOString() };
  const signer = parsePublicKeyInfo(Uint8Array.from(Buffer.from(record.signer, 'base64')));
  const list = await load(storage, record, signer);
  if (list === undefined) return { ...known, state: 'unreadable' };
  const { thisUpdate, nextUpdate, number } = list;
  const term = termAt(at, thisUpdate, nextUpdate, strictFreshness);
  return {
    ...known,
    state: list.signed.holdsUnder(signer) ? stateOf(term) : 'signature-wrong',
    issuer: list.issuer.toString(),
    ...(number === undefined ? {} : { number: String(number) }),
    thisUpdate: new Date(thisUpdate).toISOString(),
    ...(nextUpdate === undefined ? {} : { nextUpdate: new Date(nextUpdate).toISOString() }),
    entries: list.entries.count,
    octets: list.der.length,
  };
}

function stateOf(term: ReturnType<typeof termAt>): 'fresh' | 'stale' | 'early' {
  return term === 'grace' ? 'stale' : term;
}

async function load(
  storage: DatabaseStorage,
  record: StoredRecord,
  signer: PublicKeyInfo,
): Promise<CertificateList | undefined> {
  const octets = await storage.readObject(record.sha256);
  if (octets === undefined) return undefined;
  const bar = new ProgressBar(safeText(record.url, 60));
  try {
    const list = await loadCertificateList(octets, [signer], (part) => bar.part(part));
    return list.sha256 === record.sha256 ? list : undefined;
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  } finally {
    bar.end();
  }
}

/** What `revocation refresh` reports: exit code 0 where every list was had, 2 where one was not. */
export async function refreshReport(operation: Operation, urls: readonly string[]): Promise<Report> {
  const { database, config, at } = operation;
  const fetch = fetchSettingsOf(config);
  const storage = new DatabaseStorage(database);
  const sources = createSources({ ...usualSources, fetch }, { storage });
  try {
    await sources.lists.takeOverAll(at);
    const held = sources.lists.all().filter(({ url }) => urls.length === 0 || urls.includes(url));
    const unknown = urls.filter((url) => !held.some((each) => each.url === url));
    const renewed = [];
    for (const each of held) {
      const bar = new ProgressBar(safeText(each.url, 60));
      const { listTimeout } = usualSources.lists;
      renewed.push(await renewList(sources, each, at, listTimeout, (done, total) => bar.octets(done, total)));
      bar.end();
    }
    await sources.lists.stored();
    const isDone = unknown.length === 0 && renewed.every(({ outcome }) => outcome !== 'failed');
    const rows = renewed.map(({ url, outcome, problem }) => [
      say(outcomeWords[outcome]),
      problem === undefined ? '' : nameOf(problem.problem, language()),
      safeText(url, 120),
    ]);
    const header = say({ en: ['OUTCOME', 'PROBLEM', 'URL'], ru: ['ИТОГ', 'ПРИЧИНА', 'АДРЕС'] });
    return {
      exitCode: isDone ? exitCode.passed : exitCode.undecided,
      json: { renewed, unknown },
      lines: [
        rows.length === 0 ? say(noList) : table([header, ...rows]),
        ...unknown.map((url) => `${say({ en: 'not held', ru: 'не хранится' })}: ${safeText(url, 120)}`),
      ],
    };
  } finally {
    await sources.fetcher.close();
  }
}

/** What `revocation import` reports: exit code 0 where the list is held now, 1 where it is not. */
export async function importReport(
  { database, at }: Operation,
  file: string,
  { der, issuer }: Input,
  { url }: ImportOptions,
): Promise<Report> {
  const storage = new DatabaseStorage(database);
  const bar = new ProgressBar(safeText(file, 60));
  const imported = await importList(storage, {
    der,
    issuer,
    url,
    at,
    onProgress: (part) => bar.part(part),
  });
  bar.end();
  if (imported.outcome === 'refused') {
    const { problem, rule } = imported;
    return {
      exitCode: exitCode.refused,
      json: imported,
      lines: [
        `${say({ en: 'the list is not held', ru: 'Список не принят' })}: ${[problem, rule]
          .filter((part) => part !== undefined)
          .map((part) => nameOf(part, language()))
          .join(', ')}`,
      ],
    };
  }
  const { list } = imported;
  const facts = {
    url: imported.url,
    issuer: list.issuer.toString(),
    entries: list.entries.count,
    thisUpdate: new Date(list.thisUpdate).toISOString(),
    sha256: list.sha256,
  };
  return {
    exitCode: exitCode.passed,
    json: { outcome: imported.outcome, ...facts },
    lines: [
      `${say({ en: 'held for', ru: 'Принят для' })} ${safeText(facts.url, 200)}`,
      say({
        en: `${facts.entries} entries of ${safeText(facts.issuer, 200)}, issued ${facts.thisUpdate}`,
        ru: `Записей ${facts.entries}, издатель ${safeText(facts.issuer, 200)}, выпущен ${facts.thisUpdate}`,
      }),
    ],
  };
}

interface Input {
  readonly der: Uint8Array;
  readonly issuer: Certificate;
}

async function readImport(file: string, issuer: string): Promise<Input> {
  return {
    der: await readList(file),
    issuer: parseCertificate(certificateIn(await readInput(issuer), issuer)),
  };
}

async function readList(file: string): Promise<Uint8Array> {
  const [list, another] = listsIn(await readInput(file), file);
  if (list !== undefined && another === undefined) return list;
  throw unexpected('several-encodings', 'revocation-list', file);
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new SealgateError('file_unreadable', { file }, { cause });
  }
}
