import type { FailureCode } from '../../failure/catalogue.ts';

/** The functions of PKCS#11 that we call, beside C_Finalize, of which nothing is told. */
export const calls = [
  'C_Initialize',
  'C_GetInfo',
  'C_GetSlotList',
  'C_GetSlotInfo',
  'C_GetTokenInfo',
  'C_GetMechanismList',
  'C_OpenSession',
  'C_GetSessionInfo',
  'C_CloseSession',
  'C_Login',
  'C_Logout',
  'C_FindObjectsInit',
  'C_FindObjects',
  'C_FindObjectsFinal',
  'C_GetAttributeValue',
  'C_SignInit',
  'C_Sign',
  'C_GenerateKeyPair',
  'C_CreateObject',
  'C_DestroyObject',
  'C_InitToken',
  'C_InitPIN',
  'C_SetPIN',
] as const;

export type Call = (typeof calls)[number];

/**
 * What a return value means in a call: a failure, or, as `nothing`, that the work goes on without what was refused:
 * an attribute that the object does not have, a login that the token does not ask for, a session that is over anyway.
 */
export type CallFailure = FailureCode | 'nothing';

/** A return value: its number, what is told of it, and the calls in which something else is told. */
export interface ReturnValue {
  readonly value: number;
  readonly usual: FailureCode;
  readonly during: Readonly<Partial<Record<Call, CallFailure>>>;
}

type Exception = readonly [CallFailure, readonly Call[]];

function row(value: number, usual: FailureCode, ...exceptions: readonly Exception[]): ReturnValue {
  const during: Partial<Record<Call, CallFailure>> = {};
  for (const [other, ofCalls] of exceptions) for (const call of ofCalls) during[call] = other;
  return { value, usual, during };
}

/** Calls that end something; whatever they answer, the token is asked for nothing more there. */
const endings: ReadonlySet<Call> = new Set(['C_CloseSession', 'C_Logout', 'C_FindObjectsFinal']);

const failed = 'pkcs11_module_failed';
const cancelled = 'signing_cancelled';
const removed = 'token_removed';
const inUse = 'token_in_use';
const notOffered = 'mechanism_unsupported';

const signing: readonly Call[] = ['C_SignInit', 'C_Sign'];
const keys: readonly Call[] = [...signing, 'C_GenerateKeyPair'];
const newObjects: readonly Call[] = ['C_CreateObject', 'C_GenerateKeyPair'];
const objects: readonly Call[] = [...newObjects, 'C_DestroyObject'];
const looks: readonly Call[] = ['C_GetSlotInfo', 'C_GetTokenInfo', 'C_GetMechanismList'];
const newPins: readonly Call[] = ['C_InitToken', 'C_InitPIN', 'C_SetPIN'];
const care: readonly Call[] = [...objects, ...newPins];

/** An attribute that a token does not show is as good as one that it does not have. */
const noAttribute: Exception = ['nothing', ['C_GetAttributeValue']];
/** Arguments for C_Initialize that a driver refuses are left out the next time. */
const withoutArguments: Exception = ['nothing', ['C_Initialize']];

/**
 * Every return value of PKCS#11 2.40 (section 5.1 gives their meanings), in the order of their numbers. Values of the
 * makers, and those of later versions, are `pkcs11_module_failed`. Before anything but a PIN's refusal is told, the
 * driver is asked whether the token is still there (`failureOf`): OpenSC answers a card that was pulled out with
 * whatever comes, CKR_USER_ALREADY_LOGGED_IN and CKR_OPERATION_NOT_INITIALIZED among it.
 */
export const returnValues = {
  CKR_CANCEL: row(0x1, cancelled),
  CKR_HOST_MEMORY: row(0x2, failed),
  CKR_SLOT_ID_INVALID: row(0x3, removed, ['token_not_present', [...looks, 'C_OpenSession', 'C_InitToken']]),
  CKR_GENERAL_ERROR: row(0x5, failed, noAttribute, withoutArguments),
  CKR_FUNCTION_FAILED: row(0x6, failed, noAttribute, withoutArguments),
  CKR_ARGUMENTS_BAD: row(0x7, failed, noAttribute, withoutArguments),
  CKR_NO_EVENT: row(0x8, failed),
  CKR_NEED_TO_CREATE_THREADS: row(0x9, failed, withoutArguments),
  CKR_CANT_LOCK: row(0xa, failed, withoutArguments),
  CKR_ATTRIBUTE_READ_ONLY: row(
    0x10,
    failed,
    noAttribute,
    [notOffered, ['C_GenerateKeyPair']],
    ['token_write_protected', ['C_DestroyObject']],
  ),
  CKR_ATTRIBUTE_SENSITIVE: row(0x11, failed, noAttribute),
  CKR_ATTRIBUTE_TYPE_INVALID: row(0x12, failed, noAttribute, [notOffered, ['C_GenerateKeyPair']]),
  CKR_ATTRIBUTE_VALUE_INVALID: row(0x13, failed, noAttribute, [notOffered, ['C_GenerateKeyPair']]),
  CKR_ACTION_PROHIBITED: row(0x1b, failed, ['token_write_protected', care]),
  CKR_DATA_INVALID: row(0x20, failed, [notOffered, signing]),
  CKR_DATA_LEN_RANGE: row(0x21, failed, [notOffered, signing]),
  CKR_DEVICE_ERROR: row(0x30, failed),
  CKR_DEVICE_MEMORY: row(0x31, failed, ['token_full', care]),
  CKR_DEVICE_REMOVED: row(0x32, removed, ['token_not_present', looks]),
  CKR_ENCRYPTED_DATA_INVALID: row(0x40, failed),
  CKR_ENCRYPTED_DATA_LEN_RANGE: row(0x41, failed),
  CKR_FUNCTION_CANCELED: row(0x50, cancelled),
  CKR_FUNCTION_NOT_PARALLEL: row(0x51, failed),
  CKR_FUNCTION_NOT_SUPPORTED: row(
    0x54,
    failed,
    noAttribute,
    withoutArguments,
    ['nothing', ['C_Login']],
    [notOffered, keys],
    ['function_unsupported', ['C_CreateObject', 'C_DestroyObject', ...newPins]],
  ),
  CKR_KEY_HANDLE_INVALID: row(0x60, failed, ['key_not_found', signing]),
  CKR_KEY_SIZE_RANGE: row(0x62, failed, [notOffered, keys]),
  CKR_KEY_TYPE_INCONSISTENT: row(0x63, failed, [notOffered, keys]),
  CKR_KEY_NOT_NEEDED: row(0x64, failed),
  CKR_KEY_CHANGED: row(0x65, failed),
  CKR_KEY_NEEDED: row(0x66, failed),
  CKR_KEY_INDIGESTIBLE: row(0x67, failed),
  CKR_KEY_FUNCTION_NOT_PERMITTED: row(
    0x68,
    failed,
    ['key_not_for_signing', signing],
    [notOffered, ['C_GenerateKeyPair']],
  ),
  CKR_KEY_NOT_WRAPPABLE: row(0x69, failed),
  CKR_KEY_UNEXTRACTABLE: row(0x6a, failed),
  CKR_MECHANISM_INVALID: row(0x70, failed, [notOffered, keys]),
  CKR_MECHANISM_PARAM_INVALID: row(0x71, failed, [notOffered, keys]),
  CKR_OBJECT_HANDLE_INVALID: row(0x82, failed, noAttribute, [
    'key_not_found',
    [...signing, 'C_DestroyObject'],
  ]),
  CKR_OPERATION_ACTIVE: row(0x90, failed),
  CKR_OPERATION_NOT_INITIALIZED: row(0x91, failed),
  CKR_PIN_INCORRECT: row(0xa0, 'pin_incorrect'),
  CKR_PIN_INVALID: row(0xa1, 'pin_unacceptable'),
  CKR_PIN_LEN_RANGE: row(0xa2, 'pin_unacceptable'),
  CKR_PIN_EXPIRED: row(0xa3, 'pin_expired'),
  CKR_PIN_LOCKED: row(0xa4, 'pin_locked'),
  CKR_SESSION_CLOSED: row(0xb0, removed),
  CKR_SESSION_COUNT: row(0xb1, failed, [inUse, ['C_OpenSession', 'C_Login']]),
  CKR_SESSION_HANDLE_INVALID: row(0xb3, removed),
  CKR_SESSION_PARALLEL_NOT_SUPPORTED: row(0xb4, failed),
  CKR_SESSION_READ_ONLY: row(0xb5, failed, ['token_write_protected', care]),
  CKR_SESSION_EXISTS: row(0xb6, failed, [inUse, ['C_InitToken']]),
  CKR_SESSION_READ_ONLY_EXISTS: row(0xb7, failed, [inUse, ['C_Login', 'C_InitToken']]),
  CKR_SESSION_READ_WRITE_SO_EXISTS: row(0xb8, failed, [inUse, ['C_OpenSession']]),
  CKR_SIGNATURE_INVALID: row(0xc0, failed),
  CKR_SIGNATURE_LEN_RANGE: row(0xc1, failed),
  CKR_TEMPLATE_INCOMPLETE: row(0xd0, failed, [notOffered, ['C_GenerateKeyPair']]),
  CKR_TEMPLATE_INCONSISTENT: row(0xd1, failed, [notOffered, ['C_GenerateKeyPair']]),
  CKR_TOKEN_NOT_PRESENT: row(0xe0, removed, [
    'token_not_present',
    [...looks, 'C_OpenSession', 'C_InitToken'],
  ]),
  CKR_TOKEN_NOT_RECOGNIZED: row(0xe1, 'token_not_recognized'),
  CKR_TOKEN_WRITE_PROTECTED: row(0xe2, 'token_write_protected'),
  CKR_UNWRAPPING_KEY_HANDLE_INVALID: row(0xf0, failed),
  CKR_UNWRAPPING_KEY_SIZE_RANGE: row(0xf1, failed),
  CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT: row(0xf2, failed),
  CKR_USER_ALREADY_LOGGED_IN: row(0x100, failed, [inUse, ['C_Login', 'C_InitToken']]),
  CKR_USER_NOT_LOGGED_IN: row(0x101, 'login_ended', noAttribute),
  CKR_USER_PIN_NOT_INITIALIZED: row(0x102, 'pin_unset'),
  CKR_USER_TYPE_INVALID: row(0x103, failed, ['function_unsupported', ['C_Login']]),
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: row(0x104, failed, [inUse, ['C_Login', 'C_InitToken']]),
  CKR_USER_TOO_MANY_TYPES: row(0x105, failed, [inUse, ['C_Login']]),
  CKR_WRAPPED_KEY_INVALID: row(0x110, failed),
  CKR_WRAPPED_KEY_LEN_RANGE: row(0x112, failed),
  CKR_WRAPPING_KEY_HANDLE_INVALID: row(0x113, failed),
  CKR_WRAPPING_KEY_SIZE_RANGE: row(0x114, failed),
  CKR_WRAPPING_KEY_TYPE_INCONSISTENT: row(0x115, failed),
  CKR_RANDOM_SEED_NOT_SUPPORTED: row(0x120, failed),
  CKR_RANDOM_NO_RNG: row(0x121, failed, [notOffered, ['C_GenerateKeyPair']]),
  CKR_DOMAIN_PARAMS_INVALID: row(0x130, failed, [notOffered, keys]),
  CKR_CURVE_NOT_SUPPORTED: row(0x140, failed, [notOffered, keys]),
  CKR_BUFFER_TOO_SMALL: row(0x150, failed, noAttribute),
  CKR_SAVED_STATE_INVALID: row(0x160, failed),
  CKR_INFORMATION_SENSITIVE: row(0x170, failed),
  CKR_STATE_UNSAVEABLE: row(0x180, failed),
  CKR_CRYPTOKI_NOT_INITIALIZED: row(0x190, failed),
  CKR_CRYPTOKI_ALREADY_INITIALIZED: row(0x191, failed, ['nothing', ['C_Initialize']]),
  CKR_MUTEX_BAD: row(0x1a0, failed),
  CKR_MUTEX_NOT_LOCKED: row(0x1a1, failed),
  CKR_NEW_PIN_MODE: row(0x1b0, failed),
  CKR_NEXT_OTP: row(0x1b1, failed),
  CKR_EXCEEDED_MAX_ITERATIONS: row(0x1b5, failed),
  CKR_FIPS_SELF_TEST_FAILED: row(0x1b6, failed),
  CKR_LIBRARY_LOAD_FAILED: row(0x1b7, failed),
  CKR_PIN_TOO_WEAK: row(0x1b8, 'pin_unacceptable'),
  CKR_PUBLIC_KEY_INVALID: row(0x1b9, failed, [notOffered, ['C_GenerateKeyPair']]),
  CKR_FUNCTION_REJECTED: row(0x200, cancelled),
} as const satisfies Readonly<Record<`CKR_${string}`, ReturnValue>>;

const byNumber = new Map<number, readonly [string, ReturnValue]>(
  Object.entries(returnValues).map(([name, entry]) => [entry.value, [name, entry]]),
);

/** The CKR_ name of a return value, or its number in hexadecimal where PKCS#11 gives it none. */
export function nameOfValue(value: number): string {
  return byNumber.get(value)?.[0] ?? `0x${value.toString(16).toUpperCase()}`;
}

/** What the table says of `value` as the answer of `call`. */
export function failureOfValue(call: Call, value: number): CallFailure {
  if (endings.has(call)) return 'nothing';
  const entry = byNumber.get(value)?.[1];
  return entry?.during[call] ?? entry?.usual ?? failed;
}
