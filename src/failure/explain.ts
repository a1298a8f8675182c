import type { FailureCode } from './catalogue.ts';
import { failures } from './catalogue.ts';
import { type Details, detailKinds, kindOf } from './details.ts';
import type { Language, Wording } from './failure.ts';
import { fillWording } from './fill.ts';
import { showValue } from './value.ts';

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
): Wording {
  return fillWording(failures[code][language], (name) => {
    const kind = detailKinds(code)[name];
    if (kind === undefined || !Object.hasOwn(details, name)) return undefined;
    const value = (details as Readonly<Record<string, unknown>>)[name];
    if (kindOf(kind) === 'code') return isCode(value) ? named(value, language) : undefined;
    return showValue(value, kindOf(kind), language);
  });
}

function named(code: FailureCode, language: Language): string {
  return `${failures[code][language].title} (${code})`;
}

function isCode(value: unknown): value is FailureCode {
  return typeof value === 'string' && Object.hasOwn(failures, value);
}
