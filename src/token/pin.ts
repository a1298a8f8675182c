import { isUtf8 } from 'node:buffer';
import { SealgateError } from '../error.ts';
import type { PinState } from './pin-state.ts';
import type { SentPin } from './protocol.ts';

/** What a PIN is wanted for, so that whoever is asked can be told. */
export interface PinRequest {
  /** Label of the token. */
  readonly token: string;
  readonly role: 'user' | 'officer';
  /** Whether the PIN is for one signature of a key that asks for it each time, and not for a login. */
  readonly isForSignature: boolean;
  /** Whether the PIN is entered at the reader: the person can be told to look there, and what is returned is not used. */
  readonly isAtPad: boolean;
  readonly state: PinState;
}

/**
 * Where PINs come from. Called when a PIN is needed, after the token's flags have been looked at, and again for a new
 * login after the token has been away. Returns UTF-8 octets of its own, which are overwritten after use, or undefined
 * where nobody can be asked. A PIN that was refused is not asked for again within the same call.
 */
export type PinSource = (request: PinRequest) => Promise<Uint8Array | undefined> | Uint8Array | undefined;

/**
 * Asks `source` for a PIN, uses it and wipes it; `use` gets null for one that is entered at the reader. Throws
 * `signing_cancelled` if none is given, and `pin_unacceptable` for one that is no text: no token has seen it then.
 */
export async function withPin<T>(
  source: PinSource,
  request: PinRequest,
  use: (pin: SentPin) => Promise<T>,
): Promise<T> {
  const pin = await source(request);
  if (request.isAtPad) {
    pin?.fill(0);
    return use(null);
  }
  if (pin === undefined) throw new SealgateError('signing_cancelled', { token: request.token });
  try {
    checkPinText(pin);
    return await use(pin);
  } finally {
    pin.fill(0);
  }
}

/** PINs that makers set in the factory. They are known to warn of them, and never tried. */
const factoryPins = ['12345678', '11111111', '1234567890', '87654321', '0987654321', '0000', '00000000'];

/** Whether a PIN that a person gave is one that everybody knows. */
export function isFactoryPin(pin: Uint8Array): boolean {
  const text = Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength);
  return factoryPins.some((known) => text.equals(Buffer.from(known)));
}

/**
 * Whether a PIN is UTF-8, which is what PKCS#11 has PINs in (CK_UTF8CHAR). One in the old Windows or DOS encoding
 * would reach the driver as so many U+FFFD, one such PIN like any other; the same sign in it tells that somebody,
 * such as whoever gave us our environment, has made that of it already.
 */
export function isPinText(pin: Uint8Array): boolean {
  return isUtf8(pin) && Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength).indexOf('\ufffd') < 0;
}

/** Throws `pin_unacceptable` if a PIN is not `isPinText`. */
export function checkPinText(pin: Uint8Array): void {
  if (!isPinText(pin)) throw new SealgateError('pin_unacceptable', { problem: 'it is not UTF-8' });
}

/**
 * Throws `pin_unacceptable` if a new PIN is not UTF-8, or shorter or longer than the token allows; zero means no bound.
 */
export function checkNewPin(
  pin: Uint8Array,
  bounds: { readonly minimumPin: number; readonly maximumPin: number },
): void {
  checkPinText(pin);
  const { minimumPin: minimum, maximumPin: maximum } = bounds;
  if (pin.length < Math.max(minimum, 1) || (maximum > 0 && pin.length > maximum)) {
    throw new SealgateError('pin_unacceptable', { minimum, ...(maximum > 0 && { maximum }) });
  }
}
