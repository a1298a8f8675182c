import { Reader } from '../../asn1/reader.ts';
import { tag } from '../../asn1/tag.ts';
import { compareOctets, encode } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { basicConstraints } from '../../certificate/constraints.ts';
import type { DistributionPoint, DistributionPointName } from '../../certificate/distribution-point.ts';
import type { Place } from '../../certificate/general-name.ts';
import { Name } from '../../certificate/name.ts';
import { isSameName } from '../../certificate/same-name.ts';
import type { CertificateList } from './list.ts';
import { allReasons, maskOf, type ReasonMask } from './reason-mask.ts';

/** A distribution point of a certificate, or the one that RFC 5280, section 6.3.3, assumes for its issuer. */
export type Point = Pick<DistributionPoint, 'name' | 'reasons' | 'crlIssuer'>;

/** The point for lists that no distribution point names: those of the certificate's own issuer. */
export function pointOfIssuer(certificate: Certificate): Point {
  const name: DistributionPointName = {
    kind: 'full',
    names: [{ kind: 'directory', value: certificate.issuer }],
  };
  return { name, reasons: undefined, crlIssuer: undefined };
}

/**
 * The reasons for which `list` speaks of `certificate` at `point` (RFC 5280, section 6.3.3, b and d), or in words
 * why it does not speak of it at all.
 */
export function coverage(
  list: CertificateList,
  certificate: Certificate,
  point: Point,
): ReasonMask | 'other-issuer' | 'out-of-scope' {
  if (!isIssuerOf(list, certificate, point)) return 'other-issuer';
  const { scope } = list;
  const ofPoint = point.reasons === undefined ? allReasons : maskOf(point.reasons);
  if (scope === undefined) return ofPoint;
  const isAuthority = certificate.extension(basicConstraints)?.isAuthority === true;
  const isOutside =
    scope.onlyContainsAttributeCertificates ||
    // Section 5.2.5: such a list never covers a certificate of version 1 or 2, of which nothing says whose it is.
    (scope.onlyContainsUserCertificates && (isAuthority || certificate.fields.version !== 3)) ||
    (scope.onlyContainsAuthorityCertificates && !isAuthority) ||
    (scope.name !== undefined && !isNamed(scope.name, list, certificate, point));
  if (isOutside) return 'out-of-scope';
  return scope.onlySomeReasons === undefined ? ofPoint : ofPoint & maskOf(scope.onlySomeReasons);
}

function isIssuerOf(list: CertificateList, certificate: Certificate, point: Point): boolean {
  if (point.crlIssuer === undefined) return isSameName(list.issuer, certificate.issuer);
  return (
    list.scope?.isIndirect === true &&
    point.crlIssuer.some((name) => name.kind === 'directory' && isSameName(name.value, list.issuer))
  );
}

function isNamed(
  scopeName: DistributionPointName,
  list: CertificateList,
  certificate: Certificate,
  point: Point,
): boolean {
  const ofList = fullNames(scopeName, list.issuer);
  // RFC 5280, section 6.3.3, b.2.i: without a name of its own the point goes by the names of the list's issuer.
  const ofPoint =
    point.name === undefined
      ? (point.crlIssuer ?? [])
      : fullNames(point.name, issuerOfPoint(point, certificate));
  return ofList.some((name) => ofPoint.some((other) => isSameGeneralName(name, other)));
}

function issuerOfPoint(point: Point, certificate: Certificate): Name | undefined {
  if (point.crlIssuer === undefined) return certificate.issuer;
  // RFC 5280, section 4.2.1.13: a relative name stands below exactly one name of the list's issuer.
  const [first, ...others] = point.crlIssuer.filter((name) => name.kind === 'directory');
  return first !== undefined && others.length === 0 ? first.value : undefined;
}

function fullNames(name: DistributionPointName, issuer: Name | undefined): readonly Place[] {
  if (name.kind === 'full') return name.names;
  if (issuer === undefined) return [];
  const above = Reader.der(issuer.der).content(tag.sequence);
  const last = Reader.der(name.der).content(name.der[0]!);
  return [{ kind: 'directory', value: new Name(encode(tag.sequence, above, encode(tag.set, last))) }];
}

/** Whether two general names are the same (RFC 5280, sections 4.2.1.6 and 7). */
export function isSameGeneralName(a: Place, b: Place): boolean {
  if (a.kind === 'directory') return b.kind === 'directory' && isSameName(a.value, b.value);
  if (b.kind !== a.kind) return false;
  if (typeof a.value === 'string') {
    if (typeof b.value !== 'string') return false;
    return a.value === b.value || (a.kind !== 'email' && canonicalUri(a.value) === canonicalUri(b.value));
  }
  return b.value instanceof Uint8Array && compareOctets(a.value, b.value) === 0;
}

/** RFC 5280, section 7.4: scheme and host without regard to case, all else as it stands. */
function canonicalUri(uri: string): string {
  return uri.replace(/^[^:/?#]+:(\/\/[^/?#]*)?/, (start) => start.toLowerCase());
}
