import type { Certificate } from '../../certificate/certificate.ts';
import type { SealgateError } from '../../error.ts';
import { defined } from '../../optional.ts';
import type { ListBasis } from '../crl/evaluate.ts';
import type { Subject } from '../crl/judge.ts';
import type { RevocationEvidence } from '../evidence.ts';
import type { Freshness } from '../freshness.ts';
import type { OcspVerdict } from '../ocsp/evaluate.ts';
import { digestOfAnswer } from '../ocsp/response.ts';
import type { SourceKind } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { revokedFailure } from '../refusal.ts';
import type { Gathered, GatheredAnswer, Scope } from './gathered.ts';
import type { CheckInput } from './input.ts';
import type { Judgement } from './judgement.ts';

/** What everything at hand says together; a revocation is thrown. */
export type Opinion =
  | {
      readonly status: 'good';
      readonly kind: SourceKind;
      readonly evidence: readonly RevocationEvidence[];
    }
  | { readonly status: 'open'; readonly problems: readonly Problem[] };

/** Puts together what the sources at hand say of a certificate, in the order that the policy prefers. */
export class Opinions {
  private readonly input: CheckInput;
  private readonly gathered: Gathered;
  private readonly judgement: Judgement;

  constructor(input: CheckInput, gathered: Gathered, judgement: Judgement) {
    this.input = input;
    this.gathered = gathered;
    this.judgement = judgement;
  }

  /** What everything at hand says of a certificate. A revocation counts whichever source tells it. */
  async of(
    subject: Subject,
    answers: readonly GatheredAnswer[],
    freshness: Freshness,
    scope: Scope = 'own',
  ): Promise<Opinion> {
    const { order } = this.input.policy;
    const good: Partial<Record<SourceKind, readonly RevocationEvidence[]>> = {};
    const problems: Problem[] = [];
    if (order.includes('crl') && this.gathered.listsIn(scope).length > 0) {
      const answer = await this.judgement.byLists(subject, freshness, scope);
      if (answer.status === 'revoked') throw this.revokedByList(subject, answer.entry, answer.basis);
      if (answer.status === 'good') good.crl = this.evidenceOfLists(subject.certificate, answer.basis);
      else problems.push(...ofKind('crl', this.concerning(subject.certificate, answer.problems)));
    }
    for (const answer of answers) {
      const verdict = await this.judgement.byAnswer(subject, answer, freshness, scope);
      if (verdict.status === 'revoked') throw revokedFailure(subject.certificate, verdict, answer.origin);
      if (verdict.status === 'good')
        good.ocsp = [this.evidenceOfAnswer(subject.certificate, answer, verdict)];
      else problems.push(...ofKind('ocsp', verdict.problems, answer.origin));
    }
    for (const kind of order) {
      const evidence = good[kind];
      if (evidence !== undefined) return { status: 'good', kind, evidence };
    }
    return { status: 'open', problems };
  }

  /**
   * The message may speak against its signer whatever else it is good for; the network is not asked for that. What
   * does not speak against anybody is not even verified.
   */
  async heedMessage(subject: Subject): Promise<void> {
    if (!this.gathered.hasBrought) return;
    const { order, freshness } = this.input.policy;
    const strict = { ...freshness, grace: 0 };
    if (order.includes('crl') && this.gathered.hasListAgainst(subject.certificate)) {
      const { answer } = await this.judgement.byListsAtHand(subject, strict, 'all', 'claim');
      if (answer.status === 'revoked') throw this.revokedByList(subject, answer.entry, answer.basis);
    }
    if (!order.includes('ocsp')) return;
    for (const answer of this.gathered.answersAgainst(subject)) {
      const verdict = await this.judgement.byAnswerAtHand(subject, answer, strict, 'all', 'claim');
      if (verdict.status === 'revoked') throw revokedFailure(subject.certificate, verdict, answer.origin);
    }
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
    return basis.flatMap(({ list, delta, isInGrace, later }) =>
      [list, ...(delta === undefined ? [] : [delta])].map((each) => ({
        certificate,
        source: 'crl' as const,
        origin: this.gathered.originOf(each) ?? 'unknown',
        sha256: each.sha256,
        der: each.der,
        thisUpdate: each.thisUpdate,
        nextUpdate: each.nextUpdate,
        isInGrace,
        isLastResort: this.gathered.isBrought(each),
        later,
      })),
    );
  }

  private evidenceOfAnswer(
    certificate: Certificate,
    answered: GatheredAnswer,
    { single, isInGrace, later }: OcspVerdict & { readonly status: 'good' },
  ): RevocationEvidence {
    const { answer, origin } = answered;
    return {
      certificate,
      source: 'ocsp',
      origin,
      sha256: digestOfAnswer(answer),
      der: answer.der,
      thisUpdate: single.thisUpdate,
      nextUpdate: single.nextUpdate,
      isInGrace,
      isLastResort: this.gathered.broughtAnswers.includes(answered),
      later,
    };
  }
}

function ofKind(kind: SourceKind, problems: readonly Problem[], origin?: string): readonly Problem[] {
  return problems.map((each) => ({
    ...defined({ source: origin }),
    ...each,
    details: { kind, ...each.details },
  }));
}
