import { SingleFlight } from '../background/single-flight.ts';
import { within } from '../background/within.ts';
import { SharedCache } from '../cache/shared-cache.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isSameName } from '../certificate/same-name.ts';
import { isFailure } from '../error.ts';
import { FetchFailure } from '../fetch/failure.ts';
import { Fetcher, type FetchSettings, isHostOf } from '../fetch/fetcher.ts';
import { type FetchObserver, noFetchObserver } from '../fetch/observer.ts';
import { Allowance } from '../relying-party/allowance.ts';
import { hostOf, isFetched } from '../revocation/url.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import type { IssuerSource } from './source.ts';

/** A certificate has some 2 KB, and authorities publish bundles of a dozen; octets. */
const largestBody = 128 * 1024;
/** How long what came is used again, and how long a failure is, ms. */
const belief = 24 * 3_600_000;
const disappointment = 60_000;
const mostUrls = 500;
/** Longest time for one request, however long whoever asked waits for it, ms. */
const longestRequest = 8_000;
/** Certificates of one place that are handed on. */
const mostCertificates = 8;

/**
 * Requests to one host on the word of certificates that nothing vouches for: anybody can name any path of it. So many
 * for each relying party at which such certificates are presented, and for all of them together.
 */
const strangersAtOne = { capacity: 20, perSecond: 0.5 };
const strangersAtAll = { capacity: 60, perSecond: 2 };
/** Requests under way at the same time for certificates of strangers. */
const mostFlights = 16;

type Outcome =
  | { readonly certificates: readonly Certificate[]; readonly until: number }
  | { readonly failure: FetchFailure; readonly until: number };

/**
 * Certificates of issuers by the addresses that certificates name (RFC 5280, section 4.2.2.1, caIssuers). Those
 * addresses stand in certificates that nothing vouches for yet, so only hosts are asked that the operator names:
 * `host` on its usual port, or `host:port`. No redirects; a certificate, or a CMS message that holds only certificates.
 *
 * An address that has led to a valid path once is proven, and kept apart from those that only strangers' certificates
 * name: these have an allowance, and can neither use up the proven ones' requests nor push them out of the memory.
 */
export class IssuerStore implements IssuerSource {
  private readonly hosts: readonly string[];
  private readonly fetcher: Fetcher;
  private readonly now: () => number;
  /** By what the operator allows, of which there is little. */
  private readonly proven = new SharedCache<Outcome>(mostUrls);
  private readonly unproven = new SharedCache<Outcome>(mostUrls);
  private readonly flights = new SingleFlight<Outcome>();
  private strangersUnderWay = 0;
  private readonly atOne = new Allowance(strangersAtOne);
  private readonly atAll = new Allowance(strangersAtAll);

  constructor(
    hosts: readonly string[],
    settings: FetchSettings,
    now: () => number = Date.now,
    observer: FetchObserver = noFetchObserver,
  ) {
    this.hosts = hosts;
    this.now = now;
    const allowedHosts = hosts.map((host) => host.replace(/:\d+$/, ''));
    this.fetcher = new Fetcher({ ...settings, allowedHosts, redirects: 0, retries: 0 }, observer);
  }

  allows(url: string): boolean {
    return this.allowanceOf(url) !== undefined;
  }

  issuersOf(certificate: Certificate, url: string, timeout: number): Promise<readonly Certificate[]> {
    return this.issuersFor('', certificate, url, timeout);
  }

  requestedBy(requester: string): IssuerSource {
    return {
      allows: (url) => this.allows(url),
      issuersOf: (certificate, url, timeout) => this.issuersFor(requester, certificate, url, timeout),
      proved: (url) => this.proved(url),
      requestedBy: (other) => this.requestedBy(other),
    };
  }

  proved(url: string): void {
    const allowed = this.allowanceOf(url);
    if (allowed === undefined || this.proven.get(allowed, url) !== undefined) return;
    for (const outcome of this.unproven.ofAll(url)) {
      if ('certificates' in outcome) this.proven.set(allowed, url, outcome);
    }
  }

  async close(): Promise<void> {
    await this.fetcher.close();
  }

  private async issuersFor(
    requester: string,
    certificate: Certificate,
    url: string,
    timeout: number,
  ): Promise<readonly Certificate[]> {
    const allowed = this.allowanceOf(url);
    if (allowed === undefined) throw new FetchFailure('host-forbidden', { host: hostOf(url) });
    const asked =
      this.proven.get(allowed, url) === undefined
        ? this.ofStranger(allowed, url, requester)
        : this.ofProven(allowed, url);
    const outcome = await within(asked, timeout, () => new FetchFailure('timed-out'));
    if ('failure' in outcome) throw outcome.failure;
    return above(certificate, outcome.certificates);
  }

  /** What of the operator's list allows `url`. */
  private allowanceOf(url: string): string | undefined {
    if (!isFetched(url) || !URL.canParse(url)) return undefined;
    const { host, hostname, port, username } = new URL(url);
    if (username !== '') return undefined;
    return this.hosts.find((allowed) =>
      allowed.includes(':') ? allowed.toLowerCase() === host : port === '' && isHostOf(allowed, hostname),
    );
  }

  private async ofProven(allowed: string, url: string): Promise<Outcome> {
    const known = this.proven.get(allowed, url);
    if (known !== undefined && this.now() < known.until) return known;
    return this.flights.run(`proven ${url}`, async () => {
      const outcome = await this.fetch(url, 'proven');
      this.proven.set(allowed, url, outcome);
      return outcome;
    });
  }

  private async ofStranger(allowed: string, url: string, requester: string): Promise<Outcome> {
    const party = `${requester} ${allowed}`;
    const known = this.unproven.get(party, url);
    if (known !== undefined && this.now() < known.until) return known;
    return this.flights.run(`${party} ${url}`, async () => {
      this.expectRoom(allowed, party);
      this.strangersUnderWay++;
      try {
        const outcome = await this.fetch(url, party);
        this.unproven.set(party, url, outcome);
        return outcome;
      } finally {
        this.strangersUnderWay--;
      }
    });
  }

  /** Throws `not-asked-again` where strangers have asked for enough. */
  private expectRoom(allowed: string, party: string): void {
    const rule = 'too many issuers were asked for on the word of unknown certificates';
    if (this.strangersUnderWay >= mostFlights)
      throw new FetchFailure('not-asked-again', { host: allowed, rule });
    const allowances = [
      [this.atOne, party],
      [this.atAll, allowed],
    ] as const;
    for (const [allowance, name] of allowances) {
      if (allowance.take(name, 1, this.now())) continue;
      const retryAfter = Math.ceil(allowance.secondsUntil(name, 1));
      throw new FetchFailure('not-asked-again', { host: allowed, rule, retryAfter });
    }
  }

  private async fetch(url: string, requester: string): Promise<Outcome> {
    const order = {
      url,
      requester,
      hosts: new Set<string>(),
      headers: { accept: 'application/pkix-cert, application/pkcs7-mime' },
      largest: largestBody,
      timeout: longestRequest,
    };
    try {
      const { octets } = await this.fetcher.fetch(order);
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
