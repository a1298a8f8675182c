import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { KeyKind } from '../../src/authority/key.ts';
import { Budget } from '../../src/budget/budget.ts';
import { documentCommandLimits } from '../../src/budget/limits.ts';
import type { NamedContent } from '../../src/document/examined.ts';
import { extendDocument } from '../../src/document/extend.ts';
import type { ExtensionLevel } from '../../src/document/extender.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { Fetcher, usualFetch } from '../../src/fetch/fetcher.ts';
import { createSources, usualSources } from '../../src/revocation/sources.ts';
import { contextOfAnchors, readAnchors } from '../../src/validation/context.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** An authority with a clock that a test moves, which gives certificates, lists and time-stamps. */
export class Archive {
  readonly authority: Authority;
  readonly content = Buffer.from('A contract that is kept for years.');
  private readonly fetcher = new Fetcher({ ...usualFetch, allowedNetworks: ['127.0.0.0/8'] });
  private readonly clock: { now: number };

  private constructor(authority: Authority, clock: { now: number }) {
    this.authority = authority;
    this.clock = clock;
  }

  static async open(algorithm: KeyKind, now: number): Promise<Archive> {
    const clock = { now };
    const authority = await createAuthority({
      algorithm,
      now: () => clock.now,
      at: now - 30 * day,
      serve: {},
    });
    return new Archive(authority, clock);
  }

  get now(): number {
    return this.clock.now;
  }

  pass(time: number): void {
    this.clock.now += time;
  }

  /** A certificate that ends `term` from now. */
  issue(term: number): Promise<IssuedCertificate> {
    const subscriber = sampleSubscriber('legal-entity');
    return this.authority.issue({ subscriber, notBefore: this.now - hour, notAfter: this.now + term });
  }

  /** The present lists of both authorities. */
  async lists(): Promise<readonly Uint8Array[]> {
    const { accredited, root } = this.authority;
    return [await accredited.currentCrl(), await root.currentCrl()];
  }

  /**
   * Extends a document, over the content where it is detached, by the authority's own time-stamps and with evidence from
   * where its certificates say.
   */
  extend(document: Uint8Array, level: ExtensionLevel, requiresTrust = true): Promise<Uint8Array> {
    return this.extendOver(this.contents(), document, level, requiresTrust);
  }

  /** As `extend`, over other contents. */
  async extendOver(
    contents: readonly NamedContent[],
    document: Uint8Array,
    level: ExtensionLevel,
    requiresTrust = true,
  ): Promise<Uint8Array> {
    const budget = new Budget(documentCommandLimits);
    const anchors = readAnchors([this.authority.root.certificate]);
    const sources = createSources(usualSources, { fetcher: this.fetcher });
    const authorities = { urls: [`${this.authority.url}/tsp`], fetcher: this.fetcher };
    const question = {
      ...{ untrusted: [this.authority.accredited.certificate], lists: [], answers: [] },
      ...({ at: this.now, profile: 'rfc5280', language: 'en' } as const),
    };
    const { octets } = await extendDocument(
      { document, contents },
      { level, authorities, requiresTrust },
      question,
      budget,
      (given, checks) => ({
        ...contextOfAnchors(anchors, given, question, budget, checks),
        ...{ sources, asksSources: level !== 'T' },
      }),
    );
    return octets;
  }

  private contents(content: Uint8Array = this.content) {
    return [{ name: 'contract.txt', octets: content }];
  }

  /** The report on a message, now, with lists given beside it. */
  validate(
    message: Uint8Array,
    lists: readonly Uint8Array[] = [],
    content: Uint8Array = this.content,
  ): Promise<DocumentReport> {
    return validateDocument(
      { document: message, contents: this.contents(content) },
      {
        anchors: [this.authority.root.certificate],
        ...{ untrusted: [this.authority.accredited.certificate], lists, answers: [] },
        ...{ at: this.now, profile: 'rfc5280', language: 'en' },
      },
    );
  }

  async close(): Promise<void> {
    await this.fetcher.close();
    await this.authority.close();
  }
}
