import { uploadedDocumentLimits } from '../budget/limits.ts';
import { type DocumentQuestion, reportOfFailure } from '../document/judge.ts';
import { type ServiceReport, validateDocumentByService } from '../document/service.ts';
import { documentIn } from '../encoding/document.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { ServiceTrust } from '../validation/context.ts';
import type { SortedFile } from './sort.ts';

/** What a person is told of one of the files that were given. */
export interface FileReport {
  readonly name: string;
  readonly report: ServiceReport;
}

/** By what files are judged. */
export interface FileQuestion {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly language: DocumentQuestion['language'];
  readonly trust: ServiceTrust;
  /** Octets of the longest file that is looked into. */
  readonly largestDocument: number;
}

/** The report on a file; undefined for one that is what another signs, and holds no signature itself. */
export async function judgeFile(
  { file, beside, isContent }: SortedFile,
  { at, language, trust, largestDocument }: FileQuestion,
): Promise<FileReport | undefined> {
  const question: DocumentQuestion = {
    ...{ at, language, untrusted: [], lists: [], answers: [] },
    profile: 'rfc5280',
  };
  const { name, length } = file;
  if (length > largestDocument) {
    if (isContent) return undefined;
    const failure = new SealgateError('document_malformed', { problem: 'it is too long' });
    return { name, report: reportOfFailure(failure, question) };
  }
  try {
    const document = documentIn(await file.octets());
    const contents = await Promise.all(
      beside.map(async (each) => ({ ...(await each.content()), isAuxiliary: true })),
    );
    const given = { document, contents };
    const report = await validateDocumentByService(given, question, trust, uploadedDocumentLimits);
    if (isContent && report.failure?.code === 'document_unrecognised') return undefined;
    return { name, report };
  } catch (error) {
    if (!isFailure(error, 'encoding_unexpected')) throw error;
    if (isContent) return undefined;
    const failure = new SealgateError('document_unrecognised', {}, { cause: error });
    return { name, report: reportOfFailure(failure, question) };
  }
}
