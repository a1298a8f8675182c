import type { AuthorisationContext } from '../authorisation/context.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { Checks } from '../report/check.ts';
import type { CertificateList } from '../revocation/crl/list.ts';
import { digestOfAnswer, type OcspAnswer } from '../revocation/ocsp/response.ts';
import type { RevocationWitness } from '../revocation/witness.ts';
import type { TrustView } from '../trust-list/view.ts';
import { witnessedIssuers } from './issuers.ts';
import { type AskedScope, ToldAnswers, witnessed } from './told.ts';
import { excerptOf, type KeptTrust } from './trust-excerpt.ts';

/** A revocation list or an OCSP answer that a verification looked at. */
export interface Piece {
  readonly kind: 'crl' | 'ocsp';
  /** Where it is published, or which responder gave it. */
  readonly url: string;
  /** What it is found by again. */
  readonly key: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly der: Uint8Array;
}

/** What a verification finds out on its way, whatever its outcome: handed down to the stages, which only add to it. */
export class Findings implements RevocationWitness {
  readonly checks = new Checks();
  private readonly looked = new Map<string, Piece>();
  /** What the service's state and other registers answered. */
  readonly told = new ToldAnswers();
  private scope: AskedScope = 'nothing';
  private isProven = false;
  private path: readonly Certificate[] = [];
  private readonly trustAsked: TrustAsked[] = [];

  /** Lists and answers; of several under one key the one that came last. */
  get pieces(): readonly Piece[] {
    return [...this.looked.values()];
  }

  /** What was trusted, for each certificate that a path was looked for; empty where none was. */
  get trust(): readonly KeptTrust[] {
    return this.excerpts(({ pool }) => pool);
  }

  /** The same, as far as the signer's proven path touches it, whatever else the message had in it. */
  get trustOfPath(): readonly KeptTrust[] {
    const own = new Set(this.path);
    return this.excerpts(({ target, pool }) =>
      own.has(target) ? pool.filter((each) => own.has(each)) : pool,
    );
  }

  private excerpts(poolOf: (asked: TrustAsked) => readonly Certificate[]): readonly KeptTrust[] {
    const found = this.trustAsked.map((asked) => excerptOf(asked.view, asked.target, poolOf(asked)));
    return [...new Map(found.map((excerpt) => [excerpt.sha256, excerpt])).values()];
  }

  /** Notes that a valid path leads to the signer's certificate: what is refused from now on, somebody vouches for. */
  pathFound(): void {
    this.isProven = true;
  }

  get hasPath(): boolean {
    return this.isProven;
  }

  /** Notes the path by which the signer's certificate was proven in every respect, its own certificate first. */
  pathProven(path: readonly Certificate[]): void {
    this.path = path;
  }

  /** SHA-256 of everything that may come with a message and that the verdict rests on, lower-case hexadecimal. */
  get needed(): ReadonlySet<string> {
    return new Set([...this.path, ...this.looked.values()].map(({ sha256 }) => sha256));
  }

  list({ sha256, der }: CertificateList, url: string): void {
    this.looked.set(`crl ${url}`, { kind: 'crl', url, key: url, sha256, der });
  }

  answer(answer: OcspAnswer, url: string, key: string): void {
    const { der } = answer;
    this.looked.set(`ocsp ${key}`, { kind: 'ocsp', url, key, sha256: digestOfAnswer(answer), der });
  }

  /** What could have been asked, whether it was or not. */
  get asked(): AskedScope {
    return this.scope;
  }

  /** The same questions, with their answers noted here. */
  asking(context: AuthorisationContext): AuthorisationContext {
    this.scope = context.powerStatus === undefined ? 'register' : 'powers';
    return witnessed(context, this.told);
  }

  /** `issuers`, with what came noted here; `onFound` is told of it. */
  askingIssuers(issuers: IssuerSource, onFound: (found: readonly Certificate[]) => void): IssuerSource {
    return witnessedIssuers(issuers, this.told, onFound);
  }

  /** Notes what was trusted when a path from `target` was looked for. */
  trusted(view: TrustView, target: Certificate, pool: readonly Certificate[]): void {
    this.trustAsked.push({ view, target, pool });
  }
}

interface TrustAsked {
  readonly view: TrustView;
  readonly target: Certificate;
  /** Certificates of the message, and of issuers who were asked. */
  readonly pool: readonly Certificate[];
}
