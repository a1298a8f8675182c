import { isExhausted, type KeyOrigin } from '../../budget/budget.ts';
import { inSlices } from '../../budget/slices.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { nextPath, pathSteps } from '../../path/find.ts';
import { profiles } from '../../path/profile.ts';
import type { ValidPath } from '../../path/validation.ts';
import type { CrlAnswer } from '../crl/evaluate.ts';
import { ListJudge, type Subject } from '../crl/judge.ts';
import type { Freshness } from '../freshness.ts';
import { evaluateOcsp, type OcspVerdict } from '../ocsp/evaluate.ts';
import type { Gathered, GatheredAnswer, Scope } from './gathered.ts';
import type { CheckInput } from './input.ts';

/** Fetches lists for a certificate until they settle its status. */
export type FetchLists = (subject: Subject) => Promise<unknown>;

/**
 * Judges certificates by what is at hand. Where that turns on somebody outside of the path, an issuer of indirect
 * lists or a responder, that one is judged first, by lists, fetched if need be; each of them once.
 */
export class Judgement {
  private readonly input: CheckInput;
  private readonly gathered: Gathered;
  private readonly fetchLists: FetchLists;
  private readonly issuerPaths = new Map<string, ValidPath | undefined>();
  private readonly responders = new Map<string, boolean>();
  private readonly lookedInto = new Set<string>();

  constructor(input: CheckInput, gathered: Gathered, fetchLists: FetchLists) {
    this.input = input;
    this.gathered = gathered;
    this.fetchLists = fetchLists;
  }

  /** Status by the lists at hand; those that have proved good are kept. */
  async byLists(subject: Subject, freshness: Freshness, scope: Scope): Promise<CrlAnswer> {
    let { answer, open } = await this.byListsAtHand(subject, freshness, scope);
    const unknown = open.filter(({ certificate }) => !this.lookedInto.has(certificate.sha256));
    if (answer.status === 'undetermined' && unknown.length > 0) {
      for (const issuer of unknown) {
        this.lookedInto.add(issuer.certificate.sha256);
        await this.gathered.addHeldLists(issuer);
        await this.fetchLists(issuer);
      }
      ({ answer, open } = await this.byListsAtHand(subject, freshness, scope));
    }
    if (answer.status !== 'undetermined') this.gathered.keepLists(answer.basis);
    return answer;
  }

  /**
   * Status by the lists at hand and nothing else; `open` are issuers of lists whose own status they leave open.
   * `origin`: who causes what has to be verified for that.
   */
  async byListsAtHand(
    subject: Subject,
    freshness: Freshness,
    scope: Scope,
    origin: KeyOrigin = 'operator',
  ): Promise<{ readonly answer: CrlAnswer; readonly open: readonly Subject[] }> {
    const { path, at, past, algorithms, pool, budget, sources } = this.input;
    const lists = this.gathered.listsIn(scope);
    const judge = new ListJudge({
      listsFor: () => lists,
      candidates: pool ?? [],
      path: path.certificates,
      validateIssuer: (certificate) => this.pathOf(certificate, origin),
      at,
      past,
      algorithms,
      freshness,
      payment: { budget, origin },
      // Of a time gone by an older issue may well be the one that was current then.
      isOlder: past === undefined ? (list, signer) => sources.lists.isOlder(list, signer) : undefined,
      originOf: (list) => this.gathered.originOf(list),
    });
    const answer = await inSlices(judge.judge(subject), budget.share);
    return { answer, open: [...judge.open.values()] };
  }

  /** Status by one answer; kept where it has proved good. */
  async byAnswer(
    subject: Subject,
    answer: GatheredAnswer,
    freshness: Freshness,
    scope: Scope,
  ): Promise<OcspVerdict> {
    const unknown: Certificate[] = [];
    let verdict = await this.byAnswerAtHand(subject, answer, freshness, scope, 'operator', unknown);
    if (unknown.length > 0) {
      for (const certificate of unknown) await this.settleResponder({ ...subject, certificate }, scope);
      verdict = await this.byAnswerAtHand(subject, answer, freshness, scope);
    }
    if (verdict.status !== 'undetermined') this.gathered.keepAnswer(subject, answer);
    return verdict;
  }

  /** Status by one answer and nothing else; `unknown` takes in responders whose own status is open. */
  async byAnswerAtHand(
    { certificate, authorities }: Subject,
    { answer, nonce, isUnasked }: GatheredAnswer,
    freshness: Freshness,
    scope: Scope,
    origin: KeyOrigin = 'operator',
    unknown: Certificate[] = [],
  ): Promise<OcspVerdict> {
    const { at, past, algorithms, policy, pool, budget } = this.input;
    const steps = evaluateOcsp({
      certificate,
      issuer: authorities[0]!,
      isIssuerAnchor: authorities.length === 1,
      candidates: pool ?? [],
      answer,
      at,
      past,
      algorithms,
      freshness,
      nonce,
      requiresNonce: policy.requiresNonce && !isUnasked,
      longestWithoutNonce: policy.longestWithoutNonce,
      payment: { budget, origin },
      isResponderCurrent: (responder) => {
        const known = this.responders.get(`${scope} ${responder.sha256}`);
        if (known === undefined) unknown.push(responder);
        return known === true;
      },
    });
    const verdict = await inSlices(steps, budget.share);
    // The nonce of an answer that nobody here asked for proves nothing; a revocation needs none.
    const isOther = isUnasked && policy.requiresNonce && verdict.status === 'good';
    return isOther ? { status: 'undetermined', problems: [{ problem: 'nonce-missing' }] } : verdict;
  }

  /** A responder without the no-check extension is judged by lists, never by what it says of itself. */
  private async settleResponder(responder: Subject, scope: Scope): Promise<void> {
    const key = `${scope} ${responder.certificate.sha256}`;
    if (this.responders.has(key)) return;
    this.responders.set(key, false);
    const strict = { ...this.input.policy.freshness, grace: 0 };
    await this.gathered.addHeldLists(responder);
    let answer = await this.byLists(responder, strict, scope);
    if (answer.status === 'undetermined') {
      await this.fetchLists(responder);
      answer = await this.byLists(responder, strict, scope);
    }
    this.responders.set(key, answer.status === 'good');
  }

  private *pathOf(certificate: Certificate, origin: KeyOrigin): Generator<undefined, ValidPath | undefined> {
    const { sha256 } = certificate;
    if (!this.issuerPaths.has(sha256))
      this.issuerPaths.set(sha256, yield* this.findPathOf(certificate, origin));
    return this.issuerPaths.get(sha256);
  }

  /** RFC 5280, section 6.3.3, f: the anchor has to be that of the path which is being checked. */
  private *findPathOf(target: Certificate, origin: KeyOrigin): Generator<undefined, ValidPath | undefined> {
    const { path, at, algorithms, pool, budget } = this.input;
    const step = yield* nextPath(
      pathSteps({
        target,
        pool: [...path.certificates, ...(pool ?? [])],
        anchors: [path.anchor],
        at,
        profile: profiles.rfc5280,
        algorithms,
        budget,
        ...(origin === 'operator' ? {} : { origin }),
      }),
    );
    if (!step.done) return step.value;
    if (isExhausted(step.value)) throw step.value;
    return undefined;
  }
}
