import type { FailureCode } from './catalogue.ts';
import { failures } from './catalogue.ts';
import type { Language, Wording } from './failure.ts';
import { fillWording, gapsOf } from './fill.ts';
import { showValue, type ValueKind } from './value.ts';

/**
 * What to tell a person about a failure: title, cause and remedy in their language, with `details` put into the
 * wording's gaps. A sentence whose details are absent is left out. Values are made safe to show (controls and
 * bidirectional marks as escapes, bounded length), dates are given in UTC and, in Russian, in Moscow time too.
 * Never throws: what cannot be shown is left out.
 */
export function explain(
  code: FailureCode,
  details: Readonly<Record<string, unknown>> = {},
  language: Language = 'en',
): Wording {
  return fillWording(failures[code][language], details, (value, kind) =>
    showValue(value, (kind ?? 'plain') as ValueKind, language),
  );
}

/** The names of the details that a failure's wording can show, in either language. */
export function detailNames(code: FailureCode): ReadonlySet<string> {
  const { en, ru } = failures[code];
  return gapsOf(en.cause, en.remedy, ru.cause, ru.remedy);
}
