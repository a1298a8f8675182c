import { isFailure, SealgateError } from '../error.ts';
import { mechanismsOf, planSigning, type SigningPlan } from './mechanism.ts';
import { type PrivateKey, pairObjects, type TokenCertificate } from './pairing.ts';
import { withPin } from './pin.ts';
import { checkPinState, pinState } from './pin-state.ts';
import type { Requests } from './protocol.ts';
import { schemesOf } from './public-key.ts';
import { type ChosenKey, type KeySelector, nameOfCertificate, nameOfToken, selectKey } from './selection.ts';
import { type Access, type Limits, pinRequest, TokenSession } from './session.ts';
import type { SignatureScheme, Signer } from './signer.ts';
import { holds, misfitOf } from './verify.ts';
import type { WorkerProcess } from './worker-process.ts';

/** How to open a signer on a token. */
export interface SignerOptions extends Access {
  readonly key?: KeySelector | undefined;
}

interface Opened {
  readonly session: TokenSession;
  readonly choice: ChosenKey;
  readonly chain: readonly Uint8Array[];
  /** The private halves that come into question; only the right one is left once a signature of it has verified. */
  candidates: readonly PrivateKey[];
}

/** What the signature of one half is asked for with. */
type SignTake = Omit<Requests['sign']['take'], 'session' | 'pin' | 'confirmFinalTry'>;

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
  /** The token has asked for a login that its flags do not ask for. */
  private mustLogIn: boolean;
  /** Handles of keys that have asked for the PIN at a signature without announcing it. */
  private readonly wantingPin = new Set<string>();
  /** The last signature with a PIN of its own: the next one waits, and learns whether the PIN was refused. */
  private turn: Promise<unknown> = Promise.resolve();
  private provenKey: PrivateKey | undefined;
  private isClosed = false;

  private constructor(worker: WorkerProcess, options: SignerOptions, limits: Limits, opened: Opened) {
    this.worker = worker;
    this.options = options;
    this.limits = limits;
    this.opened = Promise.resolve(opened);
    this.mustLogIn = opened.session.isLoggedIn && !opened.session.token.needsLogin;
    this.publicKey = opened.choice.key.spki;
    this.chain = opened.chain;
    this.label = opened.choice.key.label;
    this.schemes = schemesOf(opened.choice.key.publicKey);
    const der = opened.choice.certificate?.certificate.der;
    if (der !== undefined) this.certificate = der;
  }

  /** Finds the key, and logs in where the token asks for it. Throws the failures of token, PIN and choice. */
  static async open(worker: WorkerProcess, options: SignerOptions, limits: Limits): Promise<TokenSigner> {
    const opened = await openKey(worker, options, limits, false);
    return new TokenSigner(worker, options, limits, opened);
  }

  /**
   * A signer in a session that somebody else has opened and closes, for trial signatures with a key that has just been
   * made or found; `key.privateKeys` are the halves that come into question.
   */
  static within(
    worker: WorkerProcess,
    session: TokenSession,
    access: Access,
    key: ChosenKey['key'],
    limits: Limits,
  ): TokenSigner {
    const choice = { key, certificate: undefined };
    const opened = { session, choice, chain: [], candidates: key.privateKeys };
    return new TokenSigner(worker, access, limits, opened);
  }

  /** The private half that has made the last signature; undefined before the first one. */
  get privateKey(): PrivateKey | undefined {
    return this.provenKey;
  }

  async sign(data: Uint8Array, scheme: SignatureScheme): Promise<Uint8Array> {
    if (this.isClosed) throw new Error('the signer is closed');
    const opening = this.current();
    const opened = await opening;
    const { session, choice } = opened;
    const token = nameOfToken(session.token);
    if (!this.schemes.includes(scheme))
      throw new SealgateError('mechanism_unsupported', { mechanism: scheme, token });
    const plans = planSigning(choice.key.publicKey, scheme, data, session.token.mechanisms, token);
    try {
      const signature = await this.signWithFitting(opened, plans, data, scheme);
      if (signature !== 'login') return signature;
    } catch (error) {
      if (session.isGone && this.opened === opening) this.opened = undefined;
      this.noteRefusal(error);
      throw error;
    }
    await this.leaveForLogin(opening, session);
    return this.sign(data, scheme);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const opened = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    await opened?.session.close();
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
    if (isFailure(error) && /^(?:officer_)?pin_/.test(error.code)) this.refusal ??= error;
  }

  /** The very same key: a token that was swapped in the meantime does not sign in its stead. */
  private async reopen(): Promise<Opened> {
    const opened = await openKey(this.worker, this.options, this.limits, this.mustLogIn);
    if (Buffer.compare(opened.choice.key.spki, this.publicKey) === 0) return opened;
    await opened.session.close();
    throw new SealgateError('key_not_found', { token: nameOfToken(opened.session.token) });
  }

  /** Flags said that no login is needed, and the key says otherwise. Throws `login_ended` if it says so after a login. */
  private async leaveForLogin(opening: Promise<Opened>, session: TokenSession): Promise<void> {
    if (session.isLoggedIn || session.token.needsLogin)
      throw new SealgateError('login_ended', { token: nameOfToken(session.token) });
    this.mustLogIn = true;
    if (this.opened !== opening) return;
    this.opened = undefined;
    await session.close();
  }

  /**
   * The signature of the private half that belongs to the public key: where several come into question, the check of
   * the signature decides. Throws `signature_invalid` or `key_not_found` where none does (`misfitOf`).
   */
  private async signWithFitting(
    opened: Opened,
    plans: readonly SigningPlan[],
    data: Uint8Array,
    scheme: SignatureScheme,
  ): Promise<Uint8Array | 'login'> {
    const { session, choice, candidates } = opened;
    let failure: unknown;
    for (const half of candidates) {
      try {
        const signature = await this.carryOut(session, half, plans);
        if (signature === 'login') return signature;
        if (holds(this.publicKey, scheme, data, signature)) {
          opened.candidates = [half];
          this.provenKey = half;
          return signature;
        }
        failure = misfitOf(this.publicKey, scheme, data, signature, choice.key.isCertain);
      } catch (error) {
        if (!isFailure(error) || !ofOneKey.has(error.code)) throw error;
        failure = error;
      }
    }
    if (!isFailure(failure)) throw new Error('no key to sign with was chosen');
    throw namedAfter(choice, failure, nameOfToken(session.token));
  }

  /** Drivers list mechanisms that a key or a firmware then refuses, so the next way is tried, but nothing else. */
  private async carryOut(
    session: TokenSession,
    half: PrivateKey,
    plans: readonly SigningPlan[],
  ): Promise<Uint8Array | 'login'> {
    for (const [index, plan] of plans.entries()) {
      try {
        const output = await this.ask(session, half, plan);
        return output === 'login' ? output : plan.finish(output);
      } catch (error) {
        if (!isFailure(error, 'mechanism_unsupported') || index === plans.length - 1) throw error;
      }
    }
    throw new Error('no way to sign was planned');
  }

  private async ask(
    session: TokenSession,
    { handle, alwaysAuthenticate }: PrivateKey,
    { mechanism, input }: SigningPlan,
  ): Promise<Uint8Array | 'login'> {
    const take = { key: handle, mechanism, data: input };
    if (!alwaysAuthenticate && !this.wantingPin.has(handle)) {
      const given = await session.request('sign', take, this.limits.sign);
      if (given !== 'pin') return given;
      this.wantingPin.add(handle);
    }
    const signing = this.turn.then(() => this.askWithPin(session, take));
    this.turn = signing.catch((error: unknown) => this.noteRefusal(error));
    return signing;
  }

  /** The PIN for one signature; nobody is asked for it before the token's flags have been looked at. */
  private async askWithPin(session: TokenSession, take: SignTake): Promise<Uint8Array> {
    if (this.refusal !== undefined) throw this.refusal;
    const { token } = session;
    const confirmFinalTry = this.options.confirmFinalTry === true;
    const flags = await session.request('flags', {}, this.limits.login);
    checkPinState(flags, nameOfToken(token), 'user', confirmFinalTry);
    const request = pinRequest(token, 'user', { isForSignature: true, state: pinState(flags) });
    const limit = this.limits.sign + (request.isAtPad ? this.limits.pad : 0);
    const given = await withPin(this.options.pin, request, (pin) =>
      session.request('sign', { ...take, pin, confirmFinalTry }, limit),
    );
    if (given instanceof Uint8Array) return given;
    throw new SealgateError('login_ended', { token: nameOfToken(token) });
  }
}

/** Failures that speak of one private key and say nothing of another one. */
const ofOneKey: ReadonlySet<string> = new Set([
  'mechanism_unsupported',
  'key_not_for_signing',
  'key_not_found',
  'signature_invalid',
]);

/** A failure of a key with the names by which a person knows it. */
function namedAfter({ key, certificate }: ChosenKey, failure: SealgateError, token: string): SealgateError {
  if (failure.code !== 'key_not_found' && failure.code !== 'key_not_for_signing') return failure;
  const named = certificate === undefined ? {} : { certificate: nameOfCertificate(certificate) };
  const isOther = failure.code === 'key_not_found' && !key.isCertain && key.id !== '';
  return new SealgateError(
    failure.code,
    { token, ...named, ...(isOther && { identifier: key.id }) },
    { cause: failure },
  );
}

/** Without a login where the token asks for none, and with one where the key does not show without it. */
async function openKey(
  worker: WorkerProcess,
  options: SignerOptions,
  limits: Limits,
  mustLogIn: boolean,
): Promise<Opened> {
  const selector = options.key ?? {};
  const mechanisms = selector.family === undefined ? undefined : mechanismsOf(selector.family);
  const token = { ...options.token, mechanisms };
  const purpose = { role: 'user', isForWriting: false, mustLogIn } as const;
  const session = await TokenSession.open(worker, { ...options, token }, limits, purpose);
  try {
    const contents = pairObjects(await session.request('objects', {}, limits.login));
    const choice = selectKey(contents, selector, nameOfToken(session.token), Date.now());
    const others = [...contents.loose, ...contents.keys.flatMap(({ certificates }) => certificates)];
    const { privateKeys } = choice.key;
    return { session, choice, chain: issuersOf(choice.certificate, others), candidates: privateKeys };
  } catch (error) {
    const { token: held } = session;
    await session.close();
    const isHidden = isFailure(error, 'key_not_found') && !session.isLoggedIn && held.pin !== 'unneeded';
    if (!isHidden) throw error;
    // The token asks for no login, and shows some keys only after one.
    return openKey(worker, options, limits, true);
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
