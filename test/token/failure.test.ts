import { describe, expect, it } from 'vitest';
import { SealgateError } from '../../src/error.ts';
import { type Activity, failureOf } from '../../src/token/worker/failure.ts';

/** An error as pkcs11js throws it. */
function driverError(name: string, code: number): Error {
  return Object.assign(new Error(name), { name: 'Pkcs11Error', code, method: 'C_Sign' });
}

function codeOf(name: string, value: number, activity: Activity, isPresent = true): string | undefined {
  return failureOf(driverError(name, value), activity, () => isPresent)?.code;
}

describe('what a driver’s return value means to a person', () => {
  it.each<[string, number, Activity, string]>([
    ['CKR_PIN_INCORRECT', 0xa0, 'login', 'pin_incorrect'],
    ['CKR_PIN_LEN_RANGE', 0xa2, 'login', 'pin_incorrect'],
    ['CKR_PIN_LEN_RANGE', 0xa2, 'set-pin', 'pin_unacceptable'],
    ['CKR_PIN_INVALID', 0xa1, 'set-pin', 'pin_unacceptable'],
    ['CKR_PIN_TOO_WEAK', 0x1b8, 'set-pin', 'pin_unacceptable'],
    ['CKR_PIN_EXPIRED', 0xa3, 'login', 'pin_expired'],
    ['CKR_PIN_LOCKED', 0xa4, 'login', 'pin_locked'],
    ['CKR_USER_PIN_NOT_INITIALIZED', 0x102, 'login', 'token_uninitialized'],
    ['CKR_TOKEN_NOT_PRESENT', 0xe0, 'open', 'token_not_present'],
    ['CKR_TOKEN_NOT_RECOGNIZED', 0xe1, 'open', 'token_not_recognized'],
    ['CKR_DEVICE_REMOVED', 0x32, 'sign', 'token_removed'],
    ['CKR_SESSION_HANDLE_INVALID', 0xb3, 'sign', 'token_removed'],
    ['CKR_USER_NOT_LOGGED_IN', 0x101, 'sign', 'token_removed'],
    ['CKR_KEY_HANDLE_INVALID', 0x60, 'sign', 'key_not_found'],
    ['CKR_MECHANISM_INVALID', 0x70, 'sign', 'mechanism_unsupported'],
    ['CKR_KEY_FUNCTION_NOT_PERMITTED', 0x68, 'sign', 'mechanism_unsupported'],
    ['CKR_CURVE_NOT_SUPPORTED', 0x140, 'generate', 'mechanism_unsupported'],
    ['CKR_ATTRIBUTE_VALUE_INVALID', 0x13, 'generate', 'mechanism_unsupported'],
    ['CKR_FUNCTION_CANCELED', 0x50, 'sign', 'signing_cancelled'],
    ['CKR_FUNCTION_REJECTED', 0x200, 'sign', 'signing_cancelled'],
    ['CKR_DEVICE_MEMORY', 0x31, 'write', 'token_full'],
    ['CKR_TOKEN_WRITE_PROTECTED', 0xe2, 'write', 'token_write_protected'],
    ['CKR_GENERAL_ERROR', 0x05, 'sign', 'pkcs11_module_failed'],
    ['CKR_DEVICE_ERROR', 0x30, 'sign', 'pkcs11_module_failed'],
    ['CKR_VENDOR_DEFINED', 0x80000001, 'sign', 'pkcs11_module_failed'],
  ])('%s (%i) during %s: %s', (name, value, activity, code) => {
    expect(codeOf(name, value, activity)).toBe(code);
  });

  it.each(['CKR_GENERAL_ERROR', 'CKR_OBJECT_HANDLE_INVALID', 'CKR_DEVICE_ERROR'])(
    '%s while the token no longer answers: token_removed',
    (name) => {
      const value =
        { CKR_GENERAL_ERROR: 0x05, CKR_OBJECT_HANDLE_INVALID: 0x82, CKR_DEVICE_ERROR: 0x30 }[name] ?? 0;
      expect(codeOf(name, value, 'sign', false)).toBe('token_removed');
      expect(codeOf(name, value, 'sign', true)).not.toBe('token_removed');
    },
  );

  it('a value without a name is told in hexadecimal', () => {
    expect(
      failureOf(driverError('CKR_VENDOR_DEFINED', 0x80000006), 'sign', () => true)?.details,
    ).toMatchObject({ problem: '0x80000006' });
  });

  it('a failure of ours passes unchanged, and an error of another kind is none', () => {
    const failure = new SealgateError('pin_locked', { role: 'user' });
    expect(failureOf(failure, 'login', () => true)).toMatchObject({ code: 'pin_locked', isSuspect: false });
    expect(failureOf(new TypeError('x'), 'login', () => true)).toBeUndefined();
  });
});
