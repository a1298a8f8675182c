import type { DigestAlgorithm } from '../algorithm/digest.ts';
import type { SignatureAlgorithm } from '../algorithm/signature-algorithm.ts';
import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { SealgateError } from '../error.ts';
import type { Checks } from '../report/check.ts';
import type { DetachedContent } from '../signature/content-file.ts';
import type { VerifiedToken } from '../timestamp/token.ts';
import type {
  Coverage,
  DocumentFormat,
  Level,
  Modification,
  SignatureFormat,
  TimestampKind,
} from './report.ts';

/** A document that was given beside a signature, under the name that references to it use. */
export interface NamedContent {
  readonly name: string | undefined;
  readonly octets: DetachedContent;
  /** It may be referred to, and need not be covered. */
  readonly isAuxiliary?: boolean;
}

/** What the examination of a document depends on. */
export interface Examination {
  /** Documents beside it, for detached signatures. */
  readonly contents: readonly NamedContent[];
  /** Certificates beside it, unverified. */
  readonly known: readonly Certificate[];
  readonly budget: Budget;
}

/** Encodings, DER, of what a document holds for its own validation; nothing verified. */
export interface Material {
  readonly certificates: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
}

export const noMaterial: Material = { certificates: [], lists: [], answers: [] };

/** The material of several parts together. */
export function joined(parts: readonly Material[]): Material {
  return {
    certificates: parts.flatMap(({ certificates }) => certificates),
    lists: parts.flatMap(({ lists }) => lists),
    answers: parts.flatMap(({ answers }) => answers),
  };
}

/** A signature whose mathematics hold: what was signed, with which key; nothing is said of trust. */
export interface IntactSignature {
  readonly signer: Certificate;
  readonly algorithm: SignatureAlgorithm;
  /** Hash functions on which it rests beside that of the algorithm. */
  readonly digests: readonly DigestAlgorithm[];
  /** Whether it binds its certificate. */
  readonly namesCertificate: boolean;
  /** Milliseconds since the epoch; a claim of the signer. */
  readonly signingTime: number | undefined;
}

/** A time-stamp with what it proves the existence of, if it is to be relied on. */
export interface ExaminedTimestamp {
  readonly kind: TimestampKind;
  /** The token as it stands in the document. */
  readonly octets: Uint8Array;
  readonly checks: Checks;
  /** Milliseconds since the epoch; undefined where the token cannot be read. */
  readonly time: number | undefined;
  /** Whether it was given for what it stands beside; undefined where that could not be found out. */
  readonly imprint: 'matches' | 'differs' | undefined;
  /** The token, where its signature holds; `failure` may still refuse it. */
  readonly token: VerifiedToken | undefined;
  /** What is wrong with it, found without asking whom to trust. */
  readonly failure: SealgateError | undefined;
  /** The octets whose existence at its time it proves: values of signatures, other tokens, certificates, lists. */
  readonly covers: readonly Uint8Array[];
  readonly material: Material;
  readonly coverage?: Coverage;
}

/** A signature with all that was found out about it without asking whom to trust. */
export interface ExaminedSignature {
  readonly format: SignatureFormat;
  /** Where it stands: the name of a file, of a field. */
  readonly name?: string;
  readonly checks: Checks;
  /** Octets of its value, by which its existence is proven. */
  readonly value: Uint8Array;
  readonly intact: IntactSignature | undefined;
  /** Why it is not intact; or, where it is, what else refuses it. */
  readonly failure: SealgateError | undefined;
  /** The level, as far as its parts are there and intact. */
  readonly level: Level | undefined;
  readonly coverage: Coverage | undefined;
  /** Of a PDF: what was done after it was added. */
  readonly modifications?: Modification;
  readonly timestamps: readonly ExaminedTimestamp[];
  readonly counterSignatures: readonly ExaminedSignature[];
}

/** A document with its signatures and its own time-stamps. */
export interface ExaminedDocument {
  readonly format: DocumentFormat;
  readonly form?: 'attached' | 'detached';
  readonly signatures: readonly ExaminedSignature[];
  /** Time-stamps that belong to no single signature. */
  readonly timestamps: readonly ExaminedTimestamp[];
  readonly material: Material;
}

/** What the time-stamps of a signature, and of those that counter it, hold for their own validation. */
export function materialOfTimestamps({
  timestamps,
  counterSignatures,
}: Pick<ExaminedSignature, 'timestamps' | 'counterSignatures'>): readonly Material[] {
  return [...timestamps.map(({ material }) => material), ...counterSignatures.flatMap(materialOfTimestamps)];
}
