import type { FailureCode } from './catalogue.ts';
import { failures } from './catalogue.ts';
import { type Details, detailKinds, kindOf, problemsIn } from './details.ts';
import type { Language, Wording } from './failure.ts';
import { fillWording } from './fill.ts';
import { showProblems } from './source-problem.ts';
import { validationWordings } from './validation-wordings.ts';
import { showValue } from './value.ts';

/** On what occasion a failure is told: to whoever signs in, or to whoever validates a certificate or a document. */
export type Occasion = 'sign-in' | 'validation';

/**
 * What to tell a person about a failure: title, cause and remedy in their language, with `details` put into the
 * wording's gaps. A sentence whose details are absent is left out. Values are made safe to show (controls and
 * bidirectional marks as escapes, bounded length), dates are given in UTC and, in Russian, in Moscow time too.
 * Never throws: what cannot be shown is left out.
 */
export function explain<Code extends FailureCode>(
  code: Code,
  details: Partial<Details<Code>> = {},
  language: Language = 'en',
  occasion: Occasion = 'sign-in',
): Wording {
  const usual = failures[code][language];
  const wording = occasion === 'sign-in' ? usual : { ...usual, ...validationWordings[code]?.[language] };
  return fillWording(wording, (name) => {
    const kind = detailKinds(code)[name];
    if (kind === undefined || !Object.hasOwn(details, name)) return undefined;
    const value = (details as Readonly<Record<string, unknown>>)[name];
    if (kindOf(kind) === 'code') return isCode(value) ? named(value, language) : undefined;
    if (kindOf(kind) === 'problems') return showProblems(problemsIn(value), language);
    return showValue(value, kindOf(kind), language);
  });
}

function named(code: FailureCode, language: Language): string {
  return `${failures[code][language].title} (${code})`;
}

function isCode(value: unknown): value is FailureCode {
  return typeof value === 'string' && Object.hasOwn(failures, value);
}
