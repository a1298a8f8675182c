import { inSlices } from '../../budget/slices.ts';
import { crlDistributionPoints } from '../../certificate/distribution-point.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { type ListIssuer, namedIssuers } from '../crl/issue.ts';
import type { Subject } from '../crl/judge.ts';
import type { CertificateList } from '../crl/list.ts';
import { type Problem, problemOf } from '../problem.ts';
import { requesterOf } from '../requester.ts';
import { hostOf, responderUrls, urlsOf } from '../url.ts';
import type { Gathered, GatheredAnswer } from './gathered.ts';
import { type CheckInput, sourceTime } from './input.ts';
import { Patience } from './patience.ts';

type ListOutcome = { readonly list: CertificateList } | { readonly problem: Problem };

/** Asks the network for the certificates of one path, within the patience of the policy; no list twice. */
export class SourceRequests {
  private readonly input: CheckInput;
  private readonly gathered: Gathered;
  private readonly asked = new Map<string, Promise<ListOutcome>>();
  private readonly patience: Patience;

  constructor(input: CheckInput, gathered: Gathered) {
    this.input = input;
    this.gathered = gathered;
    this.patience = input.patience ?? new Patience(input.policy.patience);
  }

  /** Seconds since the sign-in began to wait for the network. */
  get waited(): number {
    return this.patience.waited / 1000;
  }

  /** Fetches lists for a certificate, point by point, until `isSettled`. Returns what went wrong on the way. */
  async lists(
    subject: Subject,
    isSettled: () => Promise<boolean>,
    patience = this.patience.total,
  ): Promise<readonly Problem[]> {
    const { certificate } = subject;
    const points = certificate.extension(crlDistributionPoints) ?? [];
    const additional = this.input.additionalLists?.(certificate) ?? [];
    const places = [...points.map((point) => urlsOf([point])), additional].filter((urls) => urls.length > 0);
    if (places.length === 0) return [{ problem: 'no-source', details: { kind: 'crl' } }];
    const problems: Problem[] = [];
    for (const [at, urls] of places.entries()) {
      const share = this.shareOf(patience, places.length - at);
      const list = await this.mirrors(urls, subject, share, problems);
      if (list === undefined) continue;
      await this.mirrors(await this.deltaUrls(list, subject), subject, share, problems);
      if (await isSettled()) break;
    }
    return problems;
  }

  /**
   * Where delta lists for a list are published. The list has just come and is not verified as a whole; other hosts
   * than the chain names are asked only on the word of one of its authorities.
   */
  private async deltaUrls(list: CertificateList, { authorities }: Subject): Promise<readonly string[]> {
    const urls = urlsOf(list.freshest);
    const areNamed = urls.every((url) => this.gathered.hosts.has(hostOf(url)));
    return areNamed || (await this.signerAmong(authorities, list)) !== undefined ? urls : [];
  }

  /** Who of those that may have issued a list has signed it. */
  private async signerAmong(
    issuers: readonly ListIssuer[],
    list: CertificateList,
  ): Promise<ListIssuer | undefined> {
    const { algorithms, budget } = this.input;
    for (const issuer of issuers) {
      if (!isSameName(issuer.name, list.issuer)) continue;
      const steps = list.signed.problemUnder(issuer.publicKey, algorithms, { budget, origin: 'operator' });
      if ((await inSlices(steps, budget.share)) === undefined) return issuer;
    }
    return undefined;
  }

  /** The first list that one of several addresses of the same list gives. */
  private async mirrors(
    urls: readonly string[],
    subject: Subject,
    share: number,
    problems: Problem[],
  ): Promise<CertificateList | undefined> {
    for (const [index, url] of urls.entries()) {
      const patience = share / (urls.length - index);
      const outcome = await this.listAt(url, subject, patience);
      if ('list' in outcome) return outcome.list;
      problems.push(outcome.problem);
    }
    return undefined;
  }

  /** A list is asked for once; who needs it for another certificate of the path waits for the same request. */
  private listAt(url: string, subject: Subject, patience: number): Promise<ListOutcome> {
    const known = this.asked.get(url);
    if (known !== undefined) return known;
    const outcome = this.fetchList(url, subject, patience);
    this.asked.set(url, outcome);
    return outcome;
  }

  private async fetchList(url: string, subject: Subject, share: number): Promise<ListOutcome> {
    const { sources } = this.input;
    const at = sourceTime(this.input);
    const patience = this.patience.grant(share);
    if (patience === undefined)
      return this.withoutList({ problem: 'out-of-time', source: url, details: { kind: 'crl' } });
    const requester = requesterOf(subject.authorities);
    const issuers = namedIssuers(subject.certificate, subject.authorities, ({ name }) => name);
    const { hosts } = this.gathered;
    try {
      const list = await sources.lists.fetch({ url, hosts, requester, issuers, patience, at });
      const signer = await this.signerAmong(issuers, list);
      if (signer !== undefined && sources.lists.isOlder(list, signer.publicKey))
        return this.withoutList({ problem: 'rolled-back', source: url, details: { kind: 'crl' } });
      this.gathered.addFetchedList(list, url, requester);
      return { list };
    } catch (error) {
      return this.withoutList(problemOf(error, 'crl', url));
    }
  }

  private withoutList(problem: Problem): ListOutcome {
    this.gathered.noteProblem(problem);
    return { problem };
  }

  /** Asks the responders of a certificate until one of them `settles` it. Returns what went wrong on the way. */
  async responders(
    { certificate, authorities }: Subject,
    settles: (answer: GatheredAnswer) => Promise<boolean>,
    patience = this.patience.total,
  ): Promise<readonly Problem[]> {
    const { sources, policy } = this.input;
    const urls = responderUrls(certificate);
    if (urls.length === 0) return [{ problem: 'no-source', details: { kind: 'ocsp' } }];
    const problems: Problem[] = [];
    for (const [index, url] of urls.entries()) {
      const timeout = this.patience.grant(this.shareOf(patience, urls.length - index));
      if (timeout === undefined) {
        problems.push({ problem: 'out-of-time', source: url, details: { kind: 'ocsp' } });
        break;
      }
      try {
        const fresh = await sources.answers.fetch({
          url,
          hosts: this.gathered.hosts,
          requester: requesterOf(authorities),
          issuerKey: authorities[0]!.publicKey,
          certificate,
          digest: policy.idDigest,
          sendsNonce: policy.sendsNonce,
          timeout,
        });
        if (await settles({ ...fresh, origin: url, isUnasked: false, url })) break;
      } catch (error) {
        problems.push(problemOf(error, 'ocsp', url));
      }
    }
    for (const problem of problems) this.gathered.noteProblem(problem);
    return problems;
  }

  /** What is left of the patience, ms, shared out among the places that may still be asked. */
  private shareOf(patience: number, places: number): number {
    return this.patience.left(patience) / Math.max(1, places);
  }
}
