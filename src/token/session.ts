import { isFailure, SealgateError } from '../error.ts';
import { readDetails } from '../failure/details.ts';
import { checkPinState } from './flags.ts';
import { type PinSource, withPin } from './pin.ts';
import type { Requests, Role } from './protocol.ts';
import { nameOfToken, selectToken, type Token, type TokenSelector } from './selection.ts';
import { DriverFailure, type WorkerProcess } from './worker-process.ts';

/** Milliseconds that the parts of the work may take: enough for a slow card and a person at a PIN pad. */
export interface Limits {
  readonly login: number;
  readonly sign: number;
  readonly generate: number;
}

export const defaultLimits: Limits = { login: 30_000, sign: 60_000, generate: 300_000 };

/** How to get at a token's private part. */
export interface Access {
  readonly token?: TokenSelector | undefined;
  readonly pin: PinSource;
  /** Show the token the PIN though it may be the last try. */
  readonly confirmFinalTry?: boolean | undefined;
}

let lastSession = 0;

/** A PKCS#11 session in the worker of its module. */
export class TokenSession {
  readonly token: Token;
  private readonly worker: WorkerProcess;
  private readonly id: number;
  private isLost = false;

  private constructor(worker: WorkerProcess, token: Token, id: number) {
    this.worker = worker;
    this.token = token;
    this.id = id;
  }

  /**
   * Finds the token, looks at its flags, asks for the PIN and logs in. Throws the failures of `selectToken`,
   * `checkPinState` and the PIN; whatever fails, nothing stays open.
   */
  static async open(
    worker: WorkerProcess,
    access: Access,
    limits: Limits,
    role: 'user' | 'officer' = 'user',
  ): Promise<TokenSession> {
    const token = await findToken(worker, access.token ?? {}, limits);
    const confirmFinalTry = access.confirmFinalTry === true;
    checkPinState(token.flags, nameOfToken(token), role, confirmFinalTry);
    if (token.hasPinPad) return TokenSession.start(worker, token, role, undefined, confirmFinalTry, limits);
    return withPin(access.pin, { token: token.label, role, isForSignature: false, state: token.pin }, (pin) =>
      TokenSession.start(worker, token, role, pin, confirmFinalTry, limits),
    );
  }

  /** Opens a session that sees only public objects, for which no PIN is needed. */
  static openPublic(worker: WorkerProcess, token: Token, limits: Limits): Promise<TokenSession> {
    return TokenSession.start(worker, token, 'nobody', undefined, false, limits);
  }

  /** Opens a session with a PIN at hand, which the caller wipes. */
  static async start(
    worker: WorkerProcess,
    token: Token,
    role: Role,
    pin: Uint8Array | undefined,
    confirmFinalTry: boolean,
    limits: Limits,
  ): Promise<TokenSession> {
    const session = ++lastSession;
    const take = { session, slot: token.slot, serial: token.serial, role, confirmFinalTry };
    try {
      await worker.request('open', pin === undefined ? take : { ...take, pin }, limits.login);
    } catch (error) {
      throw named(error, token);
    }
    return new TokenSession(worker, token, session);
  }

  /** Whether the session can no longer be used, because the token or the driver went away. */
  get isGone(): boolean {
    return this.isLost;
  }

  /** Sends a request that belongs to this session. */
  async request<N extends 'objects' | 'flags' | 'sign' | 'generate' | 'create' | 'setUserPin' | 'changePin'>(
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
    await this.worker.request('close', { session: this.id }, limit).catch(() => undefined);
  }
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
