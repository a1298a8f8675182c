import type { ExaminedTimestamp } from '../examined.ts';
import type { Level, TimestampKind } from '../report.ts';
import { cadesOids } from './oids.ts';
import { type MessageParts, type SignerParts, valuesOfType } from './parts.ts';

/**
 * The level of a signature that binds its certificate: what is there and intact. Whether its time-stamps are to be
 * relied on is another matter.
 */
export function levelOf(
  message: MessageParts,
  { unsigned }: SignerParts,
  timestamps: readonly ExaminedTimestamp[],
): Level {
  const has = (oid: string) => valuesOfType(unsigned, oid).length > 0;
  const isStamped = (...kinds: readonly TimestampKind[]) =>
    timestamps.some(({ kind, failure }) => kinds.includes(kind) && failure === undefined);
  if (!isStamped('signature')) return 'B';
  const hasReferences = has(cadesOids.certificateReferences) && has(cadesOids.revocationReferences);
  const hasValues = has(cadesOids.certificateValues) && has(cadesOids.revocationValues);
  const isExtended = hasReferences || hasValues;
  const isLongTerm = hasValues || message.revocations.length > 0;
  if (isStamped('archive') && isLongTerm) return isExtended ? 'A' : 'LTA';
  if (!isExtended) return isLongTerm ? 'LT' : 'T';
  if (hasValues) return hasReferences ? 'XL' : 'LT';
  return isStamped('signature-and-references', 'references') ? 'X' : 'C';
}
