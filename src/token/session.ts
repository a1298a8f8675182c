import { isFailure, SealgateError } from '../error.ts';
import { readDetails } from '../failure/details.ts';
import { type PinRequest, type PinSource, withPin } from './pin.ts';
import { checkPinState } from './pin-state.ts';
import type { Requests, Role, SentPin } from './protocol.ts';
import { nameOfToken, selectToken, type Token, type TokenSelector } from './selection.ts';
import { DriverFailure, type WorkerProcess } from './worker-process.ts';

/** Milliseconds that the parts of the work may take: enough for a slow card; `pad` for a person at a PIN pad. */
export interface Limits {
  readonly login: number;
  readonly sign: number;
  readonly generate: number;
  readonly pad: number;
}

export const defaultLimits: Limits = { login: 30_000, sign: 60_000, generate: 300_000, pad: 120_000 };

/** How to get at a token's private part. */
export interface Access {
  readonly token?: TokenSelector | undefined;
  readonly pin: PinSource;
  /** Show the token the PIN though it may be the last try. */
  readonly confirmFinalTry?: boolean | undefined;
}

/**
 * What a session is for. Only one for writing is opened read-write, because cards whose objects come from the issuer
 * refuse such sessions. `mustLogIn` logs in though the token does not ask for it.
 */
export interface Purpose {
  readonly role: 'user' | 'officer';
  readonly isForWriting: boolean;
  readonly mustLogIn: boolean;
}

let lastSession = 0;

type SessionRequest =
  | 'objects'
  | 'flags'
  | 'sign'
  | 'generate'
  | 'destroy'
  | 'create'
  | 'setUserPin'
  | 'changePin';

/** A PKCS#11 session in the worker of its module. */
export class TokenSession {
  readonly token: Token;
  /** Whether a PIN was shown to the token, or entered at its reader. */
  readonly isLoggedIn: boolean;
  private readonly worker: WorkerProcess;
  private readonly id: number;
  private isLost = false;

  private constructor(worker: WorkerProcess, token: Token, id: number, role: Role) {
    this.worker = worker;
    this.token = token;
    this.id = id;
    this.isLoggedIn = role !== 'nobody';
  }

  /**
   * Finds the token, looks at its flags, asks for the PIN and logs in, unless the token asks for no login. Throws the
   * failures of `selectToken`, `checkPinState` and the PIN; whatever fails, nothing stays open.
   */
  static async open(
    worker: WorkerProcess,
    access: Access,
    limits: Limits,
    purpose: Purpose,
  ): Promise<TokenSession> {
    const token = await findToken(worker, access.token ?? {}, limits);
    return TokenSession.enter(worker, token, access, limits, purpose);
  }

  private static async enter(
    worker: WorkerProcess,
    token: Token,
    access: Access,
    limits: Limits,
    { role, isForWriting, mustLogIn }: Purpose,
  ): Promise<TokenSession> {
    const confirmFinalTry = access.confirmFinalTry === true;
    if (role === 'user' && !token.needsLogin && !mustLogIn)
      return TokenSession.openPublic(worker, token, limits, isForWriting);
    checkPinState(token.flags, nameOfToken(token), role, confirmFinalTry);
    return withPin(access.pin, pinRequest(token, role), (pin) =>
      TokenSession.start(worker, token, { role, pin, confirmFinalTry, isForWriting }, limits),
    );
  }

  /** Opens a session that may write to the token, logged in where the token has a PIN. Throws as `open` does. */
  static async openForWriting(worker: WorkerProcess, access: Access, limits: Limits): Promise<TokenSession> {
    const token = await findToken(worker, access.token ?? {}, limits);
    const purpose = { role: 'user', isForWriting: true, mustLogIn: token.pin !== 'unneeded' } as const;
    return TokenSession.enter(worker, token, access, limits, purpose);
  }

  /** Opens a session that sees only public objects, for which no PIN is needed. */
  static openPublic(
    worker: WorkerProcess,
    token: Token,
    limits: Limits,
    isForWriting = false,
  ): Promise<TokenSession> {
    return TokenSession.start(
      worker,
      token,
      { role: 'nobody', confirmFinalTry: false, isForWriting },
      limits,
    );
  }

  /** Opens a session with a PIN at hand, which the caller wipes. */
  static async start(
    worker: WorkerProcess,
    token: Token,
    entry: {
      readonly role: Role;
      readonly pin?: SentPin;
      readonly confirmFinalTry: boolean;
      readonly isForWriting: boolean;
    },
    limits: Limits,
  ): Promise<TokenSession> {
    const session = ++lastSession;
    const take = { session, slot: token.slot, serial: token.serial, ...entry };
    try {
      await worker.request('open', take, entry.pin === null ? limits.pad : limits.login);
    } catch (error) {
      throw named(error, token);
    }
    return new TokenSession(worker, token, session, entry.role);
  }

  /** Whether the session can no longer be used, because the token or the driver went away. */
  get isGone(): boolean {
    return this.isLost;
  }

  /** Sends a request that belongs to this session. */
  async request<N extends SessionRequest>(
    name: N,
    take: Omit<Requests[N]['take'], 'session'>,
    limit: number,
  ): Promise<Requests[N]['give']> {
    try {
      return await this.worker.request(name, { ...take, session: this.id } as Requests[N]['take'], limit);
    } catch (error) {
      if (error instanceof DriverFailure && error.isSuspect) this.isLost = true;
      throw named(error, this.token);
    }
  }

  /** Ends the session; never throws, because there is nothing that a caller could do about it. */
  async close(limit: number = defaultLimits.login): Promise<void> {
    if (this.isLost) return;
    await this.worker.request('close', { session: this.id }, limit).catch(() => undefined);
  }
}

/** What somebody is asked for a PIN with. */
export function pinRequest(
  token: Token,
  role: 'user' | 'officer',
  more: Partial<Pick<PinRequest, 'isForSignature' | 'state'>> = {},
): PinRequest {
  return {
    token: token.label,
    role,
    isForSignature: false,
    isAtPad: token.hasPinPad,
    state: role === 'user' ? token.pin : token.officerPin,
    ...more,
  };
}

/**
 * The token that `selector` means. Before it is given up, an idle driver is started anew, because some (SoftHSM among
 * them) look for tokens only then. Throws the failures of `selectToken`.
 */
export async function findToken(
  worker: WorkerProcess,
  selector: TokenSelector,
  limits: Limits,
): Promise<Token> {
  const look = async () => selectToken(await worker.request('slots', {}, limits.login), selector);
  const isFresh = !worker.isRunning;
  try {
    return await look();
  } catch (error) {
    if (isFresh || isFailure(error, 'token_choice_needed') || !worker.restart()) throw error;
    return look();
  }
}

/** The same failure with the token's name among its details, which the worker does not always know. */
export function named(error: unknown, token: Token): unknown {
  if (!isFailure(error)) return error;
  const details = readDetails(error.code, { token: nameOfToken(token), ...error.details }) ?? error.details;
  if (error instanceof DriverFailure) return new DriverFailure(error.isSuspect, error.code, details);
  return new SealgateError(error.code, details, { cause: error.cause });
}
