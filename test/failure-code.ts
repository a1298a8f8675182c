import { isFailure } from '../src/error.ts';

/** The code of the failure that `act` throws; undefined where it throws nothing. Other errors go on. */
export function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
}
