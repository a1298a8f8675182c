import type { z } from 'zod';

/** What is found wrong by a schema, before it is put into words. */
type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const types: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  tuple: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  date: 'must be a time',
  null: 'must be empty',
  undefined: 'must be empty',
  never: 'must be empty',
};

const formats: Readonly<Record<string, string>> = {
  base64: 'must be base64',
  base64url: 'must be base64url',
  url: 'must be an address such as https://portal.example',
  datetime: 'must be a date and time such as 2026-11-28T12:00:00Z',
  date: 'must be a date such as 2026-11-28',
};

/**
 * Words for what a schema finds wrong, in the place of the library's own: give it to `safeParse` as `error`. What a
 * schema says itself stays. Each has its Russian in `problem-terms.ts`.
 */
export function schemaProblem(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return types[String(issue.expected)] ?? 'has another form than expected';
    case 'too_small':
      return limit(issue.origin, 'least', issue.minimum, issue.inclusive ?? true);
    case 'too_big':
      return limit(issue.origin, 'most', issue.maximum, issue.inclusive ?? true);
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return formats[issue.format] ?? 'has another form than expected';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'unknown';
    case 'invalid_union':
      return 'fits none of the forms that are allowed here';
    default:
      return 'wrong';
  }
}

function limit(origin: string, side: 'least' | 'most', value: number | bigint, inclusive: boolean): string {
  const unit = { string: ' characters', array: ' entries', set: ' entries' }[origin];
  if (unit !== undefined)
    return side === 'least' && value === 1 ? 'must not be empty' : `must have at ${side} ${value}${unit}`;
  if (inclusive) return `must be at ${side} ${value}`;
  return side === 'least' ? `must be more than ${value}` : `must be less than ${value}`;
}
