import { createRequire } from 'node:module';
import { Module } from 'graphene-pk11';
import { PKCS11 } from 'pkcs11js';
import { SealgateError } from '../../error.ts';
import { type Call, calls, failureOfValue, nameOfValue, returnValues } from './return-value.ts';

/** A call of PKCS#11 that did not end with CKR_OK. */
export class CallFailure extends Error {
  readonly call: Call;
  /** CKR_ number. */
  readonly value: number;

  constructor(call: Call, value: number) {
    super(`${nameOfValue(value)} (${call})`);
    this.call = call;
    this.value = value;
  }
}

/** Whether a call ended with that value. */
export function isAnswer(error: unknown, name: keyof typeof returnValues): error is CallFailure {
  return error instanceof CallFailure && error.value === returnValues[name].value;
}

/** Does what the driver may refuse, because it knows nothing of it any more. */
export function despite(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
  }
}

/** A PIN for the driver: UTF-8 octets, or null where it is entered at the reader. */
export type DriverPin = Uint8Array | null;

/** CKU_ numbers. */
export const userType = { officer: 0, user: 1, operation: 2 } as const;

/** native/addon/cryptoki.cc; each gives the CKR_ number. */
interface NativeCalls {
  load(path: string): boolean;
  initialize(): number;
  login(session: Uint8Array, type: number, pin: DriverPin): number;
  initToken(slot: Uint8Array, officerPin: DriverPin, label: Uint8Array): number;
  initPin(session: Uint8Array, pin: DriverPin): number;
  setPin(session: Uint8Array, oldPin: DriverPin, newPin: DriverPin): number;
}

const addonFile = '../../../native/build/Release/sealgate_cryptoki.node';

/** CKF_OS_LOCKING_OK: lets a driver that has threads of its own lock them by the system's means. */
const osLocking = 0x2;

/**
 * A PKCS#11 library that has been loaded and initialised. What it refuses is thrown as CallFailure. Calls with a PIN
 * stand here, for pkcs11js takes PINs as strings, which cannot be wiped and cannot be NULL_PTR.
 */
export class Cryptoki {
  readonly module: Module;
  readonly calls: PKCS11;
  private readonly native: NativeCalls;

  /** Throws `pkcs11_module_incompatible` with what the system's loader says, and CallFailure. */
  constructor(path: string) {
    this.calls = loadLibrary(path);
    this.native = loadNative(path);
    this.module = new Module(this.calls);
    this.initialise();
  }

  /** C_Login; `type` is a CKU_ number. */
  login(session: Uint8Array, type: number, pin: DriverPin): void {
    check('C_Login', this.native.login(session, type, pin));
  }

  /** C_InitToken; of the label 32 octets of UTF-8 are kept. */
  initToken(slot: Uint8Array, officerPin: DriverPin, label: string): void {
    check('C_InitToken', this.native.initToken(slot, officerPin, paddedLabel(label)));
  }

  initPin(session: Uint8Array, pin: DriverPin): void {
    check('C_InitPIN', this.native.initPin(session, pin));
  }

  setPin(session: Uint8Array, oldPin: DriverPin, newPin: DriverPin): void {
    check('C_SetPIN', this.native.setPin(session, oldPin, newPin));
  }

  /** Some drivers refuse arguments; without them they run in one thread, which is all that we use. */
  private initialise(): void {
    try {
      this.calls.C_Initialize({ flags: osLocking });
    } catch (error) {
      if (!(error instanceof CallFailure) || failureOfValue('C_Initialize', error.value) !== 'nothing')
        throw error;
      if (!isAnswer(error, 'CKR_CRYPTOKI_ALREADY_INITIALIZED'))
        check('C_Initialize', this.native.initialize());
    }
  }
}

function check(call: Call, value: number): void {
  if (value !== 0) throw new CallFailure(call, value);
}

/** The library with every call's refusal as CallFailure: pkcs11js has three forms for it, and graphene adds its own. */
function loadLibrary(path: string): PKCS11 {
  const library = new PKCS11();
  try {
    library.load(path);
  } catch (error) {
    throw new SealgateError(
      'pkcs11_module_incompatible',
      { path, ...loadProblem(error, path) },
      { cause: error },
    );
  }
  const functions = library as unknown as Record<string, (...parameters: unknown[]) => unknown>;
  for (const name of calls) {
    const call = functions[name];
    if (call === undefined) continue;
    functions[name] = (...parameters) => {
      try {
        return call.apply(library, parameters);
      } catch (error) {
        const value = returnValue(error);
        throw value === undefined ? error : new CallFailure(name, value);
      }
    };
  }
  return library;
}

/** The CKR_ number of an error of pkcs11js, which gives it as `code`, or, from some functions, in the message alone. */
function returnValue(error: unknown): number | undefined {
  if (!(error instanceof Error) || !error.message.startsWith('CKR_')) return undefined;
  if ('code' in error && typeof error.code === 'number') return error.code;
  const [, value] = /:(\d+)/.exec(error.message) ?? [];
  return value === undefined ? undefined : Number(value);
}

function loadProblem(error: unknown, path: string): { readonly problem: string; readonly missing?: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('C_GetFunctionList')) return { problem: 'it is not a PKCS#11 library' };
  const missing = /([^\s:]+): cannot open shared object file/.exec(message)?.[1];
  if (missing === undefined || missing === path) return { problem: message };
  return { problem: 'a library that it needs is not installed', missing };
}

function loadNative(path: string): NativeCalls {
  const native = requireNative(path);
  if (!native.load(path))
    throw new SealgateError('pkcs11_module_incompatible', { path, problem: 'it is not a PKCS#11 library' });
  return native;
}

function requireNative(path: string): NativeCalls {
  try {
    return createRequire(import.meta.url)(addonFile) as NativeCalls;
  } catch (cause) {
    const problem = 'the native part of Sealgate is not built';
    throw new SealgateError('pkcs11_module_failed', { path, problem }, { cause });
  }
}

/** A label as C_InitToken wants it: 32 octets of UTF-8, blank padded, cut at a character's boundary. */
function paddedLabel(label: string): Uint8Array {
  let text = '';
  for (const character of label) {
    if (Buffer.byteLength(text + character) > 32) break;
    text += character;
  }
  return Buffer.from(text + ' '.repeat(32 - Buffer.byteLength(text)));
}
