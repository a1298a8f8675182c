import { type RevocationReason, reasonOf } from '../reason.ts';
import { areUsual, type EntryExtensions, readEntryExtensions } from './entry-extension.ts';
import type { Position } from './entry-index.ts';
import { timeAt } from './entry-time.ts';

/** One revoked certificate in a list (RFC 5280, section 5.1.2.6). */
export interface RevokedEntry {
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  /** `unspecified` where the entry gives none. */
  readonly reason: RevocationReason;
  /** Since when the key may have been lost; ms since the epoch. */
  readonly invalidSince: number | undefined;
}

/** Reads the entry at `position`, which the index has found well formed. */
export function readEntry(octets: Uint8Array, { serialEnd, end }: Position): RevokedEntry {
  const revokedAt = timeAt(octets, serialEnd);
  const start = serialEnd + 2 + octets[serialEnd + 1]!;
  const { reason, invalidSince } = extensionsAt(octets, start, end);
  return { revokedAt, reason: reason ?? 'unspecified', invalidSince };
}

type ReadExtensions = Pick<EntryExtensions, 'reason' | 'invalidSince'>;

const nothing: ReadExtensions = { reason: undefined, invalidSince: undefined };
/** Octets of a reasonCode as `areUsual` knows it, and where in it the value stands. */
const reasonLength = 12;
/** Where the time stands in an invalidityDate as `areUsual` knows it. */
const dateOffset = 9;

function extensionsAt(octets: Uint8Array, start: number, end: number): ReadExtensions {
  if (start === end) return nothing;
  if (!areUsual(octets, start, end)) return readEntryExtensions(octets.subarray(start, end));
  const first = start + 2;
  const hasReason = octets[first + 1] === reasonLength - 2;
  const date = hasReason ? first + reasonLength : first;
  return {
    reason: hasReason ? reasonOf(octets[date - 1]!) : undefined,
    invalidSince: date < end ? timeAt(octets, date + dateOffset) : undefined,
  };
}
