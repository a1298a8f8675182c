import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isSameName } from '../certificate/same-name.ts';
import { isFailure } from '../error.ts';
import { FetchFailure } from '../fetch/failure.ts';
import { Fetcher, type FetchSettings, isHostOf } from '../fetch/fetcher.ts';
import { noObserver, type RevocationObserver } from '../fetch/observer.ts';
import { SingleFlight } from '../fetch/single-flight.ts';
import { hostOf, isFetched } from '../revocation/url.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import type { IssuerSource } from './source.ts';

/** A certificate has some 2 KB, and authorities publish bundles of a dozen; octets. */
const largestBody = 128 * 1024;
/** How long what came is used again, and how long a failure is, ms. */
const belief = 24 * 3_600_000;
const disappointment = 60_000;
const mostUrls = 500;
/** Requests under way at the same time: URLs are chosen by whoever made the certificate, and may be many. */
const mostFlights = 16;
/** Certificates of one place that are handed on. */
const mostCertificates = 8;

type Outcome =
  | { readonly certificates: readonly Certificate[]; readonly until: number }
  | { readonly failure: FetchFailure; readonly until: number };

/**
 * Certificates of issuers by the addresses that certificates name (RFC 5280, section 4.2.2.1, caIssuers). Those
 * addresses stand in certificates that nothing vouches for yet, so only hosts are asked that the operator names:
 * `host` on its usual port, or `host:port`. No redirects; a certificate, or a CMS message that holds only certificates.
 */
export class IssuerStore implements IssuerSource {
  private readonly hosts: readonly string[];
  private readonly fetcher: Fetcher;
  private readonly now: () => number;
  private readonly known = new Map<string, Outcome>();
  private readonly flights = new SingleFlight<Outcome>();

  constructor(
    hosts: readonly string[],
    settings: FetchSettings,
    now: () => number = Date.now,
    observer: RevocationObserver = noObserver,
  ) {
    this.hosts = hosts;
    this.now = now;
    const allowedHosts = hosts.map((host) => host.replace(/:\d+$/, ''));
    this.fetcher = new Fetcher({ ...settings, allowedHosts, redirects: 0, retries: 0 }, observer);
  }

  allows(url: string): boolean {
    if (!isFetched(url) || !URL.canParse(url)) return false;
    const { host, hostname, port, username } = new URL(url);
    if (username !== '') return false;
    return this.hosts.some((allowed) =>
      allowed.includes(':') ? allowed.toLowerCase() === host : port === '' && isHostOf(allowed, hostname),
    );
  }

  async issuersOf(certificate: Certificate, url: string, timeout: number): Promise<readonly Certificate[]> {
    if (!this.allows(url)) throw new FetchFailure('host-forbidden', { host: hostOf(url) });
    const outcome = await this.outcomeOf(url, timeout);
    if ('failure' in outcome) throw outcome.failure;
    return above(certificate, outcome.certificates);
  }

  async close(): Promise<void> {
    await this.fetcher.close();
  }

  private outcomeOf(url: string, timeout: number): Promise<Outcome> {
    const known = this.known.get(url);
    if (known !== undefined && this.now() < known.until) return Promise.resolve(known);
    if (this.flights.size >= mostFlights) {
      const details = { host: hostOf(url), rule: 'too many requests for issuers are under way' };
      throw new FetchFailure('not-asked-again', details);
    }
    return this.flights.run(url, async () => {
      const outcome = await this.fetch(url, timeout);
      this.known.delete(url);
      this.known.set(url, outcome);
      if (this.known.size > mostUrls) this.known.delete(this.known.keys().next().value ?? '');
      return outcome;
    });
  }

  private async fetch(url: string, timeout: number): Promise<Outcome> {
    try {
      const { octets } = await this.fetcher.fetch({
        url,
        hosts: new Set(),
        headers: { accept: 'application/pkix-cert, application/pkcs7-mime' },
        largest: largestBody,
        timeout,
      });
      return { certificates: readIssuers(octets), until: this.now() + belief };
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      return { failure: error, until: this.now() + disappointment };
    }
  }
}

/**
 * The certificates in a body: one in DER, or a CMS message that holds only certificates, DER or BER; those in it
 * that cannot be read are passed over. Throws a FetchFailure, `malformed`.
 */
export function readIssuers(octets: Uint8Array): readonly Certificate[] {
  const single = readable(octets);
  if (single !== undefined) return [single];
  try {
    return parseSignedData(octets).certificates.flatMap((der) => readable(der) ?? []);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const rule = 'neither a certificate nor a CMS message of certificates';
    throw new FetchFailure('malformed', { rule }, { cause: error });
  }
}

function readable(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(Uint8Array.from(der));
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/** Those that lead up from `certificate` by name. */
function above(certificate: Certificate, published: readonly Certificate[]): readonly Certificate[] {
  const found = new Set<Certificate>();
  const names = [certificate.issuer];
  for (let name = names.pop(); name !== undefined && found.size < mostCertificates; name = names.pop()) {
    for (const candidate of published) {
      if (found.has(candidate) || found.size >= mostCertificates || !isSameName(candidate.subject, name))
        continue;
      found.add(candidate);
      names.push(candidate.issuer);
    }
  }
  return [...found];
}
