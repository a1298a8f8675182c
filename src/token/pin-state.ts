import { SealgateError } from '../error.ts';

/** Token flags of C_GetTokenInfo that we act on (PKCS#11 2.40, section 3.2). */
export const tokenFlag = {
  writeProtected: 0x2,
  loginRequired: 0x4,
  userPinInitialized: 0x8,
  pinPad: 0x100,
  tokenInitialized: 0x400,
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
  userPinToBeChanged: 0x80000,
  officerPinCountLow: 0x100000,
  officerPinFinalTry: 0x200000,
  officerPinLocked: 0x400000,
  errorState: 0x1000000,
} as const;

/**
 * How the PIN stands, as far as the token tells: exact numbers only for the last try and none. `unneeded` is a token
 * that neither asks for a login nor has a PIN: its driver asks by itself, or it signs for whoever holds it.
 */
export type PinState = 'unneeded' | 'unset' | 'good' | 'few-tries' | 'final-try' | 'locked';

/** State of the user's or the officer's PIN in token flags. */
export function pinState(flags: number, role: 'user' | 'officer' = 'user'): PinState {
  if (role === 'user' && (flags & tokenFlag.userPinInitialized) === 0)
    return (flags & tokenFlag.loginRequired) === 0 ? 'unneeded' : 'unset';
  const [locked, final, low] =
    role === 'user'
      ? [tokenFlag.userPinLocked, tokenFlag.userPinFinalTry, tokenFlag.userPinCountLow]
      : [tokenFlag.officerPinLocked, tokenFlag.officerPinFinalTry, tokenFlag.officerPinCountLow];
  if ((flags & locked) !== 0) return 'locked';
  if ((flags & final) !== 0) return 'final-try';
  return (flags & low) !== 0 ? 'few-tries' : 'good';
}

/** What is said of tries left in a failure's details; absent where the token does not tell. */
export function triesLeft(state: PinState): { readonly triesLeft?: number } {
  if (state === 'final-try') return { triesLeft: 1 };
  return state === 'locked' ? { triesLeft: 0 } : {};
}

/**
 * To be called with fresh flags before every login, and before anybody is asked for a PIN. That no PIN has been set is
 * left to the token to say (`pin_unset`), for some drivers do not set the flag, and such a login costs no try.
 * Throws `pin_locked` or `officer_pin_locked`, and `pin_final_try` unless the last try was confirmed.
 */
export function checkPinState(
  flags: number,
  token: string,
  role: 'user' | 'officer',
  confirmFinalTry: boolean,
): void {
  const state = pinState(flags, role);
  if (state === 'locked') throw new SealgateError(lockedCode(role), { token, role });
  if (state === 'final-try' && !confirmFinalTry) throw new SealgateError('pin_final_try', { token, role });
}

/** What a blocked PIN is told as: the user's is unblocked by the administrator, whose own by whoever issued the token. */
export function lockedCode(role: 'user' | 'officer'): 'pin_locked' | 'officer_pin_locked' {
  return role === 'user' ? 'pin_locked' : 'officer_pin_locked';
}
