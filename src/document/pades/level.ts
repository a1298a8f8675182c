import type { ExaminedSignature, ExaminedTimestamp } from '../examined.ts';
import type { PdfFile } from '../pdf/file.ts';
import type { Level } from '../report.ts';
import { materialOfStore } from './dss.ts';

/** The level of a signature in the `at`-th revision (EN 319 142-1, section 6): what is there and intact. */
export function levelOf(
  { timestamps, value }: ExaminedSignature,
  at: number,
  { revisions }: PdfFile,
  documentTimestamps: readonly ExaminedTimestamp[],
): Level {
  const over = documentTimestamps.filter(
    ({ failure, covers }) => failure === undefined && covers.includes(value),
  );
  const isStamped = timestamps.some(({ kind, failure }) => kind === 'signature' && failure === undefined);
  if (!isStamped && over.length === 0) return 'B';
  const stores = revisions.slice(at).map(materialOfStore);
  const firstStore = stores.findIndex(({ lists, answers }) => lists.length + answers.length > 0);
  if (firstStore < 0) return 'T';
  const isArchived = over.some(({ covers }) =>
    stores[firstStore]!.answers.concat(stores[firstStore]!.lists).some((each) => covers.includes(each)),
  );
  return isArchived ? 'LTA' : 'LT';
}
