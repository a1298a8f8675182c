import type { Details, FailureCode } from '../../error.ts';
import { explain } from '../../failure/explain.ts';
import type { Language } from '../../failure/failure.ts';
import type { FailureView } from './model.ts';

/** A failure in the words of `language`. */
export function failureView(code: FailureCode, details: Details, language: Language): FailureView {
  return { code, words: explain(code, details, language) };
}
