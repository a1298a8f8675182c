import type { AlgorithmPolicy } from '../../algorithm/policy.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import type { ValidPath } from '../../path/validation.ts';
import type { Freshness } from '../freshness.ts';
import type { PastTime } from '../past-time.ts';
import type { Payment } from '../signed.ts';
import { type CrlAnswer, type CrlQuestion, evaluateCrl } from './evaluate.ts';
import type { ListIssuer } from './issue.ts';
import type { CertificateList } from './list.ts';

/** An issuer of lists whose own path is checked lies at most this deep below the path that was asked about. */
const deepest = 4;

/** A certificate with the validated authorities above it, its issuer first. */
export interface Subject {
  readonly certificate: Certificate;
  readonly authorities: readonly ListIssuer[];
}

/** What judgement by lists depends on. */
export interface JudgeInput {
  /** Lists that may concern a certificate; all of them where the caller does not tell them apart. */
  readonly listsFor: (certificate: Certificate) => readonly CertificateList[];
  /** Certificates outside of the path whose keys may have signed lists; nothing is known of them. */
  readonly candidates: readonly Certificate[];
  /** The certificates of the path, each of which is judged on its own. */
  readonly path: readonly Certificate[];
  /**
   * The path from an issuer of lists to the trust anchor of the path that was asked about (RFC 5280, section 6.3.3,
   * f), or undefined where there is none.
   */
  readonly validateIssuer: (certificate: Certificate) => Generator<undefined, ValidPath | undefined>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly past?: PastTime | undefined;
  readonly algorithms: AlgorithmPolicy;
  readonly freshness: Freshness;
  readonly payment: Payment;
  readonly isOlder?: CrlQuestion['isOlder'];
  readonly originOf?: CrlQuestion['originOf'];
}

/**
 * Judges certificates by lists, and the issuers of those lists in the same way. An issuer whose status its own list
 * gives is taken to be current while that list is read: if the list then names it, it is refused.
 */
export class ListJudge {
  private readonly input: JudgeInput;
  private readonly paths = new Map<string, ValidPath | undefined>();
  private readonly answers = new Map<string, CrlAnswer>();
  /** Issuers of lists, outside of the path, whose own status the lists at hand leave open. */
  readonly open = new Map<string, Subject>();

  constructor(input: JudgeInput) {
    this.input = input;
  }

  /** Status of one certificate by the lists at hand; pauses between steps. */
  judge(subject: Subject): Generator<undefined, CrlAnswer> {
    return this.judgeWithin(subject, new Set([subject.certificate.sha256]));
  }

  private judgeWithin(subject: Subject, pending: ReadonlySet<string>): Generator<undefined, CrlAnswer> {
    const { candidates, at, past, algorithms, freshness, listsFor, isOlder, originOf, payment } = this.input;
    return evaluateCrl({
      ...subject,
      candidates,
      lists: listsFor(subject.certificate),
      at,
      past,
      algorithms,
      freshness,
      isOlder,
      originOf,
      payment,
      isIssuerValid: (issuer) => this.isValid(issuer, subject),
      isIssuerCurrent: (issuer) => this.isCurrent(issuer, pending),
    });
  }

  /**
   * Whether an issuer of lists outside of the path has one of its own, and was certified by one of the authorities above
   * the certificate that was asked about. Its name alone makes it nobody's: any authority under the same anchor can
   * certify a namesake.
   */
  private *isValid(issuer: Certificate, { authorities }: Subject): Generator<undefined, boolean> {
    const path = yield* this.pathOf(issuer);
    if (path === undefined) return false;
    const { der } = path.issuers[0].publicKey;
    return authorities.some(({ publicKey }) => compareOctets(publicKey.der, der) === 0);
  }

  /** Whether an issuer of lists outside of the path, which is valid, is not revoked, and no certificate above it. */
  private *isCurrent(issuer: Certificate, pending: ReadonlySet<string>): Generator<undefined, boolean> {
    const path = yield* this.pathOf(issuer);
    if (path === undefined) return false;
    for (const [at, certificate] of path.certificates.entries()) {
      const { sha256 } = certificate;
      if (pending.has(sha256) || this.input.path.some((known) => known.sha256 === sha256)) continue;
      if (pending.size > deepest) return false;
      const subject = { certificate, authorities: path.issuers.slice(at) };
      const answer =
        this.answers.get(sha256) ?? (yield* this.judgeWithin(subject, new Set([...pending, sha256])));
      if (answer.status !== 'good') {
        if (answer.status === 'undetermined') this.open.set(sha256, subject);
        return false;
      }
      this.answers.set(sha256, answer);
    }
    return true;
  }

  private *pathOf(issuer: Certificate): Generator<undefined, ValidPath | undefined> {
    const { sha256 } = issuer;
    if (!this.paths.has(sha256)) this.paths.set(sha256, yield* this.input.validateIssuer(issuer));
    return this.paths.get(sha256);
  }
}
