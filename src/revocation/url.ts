import type { Certificate } from '../certificate/certificate.ts';
import {
  accessMethodOids,
  authorityInfoAccess,
  crlDistributionPoints,
  type DistributionPoint,
  freshestCrl,
} from '../certificate/distribution-point.ts';

/** Most places that one certificate may name; real ones name two or three. */
const mostUrls = 8;

/** Addresses at one or several distribution points, in order; each serves the same list. */
export function urlsOf(points: readonly DistributionPoint[]): readonly string[] {
  const urls = points.flatMap(({ name }) =>
    name?.kind === 'full' ? name.names.flatMap((each) => (each.kind === 'uri' ? [each.value] : [])) : [],
  );
  return [...new Set(urls)].slice(0, mostUrls);
}

/** Where the lists for a certificate are published: full ones, and after them delta lists. */
export function listUrls(certificate: Certificate): readonly string[] {
  const points = certificate.extension(crlDistributionPoints) ?? [];
  return urlsOf([...points, ...(certificate.extension(freshestCrl) ?? [])]);
}

/** Addresses of the OCSP responders that a certificate names (RFC 5280, section 4.2.2.1). */
export function responderUrls(certificate: Certificate): readonly string[] {
  const descriptions = certificate.extension(authorityInfoAccess) ?? [];
  const urls = descriptions.flatMap(({ method, location }) =>
    method === accessMethodOids.ocsp && location.kind === 'uri' ? [location.value] : [],
  );
  return [...new Set(urls)].slice(0, mostUrls);
}

/** Whether it is fetched at all; LDAP and FTP are not. */
export function isFetched(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

/** Name of the host that a URL leads to, in lower case, or of its scheme where it leads nowhere here. */
export function hostOf(url: string): string {
  if (isFetched(url) && URL.canParse(url)) return new URL(url).hostname;
  return `${url.slice(0, Math.max(0, url.indexOf(':')))}:`;
}

/** Hosts that the certificates of a validated chain name; requests and redirects go to no others. */
export function hostsNamedBy(certificates: readonly Certificate[]): ReadonlySet<string> {
  const urls = certificates.flatMap((certificate) => [
    ...listUrls(certificate),
    ...responderUrls(certificate),
  ]);
  return new Set(urls.filter(isFetched).map(hostOf));
}
