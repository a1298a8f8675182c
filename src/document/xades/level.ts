import type { ExaminedTimestamp } from '../examined.ts';
import type { Level, TimestampKind } from '../report.ts';
import type { Properties } from './properties.ts';

/** The level of an XAdES signature: what is there and intact (EN 319 132-1, section 6; 132-2). */
export function levelOf({ unsigned }: Properties, timestamps: readonly ExaminedTimestamp[]): Level {
  const has = (...names: readonly string[]) => unsigned.some(({ element }) => names.includes(element.local));
  const isStamped = (...kinds: readonly TimestampKind[]) =>
    timestamps.some(({ kind, failure }) => kinds.includes(kind) && failure === undefined);
  if (!isStamped('signature')) return 'B';
  const hasReferences =
    has('CompleteCertificateRefs', 'CompleteCertificateRefsV2') && has('CompleteRevocationRefs');
  const hasValues = has('RevocationValues', 'TimeStampValidationData');
  if (isStamped('archive') && hasValues) return hasReferences ? 'A' : 'LTA';
  if (hasValues) return hasReferences ? 'XL' : 'LT';
  if (!hasReferences) return 'T';
  return isStamped('signature-and-references', 'references') ? 'X' : 'C';
}
