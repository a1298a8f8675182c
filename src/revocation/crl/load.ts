import { createHash } from 'node:crypto';
import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import type { EncodingQuirk } from '../../asn1/reader.ts';
import { inSlices, Share } from '../../budget/slices.ts';
import { CertificateList, indexOf, parseCertificateList, readListFields } from './list.ts';

/** From this size on, in octets, a list is read in slices; below it takes a millisecond or two. */
const largeList = 64 * 1024;
/** Octets that are hashed between two looks at the clock. */
const piece = 64 * 1024;

/**
 * As `parseCertificateList`, but a large list is read, hashed and, under each of `keys`, verified in slices of a few milliseconds, so that the event loop is never held up. `onProgress` is told which
 * part has been read, from 0 to 1. Throws an EncodingError.
 */
export async function loadCertificateList(
  der: Uint8Array,
  keys: readonly PublicKeyInfo[] = [],
  onProgress?: (part: number) => void,
): Promise<CertificateList> {
  if (der.length < largeList) return parseCertificateList(der);
  const quirks = new Set<EncodingQuirk>();
  const fields = readListFields(der, quirks);
  const share = new Share();
  const index = await inSlices(indexOf(fields), share, onProgress);
  const list = new CertificateList(fields, quirks, {
    index,
    sha256: await inSlices(fingerprint(der), share),
  });
  for (const key of keys) await inSlices(list.signed.verifySteps(key, piece), share);
  return list;
}

function* fingerprint(der: Uint8Array): Generator<undefined, string> {
  const sha256 = createHash('sha256');
  for (let at = 0; at < der.length; at += piece) {
    sha256.update(der.subarray(at, at + piece));
    yield;
  }
  return sha256.digest('hex');
}
