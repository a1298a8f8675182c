import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { Name } from '../certificate/name.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';
import type { PathTerm } from '../failure/path-terms.ts';

/** What stands above a certificate in a path: name and working key, and the certificate where it came in one. */
export interface PathIssuer {
  readonly name: Name;
  /** With inherited parameters filled in, so that signatures of this issuer can be verified with it. */
  readonly publicKey: PublicKeyInfo;
  readonly certificate: Certificate | undefined;
}

/** Something accepted that people should know of. */
export interface PathWarning {
  readonly certificate: Certificate;
  readonly rule: PathTerm;
}

declare const valid: unique symbol;

/**
 * A path that has been validated (RFC 5280, section 6.1): every certificate was signed by the one above it and the
 * last by the anchor, all hold at `at`. Says nothing about revocation. Only this folder makes one.
 */
export interface ValidPath {
  readonly [valid]: true;
  /** From the target up to the certificate below the anchor. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
  /** The issuer of each of `certificates`, in the same order. */
  readonly issuers: readonly [PathIssuer, ...PathIssuer[]];
  readonly anchor: TrustAnchor;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly profile: string;
  /** User-constrained policy set (RFC 9618, section 5.5), sorted; any-policy stands in it as itself. */
  readonly policies: readonly string[];
  /** Which of the purposes asked for are allowed all along the path. */
  readonly purposes: readonly string[];
  readonly warnings: readonly PathWarning[];
}

/** The fields of a ValidPath, which `prove` makes one. */
export type PathFacts = {
  readonly [K in keyof ValidPath as K extends typeof valid ? never : K]: ValidPath[K];
};

/** Declares a path valid; called at the end of validation and nowhere else. */
export function prove(facts: PathFacts): ValidPath {
  return facts as ValidPath;
}
