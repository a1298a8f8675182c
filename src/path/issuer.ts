import { compareOctets } from '../asn1/writer.ts';
import type { Budget, KeyOrigin } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isWithin } from '../certificate/term.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';
import { Distances } from './distance.ts';
import type { PathInput } from './input.ts';
import { keyIdentifiersOf } from './key-identifier.ts';
import { type AnchorSet, CertificateSet } from './pool.ts';

/** How names are compared: octet by octet, or, for those that differ so, by RFC 5280, section 7.1. */
export type Comparison = 'same' | 'alike';

/** The possible issuers of certificates among everything at hand, for one search. */
export class Issuers {
  private readonly pools: readonly CertificateSet[];
  private readonly given: CertificateSet;
  private readonly intermediates: CertificateSet | undefined;
  private readonly anchors: AnchorSet;
  private readonly at: number;
  private readonly budget: Budget;
  private distances: Distances | undefined;

  constructor({ pool, intermediates, at }: PathInput, anchors: AnchorSet, budget: Budget) {
    this.given = pool instanceof CertificateSet ? pool : new CertificateSet(pool);
    this.intermediates = intermediates;
    // The long-lived ones first: of two copies theirs is taken, whose keys are imported already.
    this.pools = intermediates === undefined ? [this.given] : [intermediates, this.given];
    this.anchors = anchors;
    this.at = at;
    this.budget = budget;
  }

  /** Prepares all names for the comparison of `alike`, name by name. Throws `budget_exhausted`. */
  *prepareNames(): Generator<undefined, void> {
    this.budget.spendOnce('poolOctets', this.given, this.given.nameOctets);
    for (const pool of this.pools) yield* pool.prepareNames();
  }

  /**
   * Possible issuers of `child` by name, likeliest first, each once, without those that would close a loop and the
   * self-issued ones of an anchor's own name and key, which lead nowhere that the anchor does not. Throws
   * `budget_exhausted`.
   */
  of(
    child: Certificate,
    chain: readonly Certificate[],
    kind: Comparison,
    anchors: readonly TrustAnchor[],
  ): readonly Certificate[] {
    const named: Certificate[] = [];
    const seen = new SeenCertificates();
    for (const pool of this.pools) {
      const isGiven = pool === this.given;
      for (const candidate of pool[kind](child.issuer)) {
        this.budget.spend('certificates');
        if (isGiven) this.budget.spendOnce('poolOctets', candidate, candidate.der.length);
        const isSelfIssued = candidate.issuer.key === candidate.subject.key;
        const isAnchor = isSelfIssued && anchors.some(({ publicKey }) => hasKey(candidate, publicKey.der));
        if (!isAnchor && !isIn(chain, candidate) && seen.isNew(candidate)) named.push(candidate);
      }
    }
    return named.length > 1 ? this.likeliestFirst(child, named) : named;
  }

  /** Who chose the key of `issuer`. */
  originOf(issuer: Certificate): KeyOrigin {
    return this.intermediates?.has(issuer) === true ? 'operator' : 'pool';
  }

  /** Key identifiers weigh most, then a term that holds, then the distance to an anchor, then youth. */
  private likeliestFirst(child: Certificate, candidates: readonly Certificate[]): Certificate[] {
    const { at } = this;
    const weighed = candidates.map((candidate) => {
      const identifiers = keyIdentifiersOf(child, candidate);
      const isInTerm = isWithin(at, candidate);
      const likelihood =
        (identifiers === 'agree' ? 2 : identifiers === 'unknown' ? 0 : -2) + (isInTerm ? 1 : 0);
      return { candidate, likelihood, distance: this.anchors.same(candidate.issuer).length > 0 ? 0 : 1 };
    });
    // The sweep over all names is worth its price only where nothing nearer decides.
    const highest = weighed.reduce((most, { likelihood }) => Math.max(most, likelihood), -2);
    const likely = weighed.filter(({ likelihood }) => likelihood === highest);
    if (likely.length > 1 && likely.every(({ distance }) => distance > 0)) {
      this.distances ??= new Distances(this.pools, this.anchors);
      for (const each of likely) each.distance = this.distances.of(each.candidate.issuer) ?? Number.MAX_VALUE;
    }
    return weighed
      .sort(
        (a, b) =>
          b.likelihood - a.likelihood ||
          a.distance - b.distance ||
          b.candidate.notBefore - a.candidate.notBefore,
      )
      .map(({ candidate }) => candidate);
  }
}

/** Signatures nearly always differ within so many octets. */
const tellingOctets = 64;

/** Tells copies of one certificate apart from others cheaply: by the signature, and if that is known by all octets. */
class SeenCertificates {
  private readonly bySignature = new Map<string, Certificate>();

  isNew(certificate: Certificate): boolean {
    const { signature } = certificate.fields;
    const length = Math.min(signature.length, tellingOctets);
    const key = Buffer.from(signature.buffer, signature.byteOffset, length).toString('latin1');
    const known = this.bySignature.get(key);
    if (known !== undefined) return compareOctets(known.der, certificate.der) !== 0;
    this.bySignature.set(key, certificate);
    return true;
  }
}

function hasKey(certificate: Certificate, key: Uint8Array): boolean {
  const own = certificate.publicKey.der;
  // Different keys nearly always differ in the last octet, and this is asked for every candidate at every step.
  const last = own.length - 1;
  return own.length === key.length && own[last] === key[last] && compareOctets(own, key) === 0;
}

/** A loop is a name and a key that the path has already (RFC 4158, section 2.4.2). */
function isIn(chain: readonly Certificate[], candidate: Certificate): boolean {
  return chain.some(
    (member) =>
      member === candidate ||
      (hasKey(member, candidate.publicKey.der) &&
        compareOctets(member.subject.der, candidate.subject.der) === 0),
  );
}
