import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { documentIn } from '../encoding/document.ts';
import { type FailureCode, isFailure } from '../error.ts';
import type { Failure, Indication } from '../failure/failure.ts';
import { readReadable } from '../file/readable.ts';
import type { DocumentQuestion } from './judge.ts';
import { validateDocument } from './validate.ts';

/** By what each of many files is judged; encodings are DER. */
export type BatchQuestion = Omit<DocumentQuestion, 'policies'> & { readonly anchors: readonly Uint8Array[] };

/** The verdict on one of many files. */
export interface BatchVerdict {
  readonly file: string;
  readonly indication: Indication;
  readonly subIndication?: string;
  /** Absent where it passes. */
  readonly code?: FailureCode;
  /** Names of the signers, as their certificates have them. */
  readonly signers: readonly string[];
}

/** Endings of files that hold a detached signature over the file of the name before. */
const detachedEnding = /\.(?:sig|sgn|p7s|tst|tsr)$/i;

/** The verdicts on some files, one after the other. */
export async function verdictsOn(
  files: readonly string[],
  question: BatchQuestion,
): Promise<readonly BatchVerdict[]> {
  const verdicts: BatchVerdict[] = [];
  for (const file of files) verdicts.push(await verdictOnFile(file, question));
  return verdicts;
}

/**
 * The verdict on a file; where its name is that of another file beside it and `.sig` or the like, that is what it signs.
 * Never rejects for what is in the file, or where it cannot be read.
 */
async function verdictOnFile(file: string, question: BatchQuestion): Promise<BatchVerdict> {
  try {
    const document = documentIn(await readReadable(file));
    const signed = file.replace(detachedEnding, '');
    const contents =
      signed !== file && existsSync(signed)
        ? [{ name: basename(signed), octets: await readReadable(signed) }]
        : [];
    const report = await validateDocument({ document, contents }, question);
    const { indication, subIndication, failure, signatures } = report;
    return {
      ...{ file, indication },
      ...(subIndication === undefined ? {} : { subIndication }),
      ...(failure === undefined ? {} : { code: failure.code }),
      signers: signatures.flatMap(({ certificate }) => certificate?.subject ?? []),
    };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { indication, subIndication }: Failure = error.failure;
    return {
      ...{ file, indication, code: error.code, signers: [] },
      ...(subIndication === undefined ? {} : { subIndication }),
    };
  }
}
