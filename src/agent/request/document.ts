import { digestInSlices } from '../../algorithm/digest-in-slices.ts';
import { resemblesChallenge } from '../../challenge/resemblance.ts';
import { SealgateError } from '../../error.ts';
import type { agentTerms } from '../../failure/agent-terms.ts';
import { safeText } from '../../failure/value.ts';
import { looksLikeAttributes } from '../../signature/attributes.ts';
import { largestDocument } from '../bridge-message.ts';

declare const proof: unique symbol;

/** A document that may be put to the person: its octets are here, and nothing in them reads as a challenge. */
export interface SignableDocument {
  readonly [proof]: true;
  readonly kind: 'document';
  /** As the page calls it; without hidden characters. */
  readonly name: string;
  readonly content: Uint8Array;
  /** SHA-256 of the octets, hexadecimal, made here. */
  readonly sha256: string;
  readonly isDetached: boolean;
}

/**
 * Checks a document that a page wants signed. Throws `request_too_large`, and `agent_document_refused` for one that
 * reads as a challenge in any encoding, has the form of signed attributes, is empty, or is named in hidden characters.
 */
export async function readDocument(
  name: string,
  content: Uint8Array,
  isDetached: boolean,
): Promise<SignableDocument> {
  if (content.length > largestDocument) {
    throw new SealgateError('request_too_large', { field: 'content', limit: largestDocument });
  }
  if (content.length === 0) throw refused('document-empty');
  if (safeText(name) !== name) throw refused('document-name');
  if (looksLikeAttributes(content)) throw refused('document-attributes');
  if (await resemblesChallenge(content)) throw refused('document-challenge');
  const sha256 = Buffer.from(await digestInSlices('sha256', content)).toString('hex');
  const document: Omit<SignableDocument, typeof proof> = {
    kind: 'document',
    name,
    content,
    sha256,
    isDetached,
  };
  return document as SignableDocument;
}

function refused(problem: keyof typeof agentTerms): SealgateError {
  return new SealgateError('agent_document_refused', { problem });
}
