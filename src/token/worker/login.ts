import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Session, type Slot, UserType } from 'graphene-pk11';
import { SealgateError } from '../../error.ts';
import { checkPinState, pinState, triesLeft } from '../flags.ts';
import { checkPinText } from '../pin.ts';
import { returnValue } from './failure.ts';

/** CKR_ numbers that decide about a login. */
const pinIncorrect = 0xa0;
const alreadyLoggedIn = 0x100;
const anotherLoggedIn = 0x104;

/** States of a session in which its application is logged in (CKS_, PKCS#11 2.40, section 3.3). */
const loggedInStates: Readonly<Record<'user' | 'officer', readonly number[]>> = {
  user: [1, 3],
  officer: [4],
};

/** A login that holds, with the proof of its PIN. */
export interface Standing {
  readonly role: 'user' | 'officer';
  readonly key: Buffer;
  readonly proof: Buffer;
  sessions: number;
}

/**
 * Logins by slot. To PKCS#11 a login holds for all sessions of the process, so that a second one would pass with
 * any PIN. Therefore the first login leaves a proof of its PIN, an HMAC under a key made for it, against which later
 * ones are compared: a wrong PIN is refused, and costs the token no try. The proof goes when the last session closes,
 * and when the driver says that the login is over, as it is once the token has been out.
 */
export class Logins {
  private readonly standings = new Map<string, Standing>();

  /**
   * Logs `session` in, after a look at the token's flags. Throws `pin_locked`, `pin_final_try`, `token_uninitialized`
   * and `pin_unacceptable` before the PIN is shown to the token, `pin_incorrect` after it was refused. A PIN is tried
   * once and never again. Gives the login, which is to be handed to `leave`.
   */
  login(
    slot: Slot,
    session: Session,
    role: 'user' | 'officer',
    pin: Uint8Array,
    confirmFinalTry: boolean,
  ): Standing {
    const id = slot.handle.toString('hex');
    const token = slot.getToken();
    const standing = this.standings.get(id);
    if (standing !== undefined && isLoggedIn(session, standing.role)) {
      if (standing.role !== role || !timingSafeEqual(standing.proof, proofOf(standing.key, pin))) {
        throw new SealgateError('pin_incorrect', { token: token.label });
      }
      standing.sessions++;
      return standing;
    }
    // The token has been out, and with it the login.
    this.standings.delete(id);
    checkPinState(token.flags, token.label, role, confirmFinalTry);
    attempt(slot, session, role, textOf(pin));
    const key = randomBytes(32);
    const fresh = { role, key, proof: proofOf(key, pin), sessions: 1 };
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
  renew(slot: Slot, pin: Uint8Array): void {
    const standing = this.standings.get(slot.handle.toString('hex'));
    if (standing !== undefined) proofOf(standing.key, pin).copy(standing.proof);
  }
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

function proofOf(key: Buffer, pin: Uint8Array): Buffer {
  return createHmac('sha256', key).update(pin).digest();
}

function attempt(slot: Slot, session: Session, role: 'user' | 'officer', pin: string): void {
  const userType = role === 'user' ? UserType.USER : UserType.SO;
  try {
    try {
      session.login(pin, userType);
    } catch (error) {
      const value = returnValue(error);
      if (value !== alreadyLoggedIn && value !== anotherLoggedIn) throw error;
      // Left over from a session that ended badly. The driver has not looked at the PIN, so this is its first try.
      session.logout();
      session.login(pin, userType);
    }
  } catch (error) {
    throw returnValue(error) === pinIncorrect ? refused(slot, role, error) : error;
  }
}

/**
 * Shows the token the PIN for the one operation that has been begun (CKU_CONTEXT_SPECIFIC), which keys with
 * CKA_ALWAYS_AUTHENTICATE want. Throws as `Logins.login` does.
 */
export function confirmOperation(
  slot: Slot,
  session: Session,
  pin: Uint8Array,
  confirmFinalTry: boolean,
): void {
  const token = slot.getToken();
  checkPinState(token.flags, token.label, 'user', confirmFinalTry);
  try {
    session.login(textOf(pin), UserType.CONTEXT_SPECIFIC);
  } catch (error) {
    throw returnValue(error) === pinIncorrect ? refused(slot, 'user', error) : error;
  }
}

/** The failure after a PIN that the token refused, with what its flags tell of the tries left. */
export function refused(slot: Slot, role: 'user' | 'officer', cause: unknown): SealgateError {
  const token = slot.getToken();
  const state = pinState(token.flags, role);
  const details = { token: token.label, role, ...triesLeft(state) };
  return new SealgateError(state === 'locked' ? 'pin_locked' : 'pin_incorrect', details, { cause });
}

/**
 * A PIN as the text that pkcs11js wants. Throws `pin_unacceptable` for one that is none. JavaScript cannot wipe a string: it goes when the collector takes it, in
 * this process, which nobody else shares. The octets of the message are wiped by the worker.
 */
export function textOf(pin: Uint8Array): string {
  checkPinText(pin);
  return Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength).toString('utf8');
}
