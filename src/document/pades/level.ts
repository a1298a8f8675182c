import { compareOctets } from '../../asn1/writer.ts';
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
  const over = documentTimestamps.filter((each) => each.failure === undefined && isCovered(value, each));
  const isStamped = timestamps.some(({ kind, failure }) => kind === 'signature' && failure === undefined);
  if (!isStamped && over.length === 0) return 'B';
  const stores = revisions.slice(at).map(materialOfStore);
  const first = stores.find(({ lists, answers }) => lists.length + answers.length > 0);
  if (first === undefined) return 'T';
  const evidence = [...first.answers, ...first.lists];
  return over.some((stamp) => evidence.some((each) => isCovered(each, stamp))) ? 'LTA' : 'LT';
}

function isCovered(octets: Uint8Array, { covers }: ExaminedTimestamp): boolean {
  return covers.some((each) => compareOctets(each, octets) === 0);
}
