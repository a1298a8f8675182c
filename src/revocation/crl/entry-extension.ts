import { EncodingError } from '../../asn1/error.ts';
import { Reader } from '../../asn1/reader.ts';
import { tag } from '../../asn1/tag.ts';
import { type Extensions, type ExtensionType, readExtensions } from '../../certificate/extension.ts';
import { certificateIssuer } from '../../certificate/general-name.ts';
import type { Name } from '../../certificate/name.ts';
import type { RevocationReason } from '../reason.ts';
import { skipTime } from './entry-time.ts';
import { invalidityDate, reasonCode } from './extension.ts';

const known: ReadonlySet<string> = new Set([reasonCode.oid, invalidityDate.oid, certificateIssuer.oid]);

/** What the extensions of one entry say. */
export interface EntryExtensions {
  readonly reason: RevocationReason | undefined;
  /** Milliseconds since the epoch. */
  readonly invalidSince: number | undefined;
  /** The authority that this entry and those behind it belong to (RFC 5280, section 5.3.3). */
  readonly issuer: Name | undefined;
  /** A critical extension that is not known here (RFC 5280, section 5.3). */
  readonly unknownCritical: string | undefined;
}

/** Reads and checks all extensions of an entry. Throws an EncodingError. */
export function readEntryExtensions(octets: Uint8Array): EntryExtensions {
  const reader = Reader.der(octets);
  const extensions = readExtensions(reader);
  reader.finish();
  let unknownCritical: string | undefined;
  for (const { oid, isCritical } of extensions.values()) {
    if (isCritical && !known.has(oid)) unknownCritical ??= oid;
  }
  return {
    reason: decode(extensions, reasonCode),
    invalidSince: decode(extensions, invalidityDate),
    issuer: issuerIn(extensions),
    unknownCritical,
  };
}

function decode<T>(extensions: Extensions, type: ExtensionType<T>): T | undefined {
  const extension = extensions.get(type.oid);
  return extension === undefined ? undefined : type.decode(extension.value);
}

function issuerIn(extensions: Extensions): Name | undefined {
  const names = decode(extensions, certificateIssuer);
  if (names === undefined) return undefined;
  const [first, ...others] = names.filter((name) => name.kind === 'directory');
  if (first === undefined || others.length > 0) throw new EncodingError('entry does not name one issuer', 0);
  if (first.value.relativeNames.length === 0) throw new EncodingError('entry names an empty issuer', 0);
  return first.value;
}

// 30 0a 06 03 55 1d 15 04 03 0a 01: a reasonCode that is not critical, up to its value.
const plainReason = Uint8Array.of(0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01);
// 30 18 06 03 55 1d 18 04 11: an invalidityDate that is not critical, up to the GeneralizedTime.
const plainInvalidity = Uint8Array.of(0x30, 0x18, 0x06, 0x03, 0x55, 0x1d, 0x18, 0x04, 0x11);

/**
 * Whether the extensions at `start` to `end` are a reasonCode, an invalidityDate or both in this order, well formed
 * and not critical, which is how nearly all entries look; for the others there is `readEntryExtensions`.
 */
export function areUsual(octets: Uint8Array, start: number, end: number): boolean {
  if (octets[start] !== tag.sequence || octets[start + 1] !== end - start - 2 || end - start > 0x7f)
    return false;
  let at = start + 2;
  if (beginsWith(octets, at, end, plainReason)) {
    const value = octets[at + plainReason.length]!;
    if (value > 10 || value === 7) return false;
    at += plainReason.length + 1;
  }
  if (at < end && beginsWith(octets, at, end, plainInvalidity)) {
    const time = at + plainInvalidity.length;
    if (octets[time] !== tag.generalizedTime) return false;
    at = skipTime(octets, time, end);
  }
  return at === end && at > start + 2;
}

function beginsWith(octets: Uint8Array, at: number, end: number, pattern: Uint8Array): boolean {
  if (at + pattern.length >= end) return false;
  for (let index = 0; index < pattern.length; index++) {
    if (octets[at + index] !== pattern[index]) return false;
  }
  return true;
}
