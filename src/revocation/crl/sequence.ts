import { hash } from 'node:crypto';
import { issuingDistributionPoint } from './extension.ts';
import type { CertificateList } from './list.ts';

const sequences = new WeakMap<CertificateList, string>();

/**
 * What tells one sequence of lists of a key from another: issuer, scope, full or delta (RFC 5280, section 5.2.3).
 * Lists of different keys are never of one sequence, which whoever compares them has to look at.
 */
export function sequenceOf(list: CertificateList): string {
  let sequence = sequences.get(list);
  if (sequence === undefined) {
    const scope = list.fields.extensions.get(issuingDistributionPoint.oid)?.value ?? new Uint8Array();
    const parts = [list.issuer.der, scope].map((octets) => Buffer.from(octets).toString('base64'));
    sequence = hash('sha256', [...parts, list.isDelta].join('|'), 'base64');
    sequences.set(list, sequence);
  }
  return sequence;
}

/** Whether two lists of one key are of one sequence and both numbered, `later` with the higher number. */
export function isLaterIssue(later: CertificateList, earlier: CertificateList): boolean {
  const isNumbered = later.number !== undefined && earlier.number !== undefined;
  return isNumbered && later.number > earlier.number && sequenceOf(later) === sequenceOf(earlier);
}
