import type { DocumentReport, SignatureReport, TimestampReport } from '../document/report.ts';
import { SealgateError } from '../error.ts';

/**
 * Until when the newest archive time-stamps of a document have to be renewed, in ms since the epoch: when the first of
 * their certificates ends. Throws `level_not_reached` where a signature has none that passes.
 */
export function renewalTime({ signatures, timestamps, failure }: DocumentReport): number {
  const ends = signatures.map((each) => endOf(each, timestamps));
  const known = ends.filter((end) => end !== undefined);
  if (ends.length > 0 && known.length === ends.length) return Math.min(...known);
  throw new SealgateError('level_not_reached', { level: 'LTA', reason: failure?.code });
}

function endOf(signature: SignatureReport, ofDocument: readonly TimestampReport[]): number | undefined {
  const stamps = [...signature.timestamps, ...ofDocument].filter(
    ({ kind, indication }) => (kind === 'archive' || kind === 'document') && indication === 'TOTAL-PASSED',
  );
  const newest = stamps.reduce<TimestampReport | undefined>(
    (latest, each) => (latest === undefined || (each.time ?? '') > (latest.time ?? '') ? each : latest),
    undefined,
  );
  return newest?.certificate === undefined ? undefined : Date.parse(newest.certificate.notAfter);
}
