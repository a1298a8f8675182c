import type { Certificate } from '../../certificate/certificate.ts';
import { claimsRevocation, type ListBasis } from '../crl/evaluate.ts';
import { namedIssuers } from '../crl/issue.ts';
import type { Subject } from '../crl/judge.ts';
import type { CertificateList } from '../crl/list.ts';
import { noValues } from '../message-values.ts';
import { isAbout } from '../ocsp/certificate-id.ts';
import type { OcspAnswer } from '../ocsp/response.ts';
import type { Problem } from '../problem.ts';
import { type Requester, requesterOf } from '../requester.ts';
import { type AnswerSubject, answerKey } from '../store/answer-store.ts';
import type { HeldList } from '../store/held-list.ts';
import { hostsNamedBy, isFetched, listUrls, urlsOf } from '../url.ts';
import { type CheckInput, sourceTime } from './input.ts';

/** Most certificates outside of the path, of one name, whose lists are looked for. */
const mostCandidates = 8;

/** Where what came with the message came from. */
const fromMessage = 'message';

/** What is looked at: what counts by itself, or what came with the message as well, where that counts for less. */
export type Scope = 'own' | 'all';

/** An OCSP answer at hand for one certificate. */
export interface GatheredAnswer {
  readonly answer: OcspAnswer;
  readonly origin: string;
  /** Nobody here asked for it. */
  readonly isUnasked: boolean;
  /** The nonce that was sent for it, if it has not been compared yet. */
  readonly nonce: Uint8Array | undefined;
  /** Where it was fetched in this check, so that it is kept once it has been verified. */
  readonly url: string | undefined;
}

/** Lists and answers at hand for the certificates of one path: from the message, from the stores, from the network. */
export class Gathered {
  /** What could not be read in the message. */
  readonly problems: readonly Problem[];
  private readonly input: CheckInput;
  /** The lists that count by themselves, with where they came from. */
  private readonly origins = new Map<CertificateList, string>();
  /** Lists of the message, where they do not. */
  private readonly broughtLists = new Set<CertificateList>();
  /** Lists fetched in this check, which are kept once they have been verified. */
  private readonly unverified = new Map<
    CertificateList,
    { readonly url: string; readonly requester: Requester }
  >();
  private readonly messageAnswers: readonly GatheredAnswer[];
  private readonly isMessageEqual: boolean;
  private namedHosts: ReadonlySet<string> | undefined;

  constructor(input: CheckInput) {
    this.input = input;
    const { message = noValues, policy } = input;
    this.isMessageEqual = policy.messageValues === 'equal';
    for (const list of message.lists) {
      if (this.isMessageEqual) this.origins.set(list, fromMessage);
      else this.broughtLists.add(list);
    }
    const unasked = { origin: fromMessage, isUnasked: true, nonce: undefined, url: undefined };
    this.messageAnswers = message.answers.map((answer) => ({ answer, ...unasked }));
    this.problems = message.problems;
  }

  /** Hosts that the certificates of the path name, and no others are asked. */
  get hosts(): ReadonlySet<string> {
    this.namedHosts ??= hostsNamedBy(this.input.path.certificates);
    return this.namedHosts;
  }

  /** Lists at hand. */
  listsIn(scope: Scope): readonly CertificateList[] {
    const own = [...this.origins.keys()];
    return scope === 'own' ? own : [...own, ...this.broughtLists];
  }

  /** Answers that the message brought, where they do not count by themselves. */
  get broughtAnswers(): readonly GatheredAnswer[] {
    return this.isMessageEqual ? [] : this.messageAnswers;
  }

  /** Whether the message brought anything that does not count by itself. */
  get hasBrought(): boolean {
    return this.broughtLists.size > 0 || this.broughtAnswers.length > 0;
  }

  /** Whether a list that the message brought, and that does not count by itself, says that a certificate is revoked. */
  hasListAgainst(certificate: Certificate): boolean {
    for (const list of this.broughtLists) if (claimsRevocation(list, certificate)) return true;
    return false;
  }

  /** The answers of the message that say so. */
  answersAgainst({ certificate, authorities }: Subject): readonly GatheredAnswer[] {
    return this.broughtAnswers.filter(({ answer }) =>
      answer.answers.some(
        ({ id, status }) => status.kind === 'revoked' && isAbout(id, certificate, authorities[0]!),
      ),
    );
  }

  originOf(list: CertificateList): string | undefined {
    return this.broughtLists.has(list) ? fromMessage : this.origins.get(list);
  }

  /** Whether a list came with the message and does not count by itself. */
  isBrought(list: CertificateList): boolean {
    return this.broughtLists.has(list);
  }

  /** Where lists for a certificate are published, as far as they are fetched at all. */
  urlsFor(certificate: Certificate): readonly string[] {
    const additional = this.input.additionalLists?.(certificate) ?? [];
    return [...listUrls(certificate), ...additional].filter(isFetched);
  }

  /**
   * Takes in the lists that the store holds for a certificate, under the keys of those who may have issued them, and
   * delta lists that these name.
   */
  async addHeldLists({ certificate, authorities }: Subject): Promise<void> {
    const requester = requesterOf(authorities);
    const candidates = namedIssuers(certificate, this.input.pool ?? [], ({ subject }) => subject);
    const signers = [
      ...namedIssuers(certificate, authorities, ({ name }) => name),
      ...candidates.slice(0, mostCandidates),
    ].map(({ publicKey }) => publicKey);
    for (const url of this.urlsFor(certificate)) {
      for (const signer of signers) {
        const held = await this.addHeldList({ requester, signer, url });
        for (const delta of urlsOf(held?.list.freshest ?? []).filter(isFetched))
          await this.addHeldList({ requester, signer, url: delta });
      }
    }
  }

  private async addHeldList(
    place: Pick<HeldList, 'requester' | 'signer' | 'url'>,
  ): Promise<HeldList | undefined> {
    const { sources, consulted } = this.input;
    const at = sourceTime(this.input);
    const held = sources.lists.peek(place, at) ?? (await sources.lists.load(place, at));
    if (held !== undefined && !this.origins.has(held.list)) {
      this.origins.set(held.list, held.url);
      consulted?.lists.push(held);
    }
    return held;
  }

  /** Takes in a list that has just been fetched. */
  addFetchedList(list: CertificateList, url: string, requester: Requester): void {
    if (!this.origins.has(list)) this.unverified.set(list, { url, requester });
    this.origins.set(list, url);
    this.input.consulted?.lists.push({ list, url });
  }

  /** Answers at hand for a certificate, before anybody is asked. */
  async heldAnswers(subject: Subject): Promise<HeldAnswers> {
    const { sources, path, asksAgain = false } = this.input;
    const at = sourceTime(this.input);
    const current: GatheredAnswer[] = this.isMessageEqual ? [...this.messageAnswers] : [];
    if (asksAgain && subject.certificate === path.certificates[0]) return { current, due: [] };
    const held = await sources.answers.load(answerSubject(subject), at);
    if (held === undefined) return { current, due: [] };
    const { answer, url: origin } = held;
    const gathered = { answer, origin, isUnasked: false, nonce: undefined, url: undefined };
    this.noteAnswer(subject, answer, origin);
    return sources.answers.isDue(held, at)
      ? { current, due: [gathered] }
      : { current: [...current, gathered], due: [] };
  }

  /** Notes an answer that was looked at; `url` is the responder's. */
  noteAnswer(subject: Subject, answer: OcspAnswer, url: string): void {
    this.input.consulted?.answers.push({ answer, url, key: answerKey(answerSubject(subject)) });
  }

  /** Notes what became of a source that gave nothing. */
  noteProblem(problem: Problem): void {
    this.input.consulted?.problems.push(problem);
  }

  /** Hands lists that an answer rests on to the store, where they were fetched in this check. */
  keepLists(basis: readonly ListBasis[]): void {
    if (this.unverified.size === 0) return;
    for (const { list, delta, signer } of basis) {
      for (const each of [list, delta]) {
        const fetched = each === undefined ? undefined : this.unverified.get(each);
        if (each === undefined || fetched === undefined) continue;
        this.unverified.delete(each);
        const at = sourceTime(this.input);
        this.input.sources.lists.accept({ ...fetched, hosts: this.hosts, at }, each, signer);
      }
    }
  }

  /** Hands an answer that has been verified to the store, where it was fetched in this check. */
  keepAnswer(subject: Subject, { answer, url }: GatheredAnswer): void {
    if (url === undefined) return;
    this.input.sources.answers.accept(answerSubject(subject), url, answer, sourceTime(this.input));
  }
}

/** Answers at hand for one certificate before anybody is asked. */
export interface HeldAnswers {
  readonly current: GatheredAnswer[];
  /** Held for so long that the responder is asked first; they count where it cannot be. */
  readonly due: readonly GatheredAnswer[];
}

function answerSubject({ certificate, authorities }: Subject): AnswerSubject {
  return {
    certificate,
    issuerKey: authorities[0]!.publicKey,
    requester: requesterOf(authorities),
  };
}
