import { isFailure, SealgateError } from '../error.ts';
import { checkPinState, pinState } from './flags.ts';
import { mechanismsOf, planSigning, type SigningPlan } from './mechanism.ts';
import { pairObjects, type TokenCertificate } from './pairing.ts';
import { withPin } from './pin.ts';
import type { Requests } from './protocol.ts';
import { schemesOf } from './public-key.ts';
import { type ChosenKey, type KeySelector, nameOfToken, selectKey } from './selection.ts';
import { type Access, type Limits, TokenSession } from './session.ts';
import type { SignatureScheme, Signer } from './signer.ts';
import { checkOwnSignature } from './verify.ts';
import type { WorkerProcess } from './worker-process.ts';

/** How to open a signer on a token. */
export interface SignerOptions extends Access {
  readonly key?: KeySelector | undefined;
}

interface Opened {
  readonly session: TokenSession;
  readonly choice: ChosenKey;
  readonly chain: readonly Uint8Array[];
}

/**
 * A key on a token as a Signer. It stays logged in until it is closed. When the token is pulled out or its driver
 * fails, the signature under way fails with a code of its own, and the next one starts over: token, PIN, key. A PIN
 * that was refused, then or by a key that wants it at each signature, is not asked for again, nor is one while the
 * last try is all that is left: the signer repeats the refusal until it is opened anew.
 */
export class TokenSigner implements Signer {
  readonly publicKey: Uint8Array;
  readonly certificate?: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly schemes: readonly SignatureScheme[];
  /** Label of the key on its token. */
  readonly label: string;
  private readonly worker: WorkerProcess;
  private readonly options: SignerOptions;
  private readonly limits: Limits;
  private opened: Promise<Opened> | undefined;
  private refusal: SealgateError | undefined;
  /** The last signature with a PIN of its own: the next one waits, and learns whether the PIN was refused. */
  private turn: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  private constructor(worker: WorkerProcess, options: SignerOptions, limits: Limits, opened: Opened) {
    this.worker = worker;
    this.options = options;
    this.limits = limits;
    this.opened = Promise.resolve(opened);
    this.publicKey = opened.choice.key.spki;
    this.chain = opened.chain;
    this.label = opened.choice.key.label;
    this.schemes = schemesOf(opened.choice.key.publicKey);
    const der = opened.choice.certificate?.certificate.der;
    if (der !== undefined) this.certificate = der;
  }

  /** Logs in and finds the key. Throws the failures of token, PIN and choice. */
  static async open(worker: WorkerProcess, options: SignerOptions, limits: Limits): Promise<TokenSigner> {
    const opened = await openKey(worker, options, options.key ?? {}, limits);
    return new TokenSigner(worker, options, limits, opened);
  }

  async sign(data: Uint8Array, scheme: SignatureScheme): Promise<Uint8Array> {
    if (this.isClosed) throw new Error('the signer is closed');
    const { session, choice } = await this.current();
    const token = nameOfToken(session.token);
    if (!this.schemes.includes(scheme))
      throw new SealgateError('mechanism_unsupported', { mechanism: scheme, token });
    const plans = planSigning(choice.key.publicKey, scheme, data, session.token.mechanisms, token);
    try {
      const signature = await this.carryOut(session, choice, plans);
      checkOwnSignature(this.publicKey, scheme, data, signature);
      return signature;
    } catch (error) {
      if (session.isGone) this.opened = undefined;
      this.noteRefusal(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const opened = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    if (opened !== undefined && !opened.session.isGone) await opened.session.close();
  }

  /** The open session, or a new one after it was lost; callers at the same time share it. */
  private current(): Promise<Opened> {
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    this.opened ??= this.reopen().catch((error: unknown) => {
      this.opened = undefined;
      this.noteRefusal(error);
      throw error;
    });
    return this.opened;
  }

  private noteRefusal(error: unknown): void {
    if (isFailure(error) && error.code.startsWith('pin_')) this.refusal ??= error;
  }

  /** The very same key: a token that was swapped in the meantime does not sign in its stead. */
  private async reopen(): Promise<Opened> {
    const opened = await openKey(this.worker, this.options, this.options.key ?? {}, this.limits);
    if (Buffer.compare(opened.choice.key.spki, this.publicKey) === 0) return opened;
    await opened.session.close();
    throw new SealgateError('key_not_found', { token: nameOfToken(opened.session.token) });
  }

  /** Drivers list mechanisms that a key or a firmware then refuses, so the next way is tried, but nothing else. */
  private async carryOut(
    session: TokenSession,
    choice: ChosenKey,
    plans: readonly SigningPlan[],
  ): Promise<Uint8Array> {
    for (const [index, plan] of plans.entries()) {
      try {
        return plan.finish(await this.ask(session, choice, plan));
      } catch (error) {
        if (!isFailure(error, 'mechanism_unsupported') || index === plans.length - 1) throw error;
      }
    }
    throw new Error('no way to sign was planned');
  }

  private ask(
    session: TokenSession,
    { key }: ChosenKey,
    { mechanism, input }: SigningPlan,
  ): Promise<Uint8Array> {
    const take = { key: key.privateKey, mechanism, data: input };
    if (!key.alwaysAuthenticate) return session.request('sign', take, this.limits.sign);
    const signing = this.turn.then(() => this.askWithPin(session, take));
    this.turn = signing.catch((error: unknown) => this.noteRefusal(error));
    return signing;
  }

  /** The PIN for one signature; nobody is asked for it before the token's flags have been looked at. */
  private async askWithPin(
    session: TokenSession,
    take: Omit<Requests['sign']['take'], 'session' | 'pin' | 'confirmFinalTry'>,
  ): Promise<Uint8Array> {
    if (this.refusal !== undefined) throw this.refusal;
    const { token } = session;
    const confirmFinalTry = this.options.confirmFinalTry === true;
    const flags = await session.request('flags', {}, this.limits.login);
    checkPinState(flags, nameOfToken(token), 'user', confirmFinalTry);
    const request = {
      token: token.label,
      role: 'user',
      isForSignature: true,
      state: pinState(flags),
    } as const;
    return withPin(this.options.pin, request, (pin) =>
      session.request('sign', { ...take, pin, confirmFinalTry }, this.limits.sign),
    );
  }
}

async function openKey(
  worker: WorkerProcess,
  access: Access,
  selector: KeySelector,
  limits: Limits,
): Promise<Opened> {
  const mechanisms = selector.family === undefined ? undefined : mechanismsOf(selector.family);
  const token = { ...access.token, mechanisms };
  const session = await TokenSession.open(worker, { ...access, token }, limits);
  try {
    const contents = pairObjects(await session.request('objects', {}, limits.login));
    const choice = selectKey(contents, selector, nameOfToken(session.token), Date.now());
    const others = [...contents.loose, ...contents.keys.flatMap(({ certificates }) => certificates)];
    return { session, choice, chain: issuersOf(choice.certificate, others) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

const longestChain = 8;

/** Certificates of the issuers above a certificate, as far as they are among `others`; names only, nothing is verified. */
function issuersOf(
  certificate: TokenCertificate | undefined,
  others: readonly TokenCertificate[],
): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let below = certificate?.certificate;
  while (below !== undefined && !below.isSelfIssued && chain.length < longestChain) {
    const wanted = below.issuer.der;
    const above = others.find(
      ({ certificate: other }) => Buffer.compare(other.subject.der, wanted) === 0,
    )?.certificate;
    if (above === undefined) break;
    chain.push(above.der);
    below = above;
  }
  return chain;
}
