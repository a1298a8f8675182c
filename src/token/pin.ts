import { SealgateError } from '../error.ts';
import type { PinState } from './flags.ts';

/** What a PIN is wanted for, so that whoever is asked can be told. */
export interface PinRequest {
  /** Label of the token. */
  readonly token: string;
  readonly role: 'user' | 'officer';
  /** Whether the PIN is for one signature of a key that asks for it each time, and not for a login. */
  readonly isForSignature: boolean;
  readonly state: PinState;
}

/**
 * Where PINs come from. Called when a PIN is needed, after the token's flags have been looked at, and again for a new
 * login after the token has been away. Returns UTF-8 octets of its own, which are overwritten after use, or undefined
 * where nobody can be asked. A PIN that was refused is not asked for again within the same call.
 */
export type PinSource = (request: PinRequest) => Promise<Uint8Array | undefined> | Uint8Array | undefined;

/** Asks `source` for a PIN, uses it and wipes it. Throws `signing_cancelled` if none is given. */
export async function withPin<T>(
  source: PinSource,
  request: PinRequest,
  use: (pin: Uint8Array) => Promise<T>,
): Promise<T> {
  const pin = await source(request);
  if (pin === undefined) throw new SealgateError('signing_cancelled', { token: request.token });
  try {
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

/** Throws `pin_unacceptable` if a new PIN is shorter or longer than the token allows; zero means no bound. */
export function checkNewPin(
  pin: Uint8Array,
  bounds: { readonly minimumPin: number; readonly maximumPin: number },
): void {
  const { minimumPin: minimum, maximumPin: maximum } = bounds;
  if (pin.length < Math.max(minimum, 1) || (maximum > 0 && pin.length > maximum)) {
    throw new SealgateError('pin_unacceptable', { minimum, ...(maximum > 0 && { maximum }) });
  }
}
