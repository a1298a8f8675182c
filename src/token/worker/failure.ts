import { isFailure } from '../../error.ts';
import type { FailureCode } from '../../failure/catalogue.ts';
import type { WorkerFailure } from '../protocol.ts';

/** What was going on when the driver refused; it decides what a code means to a person. */
export type Activity =
  | 'load'
  | 'initialise'
  | 'slots'
  | 'open'
  | 'login'
  | 'set-pin'
  | 'read'
  | 'sign'
  | 'generate'
  | 'write';

/** An error of the driver as pkcs11js throws it: `message` is the CKR_ name, `code` its number. */
interface DriverError {
  readonly message: string;
  readonly code: number;
  readonly method: string;
}

function isDriverError(error: unknown): error is DriverError {
  return (
    error instanceof Error &&
    error.message.startsWith('CKR_') &&
    'code' in error &&
    typeof error.code === 'number'
  );
}

/** The CKR_ number of an error, undefined if the driver did not raise it. */
export function returnValue(error: unknown): number | undefined {
  return isDriverError(error) ? error.code : undefined;
}

/** CKR_ name, or the number in hexadecimal where it has no name. */
export function returnName(error: unknown): string {
  if (!isDriverError(error)) return error instanceof Error ? error.message : String(error);
  return error.message === 'CKR_VENDOR_DEFINED'
    ? `0x${error.code.toString(16).toUpperCase()}`
    : error.message;
}

/** Return values that mean the same whatever was going on. */
const meanings: Readonly<Record<number, FailureCode>> = {
  1: 'signing_cancelled', // CKR_CANCEL
  80: 'signing_cancelled', // CKR_FUNCTION_CANCELED
  512: 'signing_cancelled', // CKR_FUNCTION_REJECTED
  49: 'token_full', // CKR_DEVICE_MEMORY
  50: 'token_removed', // CKR_DEVICE_REMOVED
  176: 'token_removed', // CKR_SESSION_CLOSED
  179: 'token_removed', // CKR_SESSION_HANDLE_INVALID
  257: 'token_removed', // CKR_USER_NOT_LOGGED_IN: we log in before, so the token has been away
  225: 'token_not_recognized',
  226: 'token_write_protected',
  181: 'token_write_protected', // CKR_SESSION_READ_ONLY: we ask for read-write sessions
  258: 'token_uninitialized', // CKR_USER_PIN_NOT_INITIALIZED
  163: 'pin_expired',
  164: 'pin_locked',
  84: 'mechanism_unsupported', // CKR_FUNCTION_NOT_SUPPORTED
  98: 'mechanism_unsupported', // CKR_KEY_SIZE_RANGE
  99: 'mechanism_unsupported', // CKR_KEY_TYPE_INCONSISTENT
  104: 'mechanism_unsupported', // CKR_KEY_FUNCTION_NOT_PERMITTED
  112: 'mechanism_unsupported', // CKR_MECHANISM_INVALID
  113: 'mechanism_unsupported', // CKR_MECHANISM_PARAM_INVALID
  304: 'mechanism_unsupported', // CKR_DOMAIN_PARAMS_INVALID
  320: 'mechanism_unsupported', // CKR_CURVE_NOT_SUPPORTED
};

/** Return values that mean something of their own in one activity. */
const meaningsDuring: Readonly<Partial<Record<Activity, Readonly<Record<number, FailureCode>>>>> = {
  open: { 224: 'token_not_present', 3: 'token_not_present' },
  login: { 160: 'pin_incorrect', 161: 'pin_incorrect', 162: 'pin_incorrect' },
  initialise: {
    160: 'pin_incorrect',
    161: 'pin_unacceptable',
    162: 'pin_unacceptable',
    224: 'token_not_present',
  },
  'set-pin': {
    160: 'pin_incorrect',
    161: 'pin_unacceptable',
    162: 'pin_unacceptable',
    440: 'pin_unacceptable',
  },
  sign: { 96: 'key_not_found', 130: 'key_not_found', 160: 'pin_incorrect' },
  generate: { 19: 'mechanism_unsupported', 18: 'mechanism_unsupported', 209: 'mechanism_unsupported' },
};

const suspectCodes: ReadonlySet<FailureCode> = new Set(['pkcs11_module_failed', 'token_removed']);

/**
 * Turns whatever was thrown into a failure for a person. `isPresent` says whether the token still answers: drivers
 * report a token that was pulled out in many ways, SoftHSM as CKR_OBJECT_HANDLE_INVALID or CKR_GENERAL_ERROR.
 * Returns undefined for an error that is no failure of the driver, but a defect of ours.
 */
export function failureOf(
  error: unknown,
  activity: Activity,
  isPresent: () => boolean,
): WorkerFailure | undefined {
  if (isFailure(error)) {
    const details = error.details as WorkerFailure['details'];
    return { code: error.code, details, isSuspect: suspectCodes.has(error.code) };
  }
  const value = returnValue(error);
  if (value === undefined) return undefined;
  const code = meaningsDuring[activity]?.[value] ?? meanings[value];
  const details = { problem: returnName(error), activity };
  if (code !== undefined && code !== 'key_not_found')
    return { code, details, isSuspect: suspectCodes.has(code) };
  if (activity !== 'load' && activity !== 'slots' && !isPresent()) {
    return { code: 'token_removed', details, isSuspect: true };
  }
  return { code: code ?? 'pkcs11_module_failed', details, isSuspect: code === undefined };
}
