import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Session, Slot } from 'graphene-pk11';
import { SealgateError } from '../../error.ts';
import { checkPinText } from '../pin.ts';
import { checkPinState, lockedCode, pinState, triesLeft } from '../pin-state.ts';
import { CallFailure, type Cryptoki, type DriverPin, despite, isAnswer, userType } from './cryptoki.ts';
import { failureOfValue } from './return-value.ts';

/** States of a session in which its application is logged in (CKS_, PKCS#11 2.40, section 3.3). */
const loggedInStates: Readonly<Record<'user' | 'officer', readonly number[]>> = {
  user: [1, 3],
  officer: [4],
};

/** A login that holds, with the proof of its PIN; without one where the PIN was entered at the reader. */
export interface Standing {
  readonly role: 'user' | 'officer';
  readonly proof?: { readonly key: Buffer; readonly mark: Buffer };
  sessions: number;
}

/**
 * Logins by slot. To PKCS#11 a login holds for all sessions of the process, so that a second one would pass with
 * any PIN. Therefore the first login leaves a proof of its PIN, an HMAC under a key made for it, against which later
 * ones are compared: a wrong PIN is refused, and costs the token no try. The proof goes when the last session closes,
 * and when the driver says that the login is over, as it is once the token has been out.
 */
export class Logins {
  private readonly cryptoki: Cryptoki;
  private readonly standings = new Map<string, Standing>();

  constructor(cryptoki: Cryptoki) {
    this.cryptoki = cryptoki;
  }

  /**
   * Logs `session` in, after a look at the token's flags. Throws `pin_locked`, `pin_final_try`
   * and `pin_unacceptable` before the PIN is shown to the token, `pin_unset`, `token_in_use` where somebody
   * else is logged in through this program, `pin_incorrect` after the PIN was refused. A PIN is tried once and never
   * again. Gives the login, which is to be handed to `leave`; undefined where the token knows none.
   */
  login(
    slot: Slot,
    session: Session,
    role: 'user' | 'officer',
    pin: DriverPin,
    confirmFinalTry: boolean,
  ): Standing | undefined {
    const id = slot.handle.toString('hex');
    const token = slot.getToken();
    const standing = this.standings.get(id);
    if (standing !== undefined && isLoggedIn(session, standing.role)) {
      if (standing.role !== role) throw new SealgateError('token_in_use', { token: token.label });
      if (!isProven(standing, pin)) throw new SealgateError('pin_incorrect', { token: token.label });
      standing.sessions++;
      return standing;
    }
    // The token has been out, and with it the login.
    this.standings.delete(id);
    checkPinState(token.flags, token.label, role, confirmFinalTry);
    if (!this.attempt(slot, session, role, checked(pin))) return undefined;
    const fresh: Standing = { role, sessions: 1, ...(pin !== null && { proof: proofOf(pin) }) };
    this.standings.set(id, fresh);
    return fresh;
  }

  /**
   * To be called when a session that was logged in is to be closed; the last one logs out. One of a login that is
   * over already does not touch the login that came after it.
   */
  leave(slot: Slot, session: Session, standing: Standing): void {
    const id = slot.handle.toString('hex');
    if (--standing.sessions > 0 || this.standings.get(id) !== standing) return;
    this.standings.delete(id);
    session.logout();
  }

  /** The PIN has been changed through us: what was proven no longer holds for new logins. */
  renew(slot: Slot, pin: DriverPin): void {
    const standing = this.standings.get(slot.handle.toString('hex'));
    if (standing?.proof === undefined || pin === null) return;
    markOf(standing.proof.key, pin).copy(standing.proof.mark);
  }

  /**
   * Shows the token the PIN for the one operation that has been begun (CKU_CONTEXT_SPECIFIC), which keys with
   * CKA_ALWAYS_AUTHENTICATE want. Throws as `login` does.
   */
  confirmOperation(slot: Slot, session: Session, pin: DriverPin, confirmFinalTry: boolean): void {
    const token = slot.getToken();
    checkPinState(token.flags, token.label, 'user', confirmFinalTry);
    try {
      this.cryptoki.login(session.handle, userType.operation, checked(pin));
    } catch (error) {
      throw refusalOf(error, slot, 'user');
    }
  }

  /** Whether the token has logged us in; it has not where it knows no logins. */
  private attempt(slot: Slot, session: Session, role: 'user' | 'officer', pin: DriverPin): boolean {
    const login = () => this.cryptoki.login(session.handle, userType[role], pin);
    try {
      try {
        login();
      } catch (error) {
        const isLeftOver =
          isAnswer(error, 'CKR_USER_ALREADY_LOGGED_IN') ||
          isAnswer(error, 'CKR_USER_ANOTHER_ALREADY_LOGGED_IN');
        if (!isLeftOver) throw error;
        // Left over from a session that ended badly. The driver has not looked at the PIN, so this is its first try.
        despite(() => session.logout());
        login();
      }
      return true;
    } catch (error) {
      if (isNeedless(error)) return false;
      throw refusalOf(error, slot, role);
    }
  }
}

/** Whether a login was refused because the token knows none. */
function isNeedless(error: unknown): boolean {
  return error instanceof CallFailure && failureOfValue(error.call, error.value) === 'nothing';
}

/** Whether the driver still has the session, and in it the login of that role, where there was one. */
export function isLoggedIn(session: Session, role: 'user' | 'officer' | undefined): boolean {
  try {
    const { state } = session.lib.C_GetSessionInfo(session.handle);
    return role === undefined || loggedInStates[role].includes(state);
  } catch {
    return false;
  }
}

/**
 * What a refused PIN is told as, with what the token's flags tell of the tries left; other errors are as they were.
 */
export function refusalOf(error: unknown, slot: Slot, role: 'user' | 'officer'): unknown {
  const isLocked = isAnswer(error, 'CKR_PIN_LOCKED');
  if (!isLocked && !isAnswer(error, 'CKR_PIN_INCORRECT')) return error;
  const token = slot.getToken();
  const state = isLocked ? 'locked' : pinState(token.flags, role);
  const details = { token: token.label, role, ...triesLeft(state) };
  const code = state === 'locked' ? lockedCode(role) : 'pin_incorrect';
  return new SealgateError(code, details, { cause: error });
}

/** The PIN, once it is sure that it is text. Throws `pin_unacceptable`. */
export function checked(pin: DriverPin): DriverPin {
  if (pin !== null) checkPinText(pin);
  return pin;
}

function proofOf(pin: Uint8Array): { readonly key: Buffer; readonly mark: Buffer } {
  const key = randomBytes(32);
  return { key, mark: markOf(key, pin) };
}

function markOf(key: Buffer, pin: Uint8Array): Buffer {
  return createHmac('sha256', key).update(pin).digest();
}

/** Of a PIN at the reader nothing is known; who has entered it there once is logged in until the last session ends. */
function isProven({ proof }: Standing, pin: DriverPin): boolean {
  if (proof === undefined || pin === null) return proof === undefined && pin === null;
  return timingSafeEqual(proof.mark, markOf(proof.key, pin));
}
