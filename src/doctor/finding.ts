import type { SealgateError } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';

/** What is looked at, in the order in which a sign-in needs it. */
export const sectionNames = [
  'program',
  'agent',
  'tokens',
  'certificates',
  'network',
  'browsers',
  'plugin',
  'service',
] as const;

export type SectionName = (typeof sectionNames)[number];

/**
 * One thing that was looked at: fine, worth knowing, or in need of mending; the last two with code and remedy. No
 * finding holds a secret or names a person, so that all of them can be handed to a support line.
 */
export interface Finding {
  readonly section: SectionName;
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad';
  /** What was found, in words. */
  readonly found: string;
  readonly code?: FailureCode;
  readonly remedy?: string;
}

/** Something that is as it should be. */
export function good(section: SectionName, name: string, found: string): Finding {
  return { section, name, state: 'good', found };
}

/** A failure as a finding, with its code and remedy; `found` stands before the failure's own words. */
export function findingOf(
  section: SectionName,
  name: string,
  failure: SealgateError,
  language: Language,
  state: 'warning' | 'bad' = 'bad',
  found?: string,
): Finding {
  const { title, cause, remedy } = explain(failure.code, failure.details, language);
  const words = [found, `${title}.`, cause].filter((part) => part !== undefined && part !== '').join(' ');
  return { section, name, state, found: words, code: failure.code, remedy };
}
