import { hash } from 'node:crypto';
import { currentAlgorithms } from '../algorithm/policy.ts';
import { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { attributeOids } from '../certificate/name.ts';
import { isWithin } from '../certificate/term.ts';
import { type Details, isFailure, SealgateError } from '../error.ts';
import { XmlError } from '../xml/error.ts';
import { XmlSignatureError } from '../xml/signature-element.ts';
import { verifyEnveloped } from '../xml/verify.ts';
import type { TrustList } from './list.ts';
import type { ListTrust } from './list-trust.ts';
import { listLimits, readTrustList } from './read.ts';
import { signerPaths } from './signer-path.ts';

declare const proof: unique symbol;

/** A list whose signature holds and whose signer is pinned. Only `openSignedList` makes one. */
export interface SignedList {
  readonly [proof]: true;
  readonly list: TrustList;
  readonly signer: Certificate;
  /** What may lie on the signer's path: the certificates of the signature, those known before, and those listed. */
  readonly pool: readonly Certificate[];
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** The file as it came, signature included. */
  readonly document: Uint8Array;
  /** The part of it that is signed, in canonical form: what `list` was read from. */
  readonly content: Uint8Array;
}

/**
 * Opens a signed list: its signature first, then what it covers, then whether the signer is trusted at `at` (ms):
 * pinned by fingerprint, or bearing a pinned OGRN and having a valid path to a pinned root. Roots and intermediates
 * for that path may come from the list itself, because a root is recognised by its pin wherever it comes from.
 * Revocation of the signer is not asked for here, but when a list is imported: see `checkSigner`. Nothing is changed
 * anywhere.
 * Throws `trust_list_malformed`, `trust_list_signature_invalid`, `trust_list_untrusted`, `algorithm_forbidden`.
 */
export function openSignedList(document: Uint8Array, trust: ListTrust, at: number): SignedList {
  const budget = new Budget();
  const { signer, certificates, list, content } = readSigned(document, trust, budget);
  const listed = list.authorities.flatMap(({ keys }) => keys.flatMap((key) => key.certificates));
  const pool: readonly Certificate[] = [...certificates, ...trust.known, ...listed];
  requireTrusted(signer, pool, trust, budget, at);
  return { list, signer, pool, sha256: hash('sha256', document, 'hex'), document, content } as SignedList;
}

function readSigned(document: Uint8Array, { algorithms = currentAlgorithms }: ListTrust, budget: Budget) {
  try {
    const { content, signer, certificates } = verifyEnveloped(document, listLimits, algorithms, budget);
    return { signer, certificates, content, list: readTrustList(content) };
  } catch (error) {
    if (error instanceof XmlError) {
      const { rule, line } = error;
      throw new SealgateError('trust_list_malformed', { problem: rule, line }, { cause: error });
    }
    if (error instanceof XmlSignatureError) {
      throw new SealgateError('trust_list_signature_invalid', { problem: error.rule }, { cause: error });
    }
    if (isFailure(error, 'certificate_malformed')) {
      const problem = `certificate of the signature: ${String(error.details.rule)}`;
      throw new SealgateError('trust_list_signature_invalid', { problem }, { cause: error });
    }
    throw error;
  }
}

function requireTrusted(
  signer: Certificate,
  pool: readonly Certificate[],
  trust: ListTrust,
  budget: Budget,
  at: number,
): void {
  const { pins } = trust;
  const refuse = (
    why: Pick<Details<'trust_list_untrusted'>, 'problem' | 'reason'>,
    cause?: SealgateError,
  ): never => {
    const details = { signer: signer.subject.toString(), sha256: signer.sha256, ...why };
    throw new SealgateError('trust_list_untrusted', details, { cause });
  };
  const isPinned = pins.signerFingerprints.has(signer.sha256);
  if (isPinned) {
    if (!isWithin(at, signer)) refuse({ problem: 'list-signer-term' });
    return;
  }
  const ogrn = signer.subject.text(attributeOids.ogrn);
  if (ogrn === undefined || !pins.signerOgrns.has(ogrn)) refuse({ problem: 'list-signer-unpinned' });
  const step = signerPaths(signer, pool, trust, budget, at).next();
  if (step.done) refuse({ reason: step.value.code }, step.value);
}
