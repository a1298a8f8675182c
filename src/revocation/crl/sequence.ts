import { authorityKeyIdentifier } from '../../certificate/key-identifier.ts';
import { issuingDistributionPoint } from './extension.ts';
import type { CertificateList } from './list.ts';

/** What tells one sequence of lists from another: issuer, scope, key, full or delta (RFC 5280, section 5.2.3). */
export function sequenceOf(list: CertificateList): string {
  const extension = (oid: string) =>
    Buffer.from(list.fields.extensions.get(oid)?.value ?? []).toString('base64');
  return [
    Buffer.from(list.issuer.der).toString('base64'),
    extension(issuingDistributionPoint.oid),
    extension(authorityKeyIdentifier.oid),
    list.isDelta,
  ].join('|');
}

/** Whether two lists are of one sequence and both numbered, `later` with the higher number. */
export function isLaterIssue(later: CertificateList, earlier: CertificateList): boolean {
  const isNumbered = later.number !== undefined && earlier.number !== undefined;
  return isNumbered && later.number > earlier.number && sequenceOf(later) === sequenceOf(earlier);
}
