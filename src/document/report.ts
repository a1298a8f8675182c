import type { ProfileName } from '../path/profile.ts';
import type { Verdict } from '../report/verdict.ts';
import type { CertificateFacts, PathFacts } from '../validation/certificate.ts';

/** What a file is. */
export type DocumentFormat = 'CMS' | 'XML' | 'PDF' | 'ASiC-S' | 'ASiC-E' | 'time-stamp';

/** What a signature is; the second of each pair binds its certificate, as the standards of ETSI ask. */
export type SignatureFormat = 'CMS' | 'CAdES' | 'XMLDSig' | 'XAdES' | 'PDF' | 'PAdES';

/**
 * Levels of EN 319 122, 132 and 142: B (BES, EPES), T, LT and LTA are those of the baseline; C, X, XL and A the extended
 * ones of their second parts.
 */
export type Level = 'B' | 'T' | 'C' | 'X' | 'XL' | 'LT' | 'A' | 'LTA';

/** What a time-stamp was given for. */
export type TimestampKind =
  | 'content'
  | 'signature'
  | 'signature-and-references'
  | 'references'
  | 'archive'
  | 'document';

/** What a signature covers. `whole`: all that was given as the document. */
export interface Coverage {
  readonly extent: 'whole' | 'part';
  /** Names or paths of what is covered. */
  readonly covered: readonly string[];
  /** What stands in the document and is not covered. */
  readonly uncovered: readonly string[];
}

/**
 * What was done to a PDF after a signature was added. `allowed`: signatures, time-stamps, evidence, values of fields;
 * `annotations`: notes on pages as well; `forbidden`: anything else.
 */
export type Modification = 'none' | 'allowed' | 'annotations' | 'forbidden';

/** The verdict on one time-stamp. */
export interface TimestampReport extends Verdict, PathFacts {
  readonly kind: TimestampKind;
  /** Of the token as it stands in the document, hexadecimal. */
  readonly sha256: string;
  /** ISO 8601; absent where the token cannot be read. */
  readonly time?: string;
  readonly imprint?: 'matches' | 'differs';
  /** That of the authority. */
  readonly certificate?: CertificateFacts;
  readonly algorithm?: string;
  readonly coverage?: Coverage;
}

/** The verdict on one signature. */
export interface SignatureReport extends Verdict, PathFacts {
  readonly format: SignatureFormat;
  readonly name?: string;
  /** What is there and intact; absent where the signature does not bind its certificate. */
  readonly level?: Level;
  /** Whether digest and value hold, whomever they are of; absent where that could not be computed. */
  readonly integrity?: 'intact' | 'broken';
  /** Absent where it cannot be told which certificate signed, or the signature does not hold. */
  readonly certificate?: CertificateFacts;
  readonly algorithm?: string;
  /** ISO 8601; a claim of the signer. */
  readonly signingTime?: string;
  /** Whether the signature binds its certificate; without that another of the same key could be put in its place. */
  readonly namesCertificate?: boolean;
  /** ISO 8601: the earliest time at which a time-stamp proves the signature to have existed. */
  readonly provenTime?: string;
  /** ISO 8601: the time for which path and revocation hold. */
  readonly judgedAt?: string;
  readonly coverage?: Coverage;
  readonly modifications?: Modification;
  readonly timestamps: readonly TimestampReport[];
  readonly counterSignatures: readonly SignatureReport[];
}

/** The verdict on a document: that of its worst signature. */
export interface DocumentReport extends Verdict {
  /** ISO 8601. */
  readonly at: string;
  readonly profile: ProfileName;
  /** Absent where it is of no known format. */
  readonly format?: DocumentFormat;
  /** Of a CMS message. */
  readonly form?: 'attached' | 'detached';
  readonly signatures: readonly SignatureReport[];
  /** Those that belong to no single signature, as in a PDF; a time-stamp on its own. */
  readonly timestamps: readonly TimestampReport[];
}
