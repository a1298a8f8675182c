import { isFailure } from '../../error.ts';
import type { FailureCode } from '../../failure/catalogue.ts';
import type { WorkerFailure } from '../protocol.ts';
import { CallFailure } from './cryptoki.ts';
import { failureOfValue } from './return-value.ts';

/** Failures after which the driver's state is in doubt. */
const suspectCodes: ReadonlySet<FailureCode> = new Set([
  'pkcs11_module_failed',
  'pkcs11_module_not_started',
  'token_removed',
  'login_ended',
]);

/** Failures that only a token that is there can tell: the PIN was looked at, or a person said no. */
const certain = /^(?:pin_|signing_cancelled$)/;

/** Failures of which a token that has just been pulled out is the likeliest cause. */
const doubtful: ReadonlySet<FailureCode> = new Set(['pkcs11_module_failed', 'login_ended', 'key_not_found']);

/** What a return value becomes that the table has nothing to tell of: a driver that did not even start, or failed. */
export function unsettled({ call }: CallFailure): FailureCode & `pkcs11_module_${string}` {
  return call === 'C_Initialize' ? 'pkcs11_module_not_started' : 'pkcs11_module_failed';
}

/**
 * Turns whatever was thrown into a failure for a person, by the table of return values. `isPresent` asks whether the
 * token is still there: drivers report one that was pulled out in many ways. Asked patiently, it gives the card
 * service the time that it takes to notice. Returns undefined for an error that is no failure of the driver, but a
 * defect of ours.
 */
export function failureOf(
  error: unknown,
  isPresent: (patiently: boolean) => boolean,
): WorkerFailure | undefined {
  if (isFailure(error)) {
    const details = error.details as WorkerFailure['details'];
    return { code: error.code, details, isSuspect: suspectCodes.has(error.code) };
  }
  if (!(error instanceof CallFailure)) return undefined;
  const told = failureOfValue(error.call, error.value);
  const code = told === 'nothing' ? unsettled(error) : told;
  const details = { problem: error.message };
  if (!certain.test(code) && !isPresent(doubtful.has(code)))
    return { code: 'token_removed', details, isSuspect: true };
  return { code, details, isSuspect: suspectCodes.has(code) };
}
