import type { AuthorisationContext } from '../authorisation/context.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { Checks } from '../report/check.ts';
import { Consulted } from '../revocation/consulted.ts';
import { digestOfAnswer } from '../revocation/ocsp/response.ts';
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
export class Findings {
  readonly checks = new Checks();
  /** The lists and answers that the checks of revocation looked at. */
  readonly consulted = new Consulted();
  /** What the service's state and other registers answered. */
  readonly told = new ToldAnswers();
  private scope: AskedScope = 'nothing';
  private isProven = false;
  private path: readonly Certificate[] = [];
  private readonly trustAsked: TrustAsked[] = [];

  /** Lists and answers, each once; of several answers about one certificate the one that came last. */
  get pieces(): readonly Piece[] {
    const lists = this.consulted.lists.map(({ list: { sha256, der }, url }) => {
      const piece = { kind: 'crl' as const, url, key: url, sha256, der };
      return [`${url} ${sha256}`, piece] as const;
    });
    const answers = this.consulted.answers.map(({ answer, url, key }) => {
      const { der } = answer;
      return [key, { kind: 'ocsp' as const, url, key, sha256: digestOfAnswer(answer), der }] as const;
    });
    return [...new Map(lists).values(), ...new Map(answers).values()];
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
    return new Set([...this.path, ...this.pieces].map(({ sha256 }) => sha256));
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
