import type { AuthorisationContext } from '../authorisation/context.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { Checks } from '../report/check.ts';
import { Consulted } from '../revocation/consulted.ts';
import { digestOfAnswer } from '../revocation/ocsp/response.ts';
import type { TrustView } from '../trust-list/view.ts';
import { witnessedIssuers } from './issuers.ts';
import { type AskedScope, type Told, witnessed } from './told.ts';
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
  readonly told: Told[] = [];
  private scope: AskedScope = 'nothing';
  private isProven = false;
  private readonly excerpts = new Map<string, KeptTrust>();

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
    return [...this.excerpts.values()];
  }

  /** Notes that a valid path leads to the signer's certificate: what is refused from now on, somebody vouches for. */
  pathFound(): void {
    this.isProven = true;
  }

  get hasPath(): boolean {
    return this.isProven;
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
    const excerpt = excerptOf(view, target, pool);
    this.excerpts.set(excerpt.sha256, excerpt);
  }
}
