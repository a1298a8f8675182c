import { isFailure, SealgateError } from '../error.ts';
import { checkNewPin, type PinSource, withPin } from './pin.ts';
import { checkPinState } from './pin-state.ts';
import type { SentPin } from './protocol.ts';
import { nameOfToken, selectBlank, type Token, type TokenSelector, tokenOf } from './selection.ts';
import { type Access, findToken, type Limits, named, pinRequest, TokenSession } from './session.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A token's new life. Both PINs are UTF-8 octets, which the caller wipes, or null where they are entered at the reader. */
export interface TokenSetup {
  /** Which token; without it, the only one that is not initialised. */
  readonly token?: TokenSelector | undefined;
  /** At most 32 octets of UTF-8 are kept. */
  readonly label: string;
  readonly officerPin: SentPin;
  readonly userPin: SentPin;
}

/**
 * Initialises a token: label, administrator's PIN, user's PIN. Everything on it is lost. Only a token that is not
 * initialised yet, and on which nothing shows, is taken without being named. Throws `pin_incorrect` if the token had
 * another administrator's PIN, `token_in_use` while it is open elsewhere.
 */
export async function initialise(worker: WorkerProcess, setup: TokenSetup, limits: Limits): Promise<Token> {
  const slots = await worker.request('slots', {}, limits.login);
  const blank = selectBlank(slots, setup.token ?? {});
  if (setup.userPin !== null) checkNewPin(setup.userPin, blank);
  if (setup.officerPin !== null) checkNewPin(setup.officerPin, blank);
  const take = { slot: blank.slot, officerPin: setup.officerPin, label: setup.label };
  await worker.request('initialise', take, limits.generate).catch((error: unknown) => {
    throw named(error, blank);
  });
  const fresh = await tokenIn(worker, blank.slot, limits);
  if (fresh === undefined) throw new SealgateError('token_removed', { token: nameOfToken(blank) });
  const entry = {
    role: 'officer',
    pin: setup.officerPin,
    confirmFinalTry: false,
    isForWriting: true,
  } as const;
  const session = await TokenSession.start(worker, fresh, entry, limits);
  try {
    await session.request('setUserPin', { pin: setup.userPin }, limitOf(setup.userPin, limits));
  } finally {
    await session.close();
  }
  return (await tokenIn(worker, fresh.slot, limits, fresh)) ?? fresh;
}

/** The token in a slot, or, where one is given, that one wherever it is: drivers may give a new token a new slot. */
async function tokenIn(
  worker: WorkerProcess,
  slot: string,
  limits: Limits,
  known?: Token,
): Promise<Token | undefined> {
  const slots = await worker.request('slots', {}, limits.login);
  const tokens = slots.flatMap((info) => tokenOf(info) ?? []);
  return tokens.find((token) =>
    known === undefined ? token.slot === slot : token.label === known.label && token.serial === known.serial,
  );
}

function limitOf(pin: SentPin, limits: Limits): number {
  return pin === null ? limits.pad : limits.login;
}

/**
 * Changes the user's PIN. The old one is shown to the token in a login, as some drivers (OpenSC) want it, and again only
 * once it has proved right; where the PIN has expired, so that no login is allowed before it has been changed, it is
 * changed without one. Throws `pin_incorrect` and `pin_unacceptable`.
 */
export async function changePin(
  worker: WorkerProcess,
  access: Access,
  newPin: PinSource,
  limits: Limits,
): Promise<void> {
  const token = await findToken(worker, access.token ?? {}, limits);
  const confirmFinalTry = access.confirmFinalTry === true;
  checkPinState(token.flags, nameOfToken(token), 'user', confirmFinalTry);
  const request = pinRequest(token, 'user');
  await withPin(access.pin, request, (oldPin) =>
    withPin(newPin, request, async (fresh) => {
      if (fresh !== null) checkNewPin(fresh, token);
      const session = await openForChange(worker, token, oldPin, confirmFinalTry, limits);
      const take = { oldPin, newPin: fresh, isPuk: false, confirmFinalTry };
      try {
        await session.request('changePin', take, limitOf(fresh, limits));
      } finally {
        await session.close();
      }
    }),
  );
}

async function openForChange(
  worker: WorkerProcess,
  token: Token,
  pin: SentPin,
  confirmFinalTry: boolean,
  limits: Limits,
): Promise<TokenSession> {
  // At a reader's own pad the change asks for the old PIN by itself; a login would have the person enter it twice.
  if (pin === null) return TokenSession.openPublic(worker, token, limits, true);
  try {
    const entry = { role: 'user', pin, confirmFinalTry, isForWriting: true } as const;
    return await TokenSession.start(worker, token, entry, limits);
  } catch (error) {
    if (!isFailure(error, 'pin_expired')) throw error;
    return TokenSession.openPublic(worker, token, limits, true);
  }
}

/** Sets a new user's PIN with the administrator's, which also unblocks it. `access.pin` gives the administrator's PIN. */
export async function unblockPin(
  worker: WorkerProcess,
  access: Access,
  newPin: PinSource,
  limits: Limits,
): Promise<void> {
  const purpose = { role: 'officer', isForWriting: true, mustLogIn: true } as const;
  const session = await TokenSession.open(worker, access, limits, purpose);
  const { token } = session;
  try {
    await withPin(newPin, pinRequest(token, 'user'), async (pin) => {
      if (pin !== null) checkNewPin(pin, token);
      await session.request('setUserPin', { pin }, limitOf(pin, limits));
    });
  } finally {
    await session.close();
  }
}

/**
 * Sets a new user's PIN with the PUK, for cards without an administrator. Only drivers that take the PUK for the old PIN
 * outside of a login do that (OpenSC, with user_pin_unblock_style = set_pin_in_unlogged_session); to any other it
 * would be a wrong PIN, so that the driver has to say that it is OpenSC's. `access.pin` gives the PUK.
 * Throws `function_unsupported`, `pin_incorrect` for a wrong PUK.
 */
export async function unblockWithPuk(
  worker: WorkerProcess,
  access: Access,
  newPin: PinSource,
  limits: Limits,
): Promise<void> {
  const token = await findToken(worker, access.token ?? {}, limits);
  const { manufacturer } = await worker.request('info', {}, limits.login);
  if (!manufacturer.startsWith('OpenSC'))
    throw new SealgateError('function_unsupported', { token: nameOfToken(token), problem: manufacturer });
  await withPin(access.pin, pinRequest(token, 'officer'), (puk) =>
    withPin(newPin, pinRequest(token, 'user'), async (fresh) => {
      if (fresh !== null) checkNewPin(fresh, token);
      const session = await TokenSession.openPublic(worker, token, limits, true);
      const take = { oldPin: puk, newPin: fresh, isPuk: true, confirmFinalTry: false };
      try {
        await session.request('changePin', take, limitOf(fresh, limits));
      } finally {
        await session.close();
      }
    }),
  );
}
