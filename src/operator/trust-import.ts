import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Config, proxyOf } from '../config.ts';
import { safeText } from '../failure/value.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { fetchSettingsOf } from '../service/verifier.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say } from '../terminal/say.ts';
import { fetchList } from '../trust-list/fetch.ts';
import { readLocal } from '../trust-list/local-store.ts';
import { noPins, type Pins, readPins } from '../trust-list/pin.ts';
import { type ImportOutcome, importList } from '../trust-list/snapshot.ts';
import { listTrustOf } from '../trust-list/store.ts';
import type { Operation, Report } from './operate.ts';
import { ProgressBar } from './progress-bar.ts';
import { day, describeCounts, describeSigner, oddityCount } from './trust-text.ts';

/** The list from a file or an address, with its progress on standard error. Throws as `fetchList` does. */
export async function fetchDocument(source: string, config: Config): Promise<Uint8Array> {
  const bar = new ProgressBar(safeText(source, 60));
  try {
    const onProgress = (done: number, total: number | undefined) => bar.octets(done, total);
    return await fetchList(source, { proxy: proxyOf(config), onProgress });
  } finally {
    bar.end();
  }
}

/** What `trust import` reports. */
export async function importReport(
  { database, at, config }: Operation,
  source: string,
  document: Uint8Array,
): Promise<Report> {
  const trust = listTrustOf(await pinsOf(config.anchors), await readLocal(database, at));
  const fetching = { ...usualSources, fetch: fetchSettingsOf(config) };
  const sources = createSources(fetching, { storage: new DatabaseStorage(database) });
  try {
    const signerCheck = { sources, unknown: config.uncheckedListSigner };
    return importedReport(await importList(database, { document, source, trust, signerCheck }, at));
  } finally {
    await sources.lists.stored();
    await sources.fetcher.close();
  }
}

function importedReport({ kind, snapshot, signerStatus }: ImportOutcome): Report {
  const { version, date, changes, oddities } = snapshot;
  const lines =
    kind === 'unchanged'
      ? [
          say({
            en: `version ${version} of ${day(date)} is in force already`,
            ru: `Версия ${version} от ${day(date)} уже действует`,
          }),
        ]
      : [
          say({
            en: `version ${version} of ${day(date)} is in force`,
            ru: `Действует версия ${version} от ${day(date)}`,
          }),
          describeCounts(changes),
          ...(oddities.length === 0
            ? []
            : [`${oddityCount(oddities.length)}${say({ en: ', see', ru: ', см.' })} sealgate trust list`]),
        ];
  return {
    exitCode: exitCode.passed,
    json: { kind, ...snapshot, signerStatus },
    lines: [...lines, ...describeSigner(signerStatus)],
  };
}

/** The pins in the configured folder; a file there is certificates and pins nothing. Throws `configuration_invalid`. */
export async function pinsOf(path: string): Promise<Pins> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return noPins;
  return readPins(found.isDirectory() ? path : dirname(path));
}
