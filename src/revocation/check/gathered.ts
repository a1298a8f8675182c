import type { Certificate } from '../../certificate/certificate.ts';
import type { Problem } from '../../fetch/problem.ts';
import { claimsRevocation, type ListBasis } from '../crl/evaluate.ts';
import type { Subject } from '../crl/judge.ts';
import type { CertificateList } from '../crl/list.ts';
import { noValues } from '../message-values.ts';
import { isIdOf } from '../ocsp/certificate-id.ts';
import type { OcspAnswer } from '../ocsp/response.ts';
import { answerKey } from '../store/answer-store.ts';
import { hostsNamedBy, isFetched, listUrls, urlsOf } from '../url.ts';
import type { CheckInput } from './input.ts';

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
  private readonly unverified = new Map<CertificateList, string>();
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

  /**
   * Lists at hand. Of those that the message brought an issue before one that was verified here is no news of
   * anything.
   */
  listsIn(scope: Scope): readonly CertificateList[] {
    const own = [...this.origins.keys()];
    if (scope === 'own' || this.broughtLists.size === 0) return own;
    const { lists } = this.input.sources;
    return [...own, ...[...this.broughtLists].filter((list) => !lists.isOlder(list))];
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
    const { serialNumber } = certificate.fields;
    return this.broughtAnswers.filter(({ answer }) =>
      answer.answers.some(
        ({ id, status }) => status.kind === 'revoked' && isIdOf(id, authorities[0]!, serialNumber),
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

  /** Takes in the lists that the store holds for a certificate, and delta lists that these name. */
  async addHeldLists(certificate: Certificate): Promise<void> {
    for (const url of this.urlsFor(certificate)) {
      const list = await this.addHeldList(url);
      for (const delta of urlsOf(list?.freshest ?? []).filter(isFetched)) await this.addHeldList(delta);
    }
  }

  private async addHeldList(url: string): Promise<CertificateList | undefined> {
    const { sources, at } = this.input;
    const held = sources.lists.peek(url, at) ?? (await sources.lists.load(url, at));
    if (held !== undefined) {
      this.origins.set(held.list, url);
      this.input.witness?.list(held.list, url);
    }
    return held?.list;
  }

  /** Takes in a list that has just been fetched. */
  addFetchedList(list: CertificateList, url: string): void {
    if (!this.origins.has(list)) this.unverified.set(list, url);
    this.origins.set(list, url);
    this.input.witness?.list(list, url);
  }

  /** Answers at hand for a certificate, before anybody is asked. */
  async heldAnswers({ certificate, authorities }: Subject): Promise<GatheredAnswer[]> {
    const { sources, at, path, asksAgain = false } = this.input;
    const answers: GatheredAnswer[] = this.isMessageEqual ? [...this.messageAnswers] : [];
    if (asksAgain && certificate === path.certificates[0]) return answers;
    const held = await sources.answers.load(authorities[0]!, certificate, at);
    if (held !== undefined) {
      const { answer, url: origin } = held;
      answers.push({ answer, origin, isUnasked: false, nonce: undefined, url: undefined });
      this.witnessAnswer(certificate, authorities, held.answer, held.url);
    }
    return answers;
  }

  /** Notes an answer that was looked at; `url` is the responder's. */
  witnessAnswer(
    certificate: Certificate,
    authorities: Subject['authorities'],
    answer: OcspAnswer,
    url: string,
  ): void {
    this.input.witness?.answer(answer, url, answerKey(authorities[0]!, certificate));
  }

  /** Hands lists that an answer rests on to the store, where they were fetched in this check. */
  keepLists(basis: readonly ListBasis[]): void {
    if (this.unverified.size === 0) return;
    for (const { list, delta, signer } of basis) {
      for (const each of [list, delta]) {
        const url = each === undefined ? undefined : this.unverified.get(each);
        if (each === undefined || url === undefined) continue;
        this.unverified.delete(each);
        const { sources, at } = this.input;
        sources.lists.accept({ url, hosts: this.hosts, at }, each, signer);
      }
    }
  }

  /** Hands an answer that has been verified to the store, where it was fetched in this check. */
  keepAnswer({ certificate, authorities }: Subject, { answer, url }: GatheredAnswer): void {
    if (url === undefined) return;
    const { sources, at } = this.input;
    sources.answers.accept({ url, certificate, issuer: authorities[0]! }, answer, at);
  }
}
