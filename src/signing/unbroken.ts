import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { examineDocument } from '../document/examine.ts';
import type { ExaminedSignature } from '../document/examined.ts';
import { isFailure, SealgateError } from '../error.ts';

/**
 * Throws `signing_breaks_signature` where a signature of the document that held as it was does not hold in the signed
 * one. Signatures that are added come last, in a PDF and at the end of an XML document.
 */
export async function requireUnbroken(before: Uint8Array, after: Uint8Array): Promise<void> {
  const [was, is] = [await signaturesIn(before), await signaturesIn(after)];
  for (const [at, { failure }] of was.entries()) {
    const now = is[at]?.failure;
    if (failure !== undefined || now === undefined) continue;
    const details = { signature: at + 1, reason: now.code };
    throw new SealgateError('signing_breaks_signature', details, { cause: now });
  }
}

/** The signatures of a document; none of one that is not signed. */
async function signaturesIn(document: Uint8Array): Promise<readonly ExaminedSignature[]> {
  const examination = { contents: [], known: [], budget: new Budget(documentCommandLimits) };
  try {
    return (await examineDocument(document, examination)).signatures;
  } catch (error) {
    if (isFailure(error, 'document_unrecognised')) return [];
    throw error;
  }
}
