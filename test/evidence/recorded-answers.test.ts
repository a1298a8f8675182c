import { describe, expect, it } from 'vitest';
import type { AuthorisationContext } from '../../src/authorisation/context.ts';
import { SealgateError } from '../../src/error.ts';
import {
  type RecordedAnswer,
  RecordedAnswers,
  recalled,
  recording,
} from '../../src/evidence/recorded-answers.ts';

const key = { ogrn: '1027700132195', inn: '7707083893' };
const question = `register ${JSON.stringify(key)}`;

/** What the register answers again, of what was told then. */
async function again(failure: RecordedAnswer['failure'] & object): Promise<unknown> {
  // Evidence is kept as JSON.
  const kept = JSON.parse(JSON.stringify([{ question, failure }])) as RecordedAnswer[];
  const objectOf = () => new Uint8Array();
  return recalled({ scope: 'register', told: kept, objectOf })
    ?.register.find(key)
    .catch((error: unknown) => error);
}

describe('a failure that a register told then', () => {
  it('is told again with its details, whoever noted it', async () => {
    const failure = new SealgateError('register_unavailable', {
      host: 'register.example',
      problem: 'no answer',
    });
    const told = new RecordedAnswers();
    const asked = { register: { find: () => Promise.reject(failure) } } as unknown as AuthorisationContext;
    await expect(recording(asked, told).register.find(key)).rejects.toBe(failure);
    const [{ failure: noted } = {}] = told.list;
    expect(await again(noted ?? { code: '', details: {} })).toMatchObject({
      code: 'register_unavailable',
      details: failure.details,
    });
  });

  it('keeps its dates, and loses what its code does not declare', async () => {
    const at = Date.parse('2026-11-21T12:00:00Z');
    const details = { number: 'n', withdrawnAt: { $date: at }, more: 1 };
    const found = await again({ code: 'power_of_attorney_withdrawn', details });
    expect((found as SealgateError).details).toEqual({ number: 'n', withdrawnAt: new Date(at) });
  });

  it.each([
    ['of an unknown code', { code: 'register_gone', details: {} }],
    ['without the details that it needs', { code: 'register_unavailable', details: { host: 'a' } }],
    ['with no details at all', { code: 'register_unavailable', details: null }],
  ])('%s cannot be told again', async (_, failure) => {
    expect(await again(failure)).toMatchObject({ code: 'internal_error' });
  });
});
