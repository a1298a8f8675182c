import { expect, it } from 'vitest';
import { isFailure, SealgateError } from '../../src/error.ts';
import { Checks } from '../../src/report/check.ts';
import { LoginRefusal } from '../../src/report/refusal.ts';
import { toProblem } from '../../src/service/problem.ts';

it('one failure that refuses two logins tells each of its own checks, and is left as it was', () => {
  const cause = new Error('the token is away');
  const shared = new SealgateError('assertion_key_unavailable', { refusal: 'pin_incorrect' }, { cause });
  const checks = new Checks();
  checks.passed('signature', 'signature.format', { form: 'attached' });
  const first = new LoginRefusal(shared, checks.list);
  const second = new LoginRefusal(shared, []);
  const rowsOf = (error: unknown) =>
    toProblem(error, 'en', 'trace').problem.verdict?.sections.flatMap((section) => section.checks);
  expect(rowsOf(first)).toMatchObject([{ name: 'signature.format' }]);
  expect(rowsOf(second)).toEqual([]);
  expect(rowsOf(shared)).toBeUndefined();
  expect(isFailure(first, 'assertion_key_unavailable')).toBe(true);
  expect(first).toMatchObject({ code: shared.code, details: shared.details, cause, stack: shared.stack });
});
