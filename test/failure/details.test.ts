import { describe, expect, it } from 'vitest';
import { isFailure, SealgateError } from '../../src/error.ts';
import { authorityTerms } from '../../src/failure/authority-terms.ts';
import { readDetails } from '../../src/failure/details.ts';
import { pathTerms } from '../../src/failure/path-terms.ts';
import { profileTerms } from '../../src/failure/profile-terms.ts';
import { proofTerms } from '../../src/failure/proof-terms.ts';

const notAfter = new Date('2026-01-01T00:00:00Z');
const expired = { certificate: 'A', serialNumber: '01', notAfter, at: notAfter };

describe('details are typed by their code', () => {
  // Each line below has to be refused by the compiler; one that it accepts is an error of its own.
  it('so that what is missing, misspelt or of another kind does not compile', () => {
    const attempts = [
      // @ts-expect-error the failure needs details
      () => new SealgateError('certificate_expired'),
      // @ts-expect-error a detail is missing
      () => new SealgateError('certificate_expired', { certificate: 'A', serialNumber: '01', notAfter }),
      // @ts-expect-error a detail is misspelt
      () => new SealgateError('certificate_expired', { ...expired, noAfter: notAfter }),
      // @ts-expect-error a detail is of another kind
      () => new SealgateError('certificate_expired', { ...expired, at: 0 }),
      // @ts-expect-error the failure has no details
      () => new SealgateError('storage_unavailable', { file: 'sealgate.db' }),
      // @ts-expect-error the vocabulary does not know the term
      () => new SealgateError('challenge_foreign', { field: 'orgin' }),
      // @ts-expect-error there is no such code
      () => new SealgateError('certificate_expird', expired),
    ];
    expect(attempts).toHaveLength(7);
    expect(new SealgateError('certificate_expired', expired).details).toBe(expired);
    expect(new SealgateError('challenge_used').details).toEqual({});
  });

  it('and a code that was asked for narrows them', () => {
    const error: unknown = new SealgateError('certificate_expired', expired);
    if (!isFailure(error, 'certificate_expired')) throw error;
    const at: Date = error.details.at;
    expect(at).toBe(notAfter);
    expect(isFailure(error, 'certificate_revoked')).toBe(false);
    expect(isFailure(new Error('certificate_expired'))).toBe(false);
  });
});

describe('details from elsewhere', () => {
  it('are taken where all that is needed is there, without what is not declared', () => {
    expect(readDetails('certificate_expired', { ...expired, pin: '1234' })).toEqual(expired);
    expect(readDetails('storage_unavailable', { file: '/data' })).toEqual({});
  });

  it('are refused where one is missing or of another kind', () => {
    const { at, ...others } = expired;
    expect(readDetails('certificate_expired', others)).toBeUndefined();
    expect(readDetails('certificate_expired', { ...others, at: at.toISOString() })).toBeUndefined();
    expect(readDetails('certificate_expired', { ...others, at: new Date(Number.NaN) })).toBeUndefined();
    expect(readDetails('challenge_foreign', { field: 'orgin' })).toBeUndefined();
    expect(readDetails('challenge_foreign', { field: 'origin' })).toEqual({ field: 'origin' });
    expect(readDetails('certificate_expired', null)).toBeUndefined();
    expect(readDetails('certificate_expired', Object.create(expired))).toBeUndefined();
  });

  it('lose an optional one of another kind', () => {
    expect(readDetails('register_malformed', { line: '1', problem: 'register-row-malformed' })).toEqual({
      problem: 'register-row-malformed',
    });
  });

  it('hold lists whose every item is of the kind', () => {
    expect(readDetails('organisation_missing', { missing: ['ogrn'] })).toEqual({ missing: ['ogrn'] });
    expect(readDetails('organisation_missing', { missing: ['ogrn', 'x'] })).toBeUndefined();
    const difference = { field: 'inn', certificate: '1', register: '2' };
    expect(readDetails('organisation_mismatch', { differences: [difference] })).toBeDefined();
    expect(readDetails('organisation_mismatch', { differences: [{ ...difference, register: 2 }] })).toBe(
      undefined,
    );
  });
});

it('no term has two meanings', () => {
  const tables = [authorityTerms, pathTerms, profileTerms, proofTerms].map(Object.keys);
  expect(new Set(tables.flat()).size).toBe(tables.flat().length);
});
