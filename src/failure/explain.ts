import type { FailureCode } from './catalogue.ts';
import { failures } from './catalogue.ts';
import { type Details, detailKinds } from './details.ts';
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
  return fillWording(failures[code][language], detailKinds(code), details, (value, kind) =>
    kind === 'code' ? named(value, language) : showValue(value, kind, language),
  );
}

/** Another failure by its title, with its code for whoever looks it up; undefined where there is none of that code. */
function named(code: unknown, language: Language): string | undefined {
  if (typeof code !== 'string' || !Object.hasOwn(failures, code)) return undefined;
  return `${failures[code as FailureCode][language].title} (${code})`;
}
