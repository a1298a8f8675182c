import { expect } from 'vitest';
import { type Details, type FailureCode, isFailure, SealgateError } from '../src/error.ts';
import { type DetailName, detailKinds, kindOf, readDetails } from '../src/failure/details.ts';
import type { DetailKind } from '../src/failure/failure.ts';

/** A failure of any code, whose details can be read by name. */
export type Caught = SealgateError & { readonly details: Readonly<Partial<Record<DetailName, unknown>>> };

/** The failure that `act` throws. Other errors go on; that it throws nothing is an error too. */
export function failureOf(act: () => unknown): Caught {
  try {
    act();
  } catch (error) {
    return caught(error);
  }
  throw new Error('nothing was thrown');
}

/** `error` as the failure that it is. Other errors go on. */
export function caught(error: unknown): Caught {
  if (!isFailure(error)) throw error;
  // What the compiler cannot see: details that were put together elsewhere and hold more than the code declares.
  expect(readDetails(error.code, error.details), error.code).toEqual(error.details);
  return error;
}

/** A value of each kind, as people are shown it. */
const samples: Readonly<Record<DetailKind, unknown>> = {
  text: 'value',
  'text[]': ['value'],
  number: 1,
  flag: true,
  term: 'inn',
  'term[]': ['inn'],
  label: '1.2.3',
  'label[]': ['1.2.3'],
  problem: 'is missing',
  code: 'chain_invalid',
  date: new Date(0),
  seconds: 1,
  octets: 1,
  differences: [{ field: 'inn', certificate: '1', register: '2' }],
  powerDifferences: [{ field: 'inn', certificate: '1', register: '2' }],
  problems: [{ problem: 'stale' }],
};

/** A failure of `code` with a value for each detail that it declares. */
export function sampleFailure(code: FailureCode): SealgateError {
  const kinds = Object.entries(detailKinds(code));
  const details = Object.fromEntries(kinds.map(([name, kind]) => [name, samples[kindOf(kind)]]));
  return new SealgateError(code, details as Details);
}
