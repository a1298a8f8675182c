import { Name } from '../certificate/name.ts';
import type { Details, SealgateError } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { explain } from '../failure/explain.ts';
import type { Failure, Indication, Language, Stage } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import type { Check, Outcome } from './check.ts';
import type { CheckName } from './check-name.ts';
import { calledName, type Plain, plainValue } from './plain.ts';
import { type SectionName, sectionNames, sectionOfFailure, sectionsOf } from './section.ts';
import { type SectionWording, type Standing, sectionWording } from './section-wording.ts';

/** One row of a section, as JSON has it. */
export interface Row {
  readonly stage: Stage;
  readonly name: CheckName;
  readonly outcome: Outcome;
  readonly subject?: string;
  readonly code?: FailureCode;
  readonly details?: Plain;
}

/** One part of a verdict: how it came out, why, what to do about it, and the checks that it rests on. */
export interface Section {
  readonly section: SectionName;
  readonly outcome: Outcome;
  /** Code of the failure, where it failed. */
  readonly code?: FailureCode;
  readonly en: SectionWording;
  readonly ru: SectionWording;
  readonly checks: readonly Row[];
}

/** The verdict on a login in the terms of ETSI EN 319 102-1, section 5.1, told apart by what was checked. */
export interface LoginVerdict {
  readonly indication: Indication;
  readonly subIndication?: string;
  /** Code of the failure; absent where the login passed. */
  readonly code?: FailureCode;
  readonly sections: readonly Section[];
}

/** The verdict of a login that ended with `failure`, or passed where there is none. */
export function loginVerdict(checks: readonly Check[], failure?: SealgateError): LoginVerdict {
  const rows = sectionNames.map((): Row[] => []);
  const places = sectionsOf(checks);
  let failed: SectionName | undefined;
  for (const [at, check] of checks.entries()) {
    const section = places[at];
    if (section === undefined) continue;
    rows[sectionNames.indexOf(section)]?.push(rowOf(check));
    if (failure !== undefined && check.outcome === 'failed' && check.code === failure.code) failed = section;
  }
  const refused = failure && sectionOfFailure(failure.code, failure.failure.stage, failed);
  const sections = sectionNames.map((section, at): Section => {
    const own = rows[at] ?? [];
    if (failure !== undefined && section === refused) return failedSection(section, failure, own);
    return heldSection(section, own, failure !== undefined && refused !== undefined);
  });
  if (failure === undefined) return { indication: 'TOTAL-PASSED', sections };
  const { indication, subIndication }: Failure = failure.failure;
  return {
    indication,
    ...defined({ subIndication }),
    code: failure.code,
    sections,
  };
}

function rowOf({ stage, name, outcome, subject, code, details }: Check): Row {
  return {
    stage,
    name,
    outcome,
    ...(subject === undefined
      ? {}
      : { subject: subject instanceof Name ? calledName(subject) : String(subject) }),
    ...defined({ code }),
    ...(details === undefined ? {} : { details: plainValue(details) ?? {} }),
  };
}

function failedSection(section: SectionName, failure: SealgateError, rows: readonly Row[]): Section {
  const { code, details } = failure;
  const isThere = rows.some((row) => row.code === code);
  const name = `${section}.refusal` as const;
  const own = { stage: failure.failure.stage, name, outcome: 'failed' as const, code };
  return {
    section,
    outcome: 'failed',
    code,
    en: failedWording(code, details, 'en'),
    ru: failedWording(code, details, 'ru'),
    checks: isThere ? rows : [...rows, { ...own, details: plainValue(details) ?? {} }],
  };
}

function failedWording(code: FailureCode, details: Details, language: Language): SectionWording {
  return explain(code, details, language);
}

/**
 * A part that did not refuse. Rows that failed in it were about something that was tried on the way, such as a path
 * beside the one that held; where another part refused, they leave this one open.
 */
function heldSection(section: SectionName, rows: readonly Row[], isRefused: boolean): Section {
  const outcomes = new Set(rows.map(({ outcome }) => outcome));
  const standing = standingOf(outcomes, isRefused);
  const outcome = {
    passed: 'passed',
    remarked: 'warning',
    notAsked: 'skipped',
    notReached: 'skipped',
  } as const;
  return { section, outcome: outcome[standing], ...sectionWording(section, standing), checks: rows };
}

function standingOf(outcomes: ReadonlySet<Outcome>, isRefused: boolean): Standing {
  if (isRefused && (outcomes.size === 0 || outcomes.has('failed'))) return 'notReached';
  if (outcomes.size === 0 || (outcomes.size === 1 && outcomes.has('skipped'))) return 'notAsked';
  return outcomes.has('warning') ? 'remarked' : 'passed';
}
