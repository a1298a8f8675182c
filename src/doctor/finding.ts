import type { SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';

/** One thing that was looked at: fine, worth knowing, or in need of mending. */
export interface Finding {
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad';
  /** What was found, in words. */
  readonly found: string;
  readonly code?: string;
  readonly remedy?: string;
}

/** A failure as a finding, with its code and remedy. */
export function findingOf(
  name: string,
  error: SealgateError,
  language: Language,
  state: 'warning' | 'bad' = 'bad',
): Finding {
  const { title, cause, remedy } = explain(error.code, error.details, language);
  return { name, state, found: `${title}. ${cause}`.trim(), code: error.code, remedy };
}
