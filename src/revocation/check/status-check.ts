import type { Certificate } from '../../certificate/certificate.ts';
import { isFailure } from '../../error.ts';
import type { Subject } from '../crl/judge.ts';
import type { RevocationEvidence } from '../evidence.ts';
import type { Freshness } from '../freshness.ts';
import type { Settlement } from '../observer.ts';
import type { OcspVerdict } from '../ocsp/evaluate.ts';
import { breakGlassAt, type SourceKind } from '../policy.ts';
import { contrary, type Problem } from '../problem.ts';
import { failureOf } from '../refusal.ts';
import { Gathered, type GatheredAnswer, type HeldAnswers } from './gathered.ts';
import type { CheckInput } from './input.ts';
import { Judgement } from './judgement.ts';
import { type Opinion, Opinions } from './opinion.ts';
import { reportEvidence, reportFailure } from './report.ts';
import { SourceRequests } from './source-requests.ts';

interface Settled {
  readonly evidence: readonly RevocationEvidence[];
  readonly settlement: Settlement;
}

/**
 * Determines the status of the certificates of one path: what is held first, then the network, then, where the policy
 * allows it, what the message brought, and grace.
 */
export class StatusCheck {
  private readonly input: CheckInput;
  private readonly strict: Freshness;
  private readonly gathered: Gathered;
  private readonly requests: SourceRequests;
  private readonly judgement: Judgement;
  private readonly opinions: Opinions;

  constructor(input: CheckInput) {
    this.input = input;
    this.strict = { ...input.policy.freshness, grace: 0 };
    this.gathered = new Gathered(input);
    this.requests = new SourceRequests(input, this.gathered);
    this.judgement = new Judgement(input, this.gathered, (subject) => this.askLists(subject));
    this.opinions = new Opinions(input, this.gathered, this.judgement);
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
    if (usesLists) await this.gathered.addHeldLists(subject);
    const { current: answers, due }: HeldAnswers = order.includes('ocsp')
      ? await this.gathered.heldAnswers(subject)
      : { current: [], due: [] };
    let opinion = await this.opinions.of(subject, answers, this.strict);
    await this.opinions.heedMessage(subject);
    const problems = [...this.gathered.problems];
    if (opinion.status === 'good') return this.preferred(subject, answers, opinion);
    for (const kind of order) {
      problems.push(
        ...(kind === 'crl' ? await this.askLists(subject) : await this.askResponders(subject, answers)),
      );
      opinion = await this.opinions.of(subject, answers, this.strict);
      if (opinion.status === 'good') return { evidence: opinion.evidence, settlement: 'fetched' };
    }
    problems.push(...opinion.problems);
    const before = await this.answeredBefore(subject, answers, due, problems);
    if (before !== undefined) return { evidence: before, settlement: 'held' };
    const brought = await this.lastResort(subject, answers, problems);
    if (brought?.status === 'good') return { evidence: brought.evidence, settlement: 'message' };
    problems.push(...(brought?.problems ?? []));
    if (policy.freshness.grace > 0) {
      const lenient = await this.opinions.of(subject, answers, policy.freshness);
      if (lenient.status === 'good') return { evidence: lenient.evidence, settlement: 'grace' };
    }
    return this.byDecision(subject.certificate, problems);
  }

  /** What a responder said a while ago, in its term, where nobody who was asked could answer now. */
  private async answeredBefore(
    subject: Subject,
    answers: readonly GatheredAnswer[],
    due: readonly GatheredAnswer[],
    problems: readonly Problem[],
  ): Promise<readonly RevocationEvidence[] | undefined> {
    if (due.length === 0 || problems.some(({ problem }) => contrary.has(problem))) return undefined;
    const opinion = await this.opinions.of(subject, [...answers, ...due], this.strict);
    return opinion.status === 'good' ? opinion.evidence : undefined;
  }

  /**
   * What the message brought, where the policy takes it and nobody who was asked could answer. What was last known
   * here of a revocation counts before it, however old it is.
   */
  private async lastResort(
    subject: Subject,
    answers: readonly GatheredAnswer[],
    problems: readonly Problem[],
  ): Promise<Opinion | undefined> {
    const { messageValues, order, freshness } = this.input.policy;
    if (messageValues !== 'last-resort' || !this.gathered.hasBrought) return undefined;
    if (problems.some(({ problem }) => contrary.has(problem))) return undefined;
    await this.opinions.of(subject, answers, { ...freshness, grace: Number.POSITIVE_INFINITY });
    const brought = order.includes('ocsp') ? this.gathered.broughtAnswers : [];
    return this.opinions.of(subject, [...answers, ...brought], this.strict, 'all');
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
    const opinion = await this.opinions.of(subject, answers, this.strict);
    return { evidence: opinion.status === 'good' ? opinion.evidence : held.evidence, settlement: 'fetched' };
  }

  private byDecision(certificate: Certificate, problems: readonly Problem[]): Settled {
    const { policy, at } = this.input;
    const breakGlass = breakGlassAt(policy, at);
    if (breakGlass === undefined) throw failureOf(certificate, problems, at, this.requests.waited);
    const evidence = [{ certificate, source: 'break-glass' as const, breakGlass, problems }];
    return { evidence, settlement: 'break-glass' };
  }

  private askLists(subject: Subject, patience?: number): Promise<readonly Problem[]> {
    const isSettled = async () => {
      const { answer } = await this.judgement.byListsAtHand(subject, this.strict, 'own');
      return answer.status !== 'undetermined';
    };
    return this.requests.lists(subject, isSettled, patience);
  }

  private askResponders(
    subject: Subject,
    answers: GatheredAnswer[],
    patience?: number,
  ): Promise<readonly Problem[]> {
    const settles = async (answer: GatheredAnswer) => {
      answers.push(answer);
      const verdict = await this.judgement.byAnswer(subject, answer, this.strict, 'own');
      this.noteFetched(subject, answer, verdict);
      return verdict.status !== 'undetermined';
    };
    return this.requests.responders(subject, settles, patience);
  }

  /**
   * An answer to another request than ours proves nothing here, and would prove something once the nonce is forgotten.
   */
  private noteFetched(subject: Subject, { answer, url }: GatheredAnswer, verdict: OcspVerdict): void {
    if (url === undefined) return;
    const problems = verdict.status === 'undetermined' ? verdict.problems : [];
    const foreign = problems.find(({ problem }) => problem === 'nonce-wrong' || problem === 'nonce-missing');
    if (foreign === undefined) this.gathered.noteAnswer(subject, answer, url);
    else this.gathered.noteProblem({ ...foreign, source: url });
  }
}

function settlementOf(error: unknown): Settlement {
  if (isFailure(error, 'certificate_revoked')) return 'revoked';
  return isFailure(error, 'revocation_stale') ? 'stale' : 'unavailable';
}
