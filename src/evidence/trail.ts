import type { AuthorisationContext } from '../authorisation/context.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { Challenge } from '../challenge/challenge.ts';
import type { IssuerSource } from '../issuer/source.ts';
import { Checks } from '../report/check.ts';
import { digestOfAnswer } from '../revocation/ocsp/response.ts';
import { SignerTrail, type TrustAsked } from '../signer/trail.ts';
import { recordingIssuers } from './issuers.ts';
import { type AskedScope, RecordedAnswers, recording } from './recorded-answers.ts';
import { excerptOf, type KeptTrust } from './trust-excerpt.ts';
import type { VerificationResult } from './verification-result.ts';

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

/** Whom a signature was found to be of, before it was decided whether they are let in. */
export interface Recognised {
  /** The organisation, `ogrn:…`, as a certificate of a valid path names it. */
  readonly subject: string;
  /** SHA-256 of the signer's certificate, base64url. */
  readonly certificateThumbprint: string;
  /** Whether the path holds in every respect, so that what follows is about what the organisation's people do. */
  readonly isProven: boolean;
}

/**
 * The one account of an attempt to sign in: what is known by the time it ends, whatever its outcome. It is handed down
 * to the stages, which only add to it.
 */
export class Trail {
  /** The challenge that was answered, and the message, as far as they could be read. */
  challenge?: Challenge;
  message?: Uint8Array;
  recognised?: Recognised;
  /** What the verification gave, where it passed. */
  verified?: VerificationResult;
  readonly checks = new Checks();
  /** What was noted while certificates of signers were proven. */
  readonly signers = new SignerTrail();
  /** What the service's state and other registers answered. */
  readonly answers = new RecordedAnswers();
  private scope: AskedScope = 'nothing';
  private isProven = false;
  private path: readonly Certificate[] = [];

  /** Lists and answers, each once; of several answers about one certificate the one that came last. */
  get pieces(): readonly Piece[] {
    const lists = this.signers.consulted.lists.map(({ list: { sha256, der }, url }) => {
      const piece = { kind: 'crl' as const, url, key: url, sha256, der };
      return [`${url} ${sha256}`, piece] as const;
    });
    const answers = this.signers.consulted.answers.map(({ answer, url, key }) => {
      const { der } = answer;
      return [key, { kind: 'ocsp' as const, url, key, sha256: digestOfAnswer(answer), der }] as const;
    });
    return [...new Map(lists).values(), ...new Map(answers).values()];
  }

  /** What was trusted, for each certificate that a path was looked for; empty where none was. */
  get trust(): readonly KeptTrust[] {
    return this.excerpts(poolOf);
  }

  /** The same, as far as the signer's proven path touches it, whatever else the message had in it. */
  get trustOfPath(): readonly KeptTrust[] {
    const own = new Set(this.path);
    return this.excerpts((asked) =>
      own.has(asked.target) ? poolOf(asked).filter((each) => own.has(each)) : poolOf(asked),
    );
  }

  private excerpts(pick: (asked: TrustAsked) => readonly Certificate[]): readonly KeptTrust[] {
    const found = this.signers.asked.map((asked) => excerptOf(asked.view, asked.target, pick(asked)));
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
    return recording(context, this.answers);
  }

  /** `issuers`, with what came noted here. */
  askingIssuers(issuers: IssuerSource): IssuerSource {
    return recordingIssuers(issuers, this.answers);
  }
}

/** Certificates of the message, and of issuers who were asked. */
function poolOf({ pool, found }: TrustAsked): readonly Certificate[] {
  return found.length === 0 ? pool : [...pool, ...found];
}
