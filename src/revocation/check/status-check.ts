import type { Certificate } from '../../certificate/certificate.ts';
import { isFailure, type SealgateError } from '../../error.ts';
import type { ListBasis } from '../crl/evaluate.ts';
import type { Subject } from '../crl/judge.ts';
import type { RevocationEvidence } from '../evidence.ts';
import type { Freshness } from '../freshness.ts';
import type { Settlement } from '../observer.ts';
import type { OcspVerdict } from '../ocsp/evaluate.ts';
import { digestOfAnswer } from '../ocsp/response.ts';
import { breakGlassAt, type SourceKind } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { failureOf, revokedFailure } from '../refusal.ts';
import { Asking } from './asking.ts';
import { Gathered, type GatheredAnswer } from './gathered.ts';
import type { CheckInput } from './input.ts';
import { Judging } from './judging.ts';
import { reportEvidence, reportFailure } from './report.ts';

/** What everything at hand says together; a revocation is thrown. */
type Opinion =
  | {
      readonly status: 'good';
      readonly kind: SourceKind;
      readonly evidence: readonly RevocationEvidence[];
    }
  | { readonly status: 'open'; readonly problems: readonly Problem[] };

interface Settled {
  readonly evidence: readonly RevocationEvidence[];
  readonly settlement: Settlement;
}

/** Determines the status of the certificates of one path, what is held first, then the network, then grace. */
export class StatusCheck {
  private readonly input: CheckInput;
  private readonly strict: Freshness;
  private readonly gathered: Gathered;
  private readonly asking: Asking;
  private readonly judging: Judging;

  constructor(input: CheckInput) {
    this.input = input;
    this.strict = { ...input.policy.freshness, grace: 0 };
    this.gathered = new Gathered(input);
    this.asking = new Asking(input, this.gathered);
    this.judging = new Judging(input, this.gathered, (subject) => this.askLists(subject));
  }

  /** Evidence that a certificate is not revoked; throws as `checkRevocation` does. */
  async settle(subject: Subject): Promise<readonly RevocationEvidence[]> {
    const { policy, report, sources } = this.input;
    try {
      const { evidence, settlement } = await this.evidenceFor(subject, policy.order);
      sources.observer.settled(settlement);
      this.keepMessageEvidence(evidence);
      if (report !== undefined) reportEvidence(report, evidence);
      return evidence;
    } catch (error) {
      sources.observer.settled(settlementOf(error));
      if (report !== undefined) reportFailure(report, subject.certificate, error);
      throw error;
    }
  }

  /** What came by the network is stored already; what came with the message is kept as evidence only. */
  private keepMessageEvidence(evidence: readonly RevocationEvidence[]): void {
    const { storage, observer } = this.input.sources;
    for (const each of evidence) {
      if (each.source === 'break-glass' || each.origin !== 'message') continue;
      storage?.writeObject(each.sha256, each.der).catch((error: unknown) => observer.failed(error));
    }
  }

  private async evidenceFor(subject: Subject, order: readonly SourceKind[]): Promise<Settled> {
    const { policy } = this.input;
    const usesLists = order.includes('crl');
    if (usesLists) await this.gathered.addHeldLists(subject.certificate);
    const answers = order.includes('ocsp') ? await this.gathered.heldAnswers(subject) : [];
    let opinion = await this.opinion(subject, answers, this.strict);
    const problems = [...this.gathered.problems];
    if (opinion.status === 'good') return this.preferred(subject, answers, opinion);
    for (const kind of order) {
      problems.push(
        ...(kind === 'crl' ? await this.askLists(subject) : await this.askResponders(subject, answers)),
      );
      opinion = await this.opinion(subject, answers, this.strict);
      if (opinion.status === 'good') return { evidence: opinion.evidence, settlement: 'fetched' };
    }
    problems.push(...opinion.problems);
    if (policy.freshness.grace > 0) {
      const lenient = await this.opinion(subject, answers, policy.freshness);
      if (lenient.status === 'good') return { evidence: lenient.evidence, settlement: 'grace' };
    }
    return this.lastResort(subject.certificate, problems);
  }

  /** Evidence at hand settles it, unless the policy would rather wait a moment for a source that it prefers. */
  private async preferred(
    subject: Subject,
    answers: GatheredAnswer[],
    held: Opinion & { readonly status: 'good' },
  ): Promise<Settled> {
    const { order, preferredPatience } = this.input.policy;
    const before = order.slice(0, order.indexOf(held.kind));
    if (preferredPatience === 0 || before.length === 0)
      return { evidence: held.evidence, settlement: 'held' };
    for (const kind of before) {
      await (kind === 'crl'
        ? this.askLists(subject, preferredPatience)
        : this.askResponders(subject, answers, preferredPatience));
    }
    const opinion = await this.opinion(subject, answers, this.strict);
    return { evidence: opinion.status === 'good' ? opinion.evidence : held.evidence, settlement: 'fetched' };
  }

  private lastResort(certificate: Certificate, problems: readonly Problem[]): Settled {
    const { policy, at } = this.input;
    const breakGlass = breakGlassAt(policy, at);
    if (breakGlass === undefined) throw failureOf(certificate, problems, at, this.asking.waited);
    const evidence = [{ certificate, source: 'break-glass' as const, breakGlass, problems }];
    return { evidence, settlement: 'break-glass' };
  }

  private askLists(subject: Subject, patience?: number): Promise<readonly Problem[]> {
    const isSettled = () => this.judging.byListsAtHand(subject, this.strict).answer.status !== 'undetermined';
    return this.asking.lists(subject, isSettled, patience);
  }

  private askResponders(
    subject: Subject,
    answers: GatheredAnswer[],
    patience?: number,
  ): Promise<readonly Problem[]> {
    const settles = async (answer: GatheredAnswer) => {
      answers.push(answer);
      const verdict = await this.judging.byAnswer(subject, answer, this.strict);
      this.witnessFetched(subject, answer, verdict);
      return verdict.status !== 'undetermined';
    };
    return this.asking.responders(subject, settles, patience);
  }

  /** An answer to another request than ours proves nothing here, and would prove something once the nonce is forgotten. */
  private witnessFetched(
    { certificate, authorities }: Subject,
    { answer, url }: GatheredAnswer,
    verdict: OcspVerdict,
  ): void {
    const isForeign =
      verdict.status === 'undetermined' && verdict.problems.some(({ problem }) => problem === 'nonce-wrong');
    if (!isForeign && url !== undefined) this.gathered.witnessAnswer(certificate, authorities, answer, url);
  }

  /** What everything at hand says of a certificate. A revocation counts whichever source tells it. */
  private async opinion(
    subject: Subject,
    answers: readonly GatheredAnswer[],
    freshness: Freshness,
  ): Promise<Opinion> {
    const { order } = this.input.policy;
    const good: Partial<Record<SourceKind, readonly RevocationEvidence[]>> = {};
    const problems: Problem[] = [];
    if (order.includes('crl') && this.gathered.lists.length > 0) {
      const answer = await this.judging.byLists(subject, freshness);
      if (answer.status === 'revoked') throw this.revokedByList(subject, answer.entry, answer.basis);
      if (answer.status === 'good') good.crl = this.evidenceOfLists(subject.certificate, answer.basis);
      else problems.push(...this.concerning(subject.certificate, answer.problems));
    }
    for (const answer of answers) {
      const verdict = await this.judging.byAnswer(subject, answer, freshness);
      if (verdict.status === 'revoked') throw revokedFailure(subject.certificate, verdict, answer.origin);
      if (verdict.status === 'good') good.ocsp = [evidenceOfAnswer(subject.certificate, answer, verdict)];
      else problems.push(...verdict.problems.map((problem) => ({ source: answer.origin, ...problem })));
    }
    for (const kind of order) {
      const evidence = good[kind];
      if (evidence !== undefined) return { status: 'good', kind, evidence };
    }
    return { status: 'open', problems };
  }

  /** Without the lists of other authorities, which are at hand for other certificates of the path. */
  private concerning(certificate: Certificate, problems: readonly Problem[]): readonly Problem[] {
    const own = new Set(this.gathered.urlsFor(certificate));
    return problems.filter(
      ({ problem, source }) => problem !== 'other-issuer' || (source !== undefined && own.has(source)),
    );
  }

  private revokedByList(
    { certificate }: Subject,
    entry: Parameters<typeof revokedFailure>[1],
    basis: readonly ListBasis[],
  ): SealgateError {
    const last = basis.at(-1);
    const origin = last === undefined ? undefined : this.gathered.originOf(last.delta ?? last.list);
    return revokedFailure(certificate, entry, origin);
  }

  private evidenceOfLists(
    certificate: Certificate,
    basis: readonly ListBasis[],
  ): readonly RevocationEvidence[] {
    return basis.flatMap(({ list, delta, isInGrace }) =>
      [list, ...(delta === undefined ? [] : [delta])].map((each) => ({
        certificate,
        source: 'crl' as const,
        origin: this.gathered.originOf(each) ?? 'unknown',
        sha256: each.sha256,
        der: each.der,
        thisUpdate: each.thisUpdate,
        nextUpdate: each.nextUpdate,
        isInGrace,
      })),
    );
  }
}

function settlementOf(error: unknown): Settlement {
  if (isFailure(error, 'certificate_revoked')) return 'revoked';
  return isFailure(error, 'revocation_stale') ? 'stale' : 'unavailable';
}

function evidenceOfAnswer(
  certificate: Certificate,
  { answer, origin }: GatheredAnswer,
  { single, isInGrace }: OcspVerdict & { readonly status: 'good' },
): RevocationEvidence {
  return {
    certificate,
    source: 'ocsp',
    origin,
    sha256: digestOfAnswer(answer),
    der: answer.der,
    thisUpdate: single.thisUpdate,
    nextUpdate: single.nextUpdate,
    isInGrace,
  };
}
