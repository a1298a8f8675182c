import { readFileSync, statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { JWK } from 'jose';
import { z } from 'zod';
import { openTokenKey } from '../assertion/token-key.ts';
import { readEnvironment, toConfig } from '../config.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { largestArchive } from '../evidence/archive.ts';
import { openBundle } from '../evidence/bundle.ts';
import { exportEvidence } from '../evidence/export.ts';
import { checkOrigin, isVouchedFor, type Origin, type OriginSources } from '../evidence/origin.ts';
import { replay } from '../evidence/replay.ts';
import { safeText, showDate } from '../failure/value.ts';
import { writeNew } from '../file/write-new.ts';
import { loginVerifier } from '../login/verify.ts';
import { sectionTitle } from '../report/section-wording.ts';
import { openKeys } from '../service/keys.ts';
import { isDatabaseMissing, openState } from '../service/state.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say, type Worded } from '../terminal/say.ts';
import { storyWords } from './audit-words.ts';
import { type Operation, operate, print, type Report, tell } from './operate.ts';

/** Adds `sealgate audit export` and `sealgate audit replay` to the audit's commands. */
export function evidenceCommands(audit: Command): void {
  audit
    .command('export')
    .description('write the evidence of a sign-in to a ZIP file, sealed with the key that signs assertions')
    .argument('<id>', 'number of the record (audit list), session id or trace id')
    .requiredOption('--out <file>', 'file to write; it must not exist yet')
    .option(
      '--unsealed',
      'without a seal, where the key is out of reach: nobody can tell later where it comes from',
    )
    .option('--json', 'print JSON')
    .action((id: string, { json, ...options }: ExportOptions & JsonOption) =>
      operate(json === true, (operation) => exportReport(operation, id, options), 'read'),
    );
  audit
    .command('replay')
    .description(
      'check the evidence of a sign-in again, offline and at its own time, and compare the verdicts',
    )
    .argument('<file>', 'ZIP file that audit export wrote')
    .addOption(
      new Option(
        '--keys <file>',
        'public keys (JWKS) of the service that exported it, instead of its database',
      ).conflicts('unsealed'),
    )
    .option('--unsealed', 'compare the verdicts alone, whoever made the file')
    .option('--json', 'print JSON')
    .addHelpText('after', () => say(replayHelp))
    .action((file: string, { json, ...options }: ReplayOptions & JsonOption) =>
      replayFile(file, options, json === true),
    );
}

const replayHelp: Worded = {
  en: `
Where the database of the service is at hand, the seal is checked by its keys and the record by its audit; elsewhere
give the JWKS of the service from the time of the export (GET /.well-known/jwks.json) as --keys.

Exit code: 0 sealed by the service, and the same verdict; 1 another verdict, changed evidence, or not of this service;
2 no usable evidence, or nothing shows where it comes from; 64 wrong options or a file that cannot be read.`,
  ru: `
Где есть база сервиса, заверение проверяется её ключами, а запись — её журналом; в других местах укажите в --keys
JWKS сервиса на время выгрузки (GET /.well-known/jwks.json).

Код завершения: 0 — заверено сервисом, решение то же; 1 — решение другое, материалы изменены или не этого сервиса;
2 — материалы непригодны или ничто не показывает, откуда они; 64 — неверные ключи команды или файл не прочитать.`,
};

interface JsonOption {
  readonly json?: boolean;
}

interface ExportOptions {
  readonly out: string;
  readonly unsealed?: boolean;
}

interface ReplayOptions {
  readonly keys?: string;
  readonly unsealed?: boolean;
}

/**
 * Writes a bundle. It names persons, so that nobody but the operator may read it. Throws as `exportEvidence` does,
 * and `assertion_key_unavailable`.
 */
export async function exportReport(
  operation: Operation,
  id: string,
  { out, unsealed = false }: ExportOptions,
): Promise<Report> {
  const octets = unsealed ? await exportEvidence(operation.database, id) : await exportSealed(operation, id);
  await writeNew(out, octets, 0o600);
  return {
    exitCode: exitCode.passed,
    json: { file: out, octets: octets.length, sealed: !unsealed },
    lines: [
      unsealed
        ? say({
            en: `${out}: ${octets.length} octets, not sealed`,
            ru: `${out}: ${octets.length} байт, не заверено`,
          })
        : say({
            en: `${out}: ${octets.length} octets, sealed`,
            ru: `${out}: ${octets.length} байт, заверено`,
          }),
    ],
  };
}

async function exportSealed(operation: Operation, id: string): Promise<Uint8Array> {
  const { database, config, at } = operation;
  const keys = openKeys(operation, config, (uri) => openTokenKey(uri));
  try {
    return await exportEvidence(database, id, await keys.signer(at));
  } finally {
    await keys.close();
  }
}

async function replayFile(file: string, options: ReplayOptions, json: boolean): Promise<void> {
  try {
    const report = await withSources(options, (sources) => replayReport(readBundle(file), sources));
    print(report, json);
  } catch (error) {
    tell(error, json);
  }
}

/** What the origin is checked by: given keys; else this service's own database, if it has one; else nothing. */
async function withSources<T>(
  { keys, unsealed = false }: ReplayOptions,
  act: (sources: OriginSources | 'unsealed') => Promise<T>,
): Promise<T> {
  if (unsealed) return act('unsealed');
  if (keys !== undefined) return act({ keys: readKeys(keys) });
  const config = toConfig(readEnvironment());
  if (isDatabaseMissing(config)) return act({ keys: [] });
  const state = await openState(config, Date.now(), 'read');
  const { database } = state;
  try {
    const listed = await openKeys(state, config).list();
    return await act({ keys: listed.map(({ jwk }) => jwk), database });
  } finally {
    await database.close();
  }
}

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

function readKeys(file: string): readonly JWK[] {
  const text = readable(file, () => readFileSync(file, 'utf8'));
  try {
    return keySet.parse(JSON.parse(text)).keys;
  } catch (error) {
    throw new SealgateError(
      'argument_invalid',
      { argument: file, problem: 'key-set-form' },
      { cause: error },
    );
  }
}

function readBundle(file: string): Uint8Array {
  return readable(file, () => {
    if (statSync(file).size <= largestArchive) return readFileSync(file);
    throw new SealgateError('evidence_malformed', { problem: 'larger than any evidence' });
  });
}

function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
}

/**
 * What `audit replay` reports of a bundle; `unsealed` compares the verdicts alone, whoever made it. Throws
 * `evidence_changed`, `evidence_malformed`, `evidence_foreign`.
 */
export async function replayReport(octets: Uint8Array, sources: OriginSources | 'unsealed'): Promise<Report> {
  const bundle = openBundle(octets);
  const origin = sources === 'unsealed' ? undefined : await checkOrigin(bundle, sources);
  const { at, recorded, verdict, differences } = await replay(bundle, loginVerifier);
  const { sequence, hash } = bundle.manifest.audit;
  const isSame = differences.length === 0;
  const { indication, subIndication, code } = verdict;
  const spoken = language();
  const time = showDate(new Date(at), spoken) ?? String(at);
  const isOpen = origin !== undefined && !isVouchedFor(origin);
  const { passed, refused, undecided } = exitCode;
  return {
    exitCode: isSame ? (isOpen ? undecided : passed) : refused,
    json: {
      same: isSame,
      at: new Date(at).toISOString(),
      origin: origin ?? 'not checked',
      audit: { sequence, hash },
      recorded: { indication: recorded.indication, code: recorded.code },
      verdict,
      differences,
    },
    lines: [
      [indication, subIndication, code].filter((part) => part !== undefined).join(', '),
      say({
        en: `${time}, record ${sequence} of the audit, ${hash}`,
        ru: `${time}, запись ${sequence} журнала, ${hash}`,
      }),
      ...verdict.sections.map(
        ({ section, outcome, [spoken]: { cause } }) =>
          `${storyWords[spoken].outcomes[outcome]}: ${sectionTitle(section, spoken)}: ${cause}`,
      ),
      ...originLines(origin),
      ...(isSame
        ? [say({ en: 'The verdict is the same as then.', ru: 'Решение то же, что и тогда.' })]
        : [
            say({ en: 'The verdict is not the same as then:', ru: 'Решение не такое, как тогда:' }),
            ...differences,
          ]),
    ],
  };
}

function originLines(origin: Origin | undefined): readonly string[] {
  if (origin === undefined)
    return [
      say({
        en: 'Where the file comes from was not checked.',
        ru: 'Откуда этот файл, не проверялось.',
      }),
    ];
  const { seal, audit } = origin;
  const record = say(
    audit === 'same'
      ? { en: 'the same in the audit of this service', ru: 'та же, что в журнале этого сервиса' }
      : { en: 'not compared with the audit', ru: 'с журналом не сверена' },
  );
  if (seal.state === 'valid')
    return [
      say({
        en: `Sealed by the service, key ${safeText(seal.kid)}; its record is ${record}.`,
        ru: `Заверено сервисом, ключ ${safeText(seal.kid)}; запись ${record}.`,
      }),
    ];
  const found =
    seal.state === 'absent'
      ? say({ en: 'Not sealed', ru: 'Не заверено' })
      : say({
          en: `Sealed with ${safeText(seal.kid)}, which is no key at hand`,
          ru: `Заверено ключом ${safeText(seal.kid)}, которого здесь нет`,
        });
  const doubt =
    audit === 'same'
      ? say({
          en: 'The evidence is that of the audit; nothing vouches for the reports beside it.',
          ru: 'Материалы те же, что в журнале; за отчёты рядом с ними не ручается ничто.',
        })
      : say({
          en: 'Nothing shows that it is as a service exported it: give --keys, or --unsealed to do without.',
          ru: 'Ничто не показывает, что сервис выгрузил именно это: укажите --keys или, чтобы обойтись без этого, --unsealed.',
        });
  return [`${found}; ${say({ en: 'its record is', ru: 'запись' })} ${record}.`, doubt];
}
