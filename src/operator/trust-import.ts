import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Config, proxyOf } from '../config.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { fetchSettingsOf } from '../service/verifier.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { fetchList, type Progress } from '../trust-list/fetch.ts';
import { readLocal } from '../trust-list/local-store.ts';
import { noPins, type Pins, readPins } from '../trust-list/pin.ts';
import { type ImportOutcome, importList } from '../trust-list/snapshot.ts';
import { listTrustOf } from '../trust-list/store.ts';
import type { Operation, Report } from './operate.ts';
import { day, describeCounts, describeSigner } from './trust-text.ts';

/** The list from a file or an address, with its progress on standard error. Throws as `fetchList` does. */
export function fetchDocument(source: string, config: Config): Promise<Uint8Array> {
  return fetchList(source, { proxy: proxyOf(config), onProgress: progressOn(process.stderr) });
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
      ? [`version ${version} of ${day(date)} is in force already`]
      : [
          `version ${version} of ${day(date)} is in force`,
          describeCounts(changes),
          ...(oddities.length === 0 ? [] : [`${oddities.length} oddities, see sealgate trust list`]),
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

/** A bar that grows as the list comes; nothing where nobody watches. */
function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return () => {};
  return (received, total) => {
    const shown = (received / 2 ** 20).toFixed(1);
    const share =
      total === undefined ? '' : ` ${'█'.repeat(Math.floor((20 * received) / total)).padEnd(20, '░')}`;
    stream.write(`\r\u001b[K${shown} MiB${share}${received === total ? '\n' : ''}`);
  };
}
