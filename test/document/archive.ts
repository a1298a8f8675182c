import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { KeyKind } from '../../src/authority/key.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type ExtensionLevel, extendMessage } from '../../src/document/cades/extend.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { Fetcher, usualFetch } from '../../src/fetch/fetcher.ts';

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

  /** Extends a message over the content, with the present lists as evidence. */
  async extend(message: Uint8Array, level: ExtensionLevel): Promise<Uint8Array> {
    const { certificate } = await this.authority.timeStampCertificate();
    const certificates = [certificate, this.authority.accredited.certificate];
    const material = { certificates, lists: await this.lists(), answers: [] };
    const authorities = [`${this.authority.url}/tsp`];
    return extendMessage(
      message,
      this.content,
      { level, authorities, fetcher: this.fetcher, material },
      { contents: [], known: [], budget: new Budget() },
    );
  }

  /** The report on a message, now, with lists given beside it. */
  validate(
    message: Uint8Array,
    lists: readonly Uint8Array[] = [],
    content: Uint8Array = this.content,
  ): Promise<DocumentReport> {
    return validateDocument(
      { document: message, contents: [{ name: undefined, octets: content }] },
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
