import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { attributeOids } from '../certificate/attribute-oids.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import type { Config } from '../config.ts';
import { certificateIn } from '../encoding/certificates.ts';
import { isFailure, SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { defined } from '../optional.ts';
import { isSelfSigned } from '../path/self-signed.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say, type Worded } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { compareLists } from '../trust-list/change.ts';
import { type LocalRole, localRoles, type Purpose, purposes } from '../trust-list/local.ts';
import { addLocal, readLocal, removeLocal } from '../trust-list/local-store.ts';
import { openSignedList, type SignedList } from '../trust-list/signed-list.ts';
import { readDocument, readSnapshots } from '../trust-list/snapshot.ts';
import { listTrustOf } from '../trust-list/store.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { fetchDocument, importReport, pinsOf } from './trust-import.ts';
import { changeWords, day, describeAuthority, describeCounts, factsOf, oddityCount } from './trust-text.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** How `trust add` is asked. */
export interface AddOptions extends JsonOption {
  readonly as?: LocalRole[];
  readonly purpose: Purpose[];
  readonly from?: number;
  readonly until?: number;
  readonly note?: string;
  readonly unpinned?: boolean;
}

/** Adds `sealgate trust import`, `add`, `remove`, `list`, `show` and `diff`. */
export function trustCommands(program: Command): void {
  const trust = program
    .command('trust')
    .description('accredited authorities, and certificates of your own trust');
  const json = ['--json', 'print JSON'] as const;
  trust
    .command('import <file|url>')
    .description('import the signed list of accredited authorities')
    .option(...json)
    .action((source: string, options: JsonOption) =>
      operate(
        options.json === true,
        (operation, document) => importReport(operation, source, document),
        'create',
        (config: Config) => fetchDocument(source, config),
      ),
    );
  trust
    .command('add <file>')
    .description('trust a certificate: a root of paths, an authority, a signer of lists')
    .addOption(
      new Option(
        '--as <role...>',
        'as what (default: anchor if its signature holds under its own key, authority otherwise)',
      ).choices([...localRoles]),
    )
    .addOption(
      new Option('--purpose <purpose...>', 'what an authority’s certificates are accepted for')
        .choices([...purposes])
        .default([...purposes]),
    )
    .option(
      '--from <time>',
      'since when an authority counts (default: its certificate’s beginning)',
      parseTime,
    )
    .option('--until <time>', 'until when it counts (default: its certificate’s end)', parseTime)
    .option('--note <text>', 'why; kept in the audit')
    .option('--unpinned', 'the fingerprint was compared by another way, though no pin names it')
    .option(...json)
    .action((file: string, options: AddOptions) =>
      operate(
        options.json === true,
        (operation, certificate) => addReport(operation, certificate, options),
        'create',
        () => readCertificate(file),
      ),
    );
  trust
    .command('remove <sha256>')
    .description('end the trust in a certificate of your own')
    .addOption(new Option('--as <role>', 'in this role only').choices([...localRoles]))
    .option(...json)
    .action((sha256: string, options: JsonOption & { as?: LocalRole }) =>
      operate(options.json === true, (operation) =>
        removeReport(operation, sha256.toLowerCase(), options.as),
      ),
    );
  trust
    .command('list')
    .description('the lists that were imported, and certificates of your own')
    .option(...json)
    .action((options: JsonOption) => operate(options.json === true, listReport));
  trust
    .command('show <ogrn|inn|text>')
    .description('an authority of the list in force: standing, history, keys')
    .option('--list-version <number>', 'in this version of the list', parseWhole)
    .option(...json)
    .action((query: string, options: JsonOption & { listVersion?: number }) =>
      operate(options.json === true, (operation) => showReport(operation, query, options.listVersion)),
    );
  trust
    .command('diff [from] [to]')
    .description('what changed between two versions (default: the last two)')
    .option(...json)
    .action((from: string | undefined, to: string | undefined, options: JsonOption) =>
      operate(options.json === true, (operation) => diffReport(operation, from, to)),
    );
}

/** What a certificate calls its subject. */
function nameIn({ subject }: Certificate): string {
  return subject.text(attributeOids.commonName) ?? subject.toString();
}

/** What `trust add` reports. */
export async function addReport(
  { database, at, config }: Operation,
  certificate: Certificate,
  options: AddOptions,
): Promise<Report> {
  const pins = await pinsOf(config.anchors);
  const roles = options.as ?? [isSelfSigned(certificate) ? 'anchor' : 'authority'];
  for (const role of roles) {
    await addLocal(
      database,
      pins,
      {
        certificate,
        role,
        purposes: new Set(role === 'authority' ? options.purpose : []),
        isConfirmed: options.unpinned === true,
        ...defined({ validFrom: options.from, validUntil: options.until, note: options.note }),
      },
      at,
    );
  }
  const { sha256, subject } = certificate;
  return {
    exitCode: exitCode.passed,
    json: { sha256, subject: subject.toString(), roles },
    lines: [
      safeText(subject.toString()),
      `SHA-256 ${sha256}`,
      say({
        en: `is trusted as ${roles.join(' and ')}`,
        ru: `Принят как ${roles.map((role) => roleWords[role].ru).join(' и ')}`,
      }),
    ],
  };
}

/** What `trust remove` reports. */
export async function removeReport(
  { database, at }: Operation,
  sha256: string,
  role?: LocalRole,
): Promise<Report> {
  const removed = await removeLocal(database, sha256, role, at);
  return {
    exitCode: removed === 0 ? exitCode.refused : exitCode.passed,
    json: { sha256, removed },
    lines: [
      removed === 0
        ? say({
            en: `no certificate of your own has the fingerprint ${sha256}`,
            ru: `Среди ваших сертификатов нет такого: ${sha256}`,
          })
        : say({ en: 'is trusted no longer', ru: 'Больше не доверенный' }),
    ],
  };
}

const roleWords: Readonly<Record<LocalRole, Worded>> = {
  anchor: { en: 'anchor', ru: 'корень' },
  authority: { en: 'authority', ru: 'удостоверяющий центр' },
  'list-signer': { en: 'list-signer', ru: 'подписывающий перечень' },
};

const listHeader: Worded<readonly string[]> = {
  en: ['VERSION', 'DATE', 'IMPORTED', 'CHANGES', '', 'FROM'],
  ru: ['ВЕРСИЯ', 'ДАТА', 'ЗАГРУЖЕН', 'ИЗМЕНЕНИЯ', '', 'ОТКУДА'],
};

const ownHeader: Worded<readonly string[]> = {
  en: ['AS', 'NAME', 'TERM', 'FOR', 'NOTE', 'SHA-256'],
  ru: ['КАК', 'ИМЯ', 'СРОК', 'ДЛЯ ЧЕГО', 'ЗАМЕТКА', 'SHA-256'],
};

/** What `trust list` reports. */
export async function listReport({ database, at }: Operation): Promise<Report> {
  const [snapshots, local] = [await readSnapshots(database), await readLocal(database, at)];
  const lists = snapshots.map(({ version, date, importedAt, source, changes, oddities }) => [
    String(version),
    day(date),
    moment(importedAt),
    describeCounts(changes),
    oddities.length === 0 ? '' : oddityCount(oddities.length),
    safeText(source, 80),
  ]);
  const own = local.map(({ certificate, role, purposes: allowed, validFrom, validUntil, note }) => [
    say(roleWords[role]),
    safeText(nameIn(certificate), 120),
    role === 'authority' ? `${day(validFrom)} – ${day(validUntil)}` : '',
    [...allowed].join(' '),
    safeText(note, 80),
    certificate.sha256,
  ]);
  const oddities = snapshots[0]?.oddities.map((oddity) => `  ${oddity}`) ?? [];
  return {
    exitCode: exitCode.passed,
    json: {
      lists: snapshots,
      own: local.map(({ certificate, purposes: allowed, ...rest }) => ({
        ...rest,
        purposes: [...allowed],
        sha256: certificate.sha256,
        subject: certificate.subject.toString(),
      })),
    },
    lines: [
      lists.length === 0
        ? say({ en: 'no list was imported', ru: 'Перечень не загружался' })
        : table([say(listHeader), ...lists], [0]),
      ...(oddities.length === 0
        ? []
        : [
            say({ en: 'oddities of the list in force:', ru: 'Странности действующего перечня:' }),
            ...oddities,
          ]),
      own.length === 0
        ? say({ en: 'no certificates of your own', ru: 'Собственных доверенных сертификатов нет' })
        : table([say(ownHeader), ...own]),
    ],
  };
}

/** What `trust show` reports. */
export async function showReport(operation: Operation, query: string, version?: number): Promise<Report> {
  const { list } = await openKept(operation, version ?? (await newestVersion(operation)));
  const wanted = query.toLowerCase();
  const found = list.authorities.filter(
    ({ ogrn, inn, name }) => ogrn === query || inn === query || name.toLowerCase().includes(wanted),
  );
  return {
    exitCode: found.length === 0 ? exitCode.refused : exitCode.passed,
    json: found.map((authority) => factsOf(authority, operation.at)),
    lines:
      found.length === 0
        ? [say({ en: 'no authority fits', ru: 'Такого удостоверяющего центра нет' })]
        : found.flatMap((authority) => describeAuthority(authority, operation.at)),
  };
}

/** What `trust diff` reports. */
export async function diffReport(operation: Operation, from?: string, to?: string): Promise<Report> {
  const versions = (await readSnapshots(operation.database)).map(({ version }) => version);
  const newer = to === undefined ? versions[0] : parseWhole(to);
  const older = from === undefined ? versions[1] : parseWhole(from);
  if (newer === undefined || older === undefined) {
    return {
      exitCode: exitCode.refused,
      json: null,
      lines: [
        say({
          en: 'two lists have to be imported to compare them',
          ru: 'Чтобы сравнивать, нужны два загруженных перечня',
        }),
      ],
    };
  }
  const changes = compareLists(
    (await openKept(operation, older)).list,
    (await openKept(operation, newer)).list,
  );
  const rows = changes.authorities.map(({ kind, ogrn, name, keysAdded, keysRemoved }) => [
    say(changeWords[kind] ?? { en: kind, ru: kind }),
    ogrn,
    say({ en: `+${keysAdded} -${keysRemoved} keys`, ru: `ключи +${keysAdded} −${keysRemoved}` }),
    safeText(name, 120),
  ]);
  return {
    exitCode: exitCode.passed,
    json: changes,
    lines: [
      `${older} → ${newer}: ${describeCounts(changes)}`,
      ...(rows.length === 0 ? [] : [table(rows, [1])]),
    ],
  };
}

async function newestVersion({ database }: Operation): Promise<number> {
  return (await readSnapshots(database))[0]?.version ?? 0;
}

/** A list that was imported, opened as of its import. */
async function openKept({ database, config }: Operation, version: number): Promise<SignedList> {
  const document = await readDocument(database, version);
  const snapshot = (await readSnapshots(database)).find((entry) => entry.version === version);
  if (document === undefined || snapshot === undefined) {
    throw new SealgateError('argument_invalid', {
      argument: String(version),
      problem: 'version-unknown',
    });
  }
  const { importedAt } = snapshot;
  const trust = listTrustOf(await pinsOf(config.anchors), await readLocal(database, importedAt));
  return openSignedList(document, trust, importedAt);
}

/** A certificate from a file, PEM or DER. Throws `file_unreadable` and the failures of parsing. */
export async function readCertificate(file: string): Promise<Certificate> {
  try {
    return parseCertificate(certificateIn(await readFile(file), file));
  } catch (error) {
    if (isFailure(error)) throw error;
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
}

function parseTime(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw invalidValue({ en: 'must be a date such as 2026-09-01', ru: 'нужна дата вида 2026-09-01' });
  return at;
}

function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw invalidValue({ en: 'must be the number of a version', ru: 'нужен номер версии' });
  return Number(text);
}
