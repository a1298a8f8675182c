import { isFailure, type SealgateError } from '../src/error.ts';

/** The failure that `act` throws. Other errors go on; that it throws nothing is an error too. */
export function failureOf(act: () => unknown): SealgateError {
  try {
    act();
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
