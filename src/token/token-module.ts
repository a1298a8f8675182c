import { realpath } from 'node:fs/promises';
import { type ImportedCertificate, importCertificate } from './import.ts';
import { generateKey } from './key-generation.ts';
import type { KeyPairPlan } from './key-pair.ts';
import { type Library, resolveLibrary } from './library.ts';
import { pairObjects, type TokenContents, type TokenKey } from './pairing.ts';
import type { PinSource } from './pin.ts';
import { changePin, initialise, type TokenSetup, unblockPin, unblockWithPuk } from './pin-care.ts';
import type { ModuleInfo } from './protocol.ts';
import { Removal } from './removal.ts';
import { type KeySelector, type Token, type TokenSelector, tokenOf } from './selection.ts';
import { type Access, defaultLimits, findToken, type Limits, TokenSession } from './session.ts';
import { type SignerOptions, TokenSigner } from './token-signer.ts';
import { WorkerProcess } from './worker-process.ts';

/** How to run a module. */
export interface ModuleOptions {
  /** Variables for the driver's process, such as SOFTHSM2_CONF. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly limits?: Partial<Limits> | undefined;
}

const modules = new Map<string, TokenModule>();

/**
 * The module behind a library, given by path or by the name of a known one. There is one for each library and
 * environment in this program, because a driver allows for no more; the driver itself starts with the first request.
 * Throws `pkcs11_module_not_found` and `pkcs11_module_incompatible`.
 */
export async function openModule(nameOrPath: string, options: ModuleOptions = {}): Promise<TokenModule> {
  const library = await resolveLibrary(nameOrPath);
  const environment = options.environment ?? {};
  const key = JSON.stringify([await realpath(library.path), Object.entries(environment).sort()]);
  const known = modules.get(key);
  if (known !== undefined) return known.with(options.limits);
  const module = new TokenModule(library, new WorkerProcess(library.path, environment), options.limits);
  modules.set(key, module);
  return module;
}

/** Lets go of every driver of this program. */
export function closeModules(): void {
  for (const module of modules.values()) module.close();
  modules.clear();
}

/** What a PKCS#11 library can do for us. Each call finds the token anew, so that one that was away is found again. */
export class TokenModule {
  readonly library: Library;
  private readonly worker: WorkerProcess;
  private readonly limits: Limits;

  constructor(library: Library, worker: WorkerProcess, limits: Partial<Limits> = {}) {
    this.library = library;
    this.worker = worker;
    this.limits = { ...defaultLimits, ...limits };
  }

  /** The same module with other limits. */
  with(limits: Partial<Limits> | undefined): TokenModule {
    return limits === undefined ? this : new TokenModule(this.library, this.worker, limits);
  }

  /** Slots, with the tokens in them. */
  async tokens(): Promise<readonly Token[]> {
    return (await this.worker.request('slots', {}, this.limits.login)).flatMap((info) => tokenOf(info) ?? []);
  }

  /** The token that `selector` means. Throws the failures of `selectToken`. */
  find(selector: TokenSelector): Promise<Token> {
    return findToken(this.worker, selector, this.limits);
  }

  /** What the driver says of itself. */
  info(): Promise<ModuleInfo> {
    return this.worker.request('info', {}, this.limits.login);
  }

  /**
   * Certificates and keys of a token. Without `access.pin` only what everybody sees: private keys are then absent
   * on most tokens, and with them the pairs of certificates that have no public key object.
   */
  async contents(token: Token, access?: Access): Promise<TokenContents> {
    const selector = { label: token.label, serial: token.serial };
    const reading = { role: 'user', isForWriting: false, mustLogIn: token.pin !== 'unneeded' } as const;
    const session =
      access === undefined
        ? await TokenSession.openPublic(this.worker, token, this.limits)
        : await TokenSession.open(this.worker, { ...access, token: selector }, this.limits, reading);
    try {
      return pairObjects(await session.request('objects', {}, this.limits.login));
    } finally {
      await session.close();
    }
  }

  /** Finds a key to sign with, and logs in where the token asks for it; whoever opens the signer closes it. */
  signer(options: SignerOptions): Promise<TokenSigner> {
    return TokenSigner.open(this.worker, options, this.limits);
  }

  /** Generates a key pair on the token (`generateKey`). Takes minutes for long RSA keys on a card. */
  generate(access: Access, plan: KeyPairPlan): Promise<TokenKey> {
    const token = { ...access.token, mechanisms: [plan.mechanism.type] };
    const wanted = { ...access, token };
    return this.during(wanted, (session) => generateKey(this.worker, session, wanted, plan, this.limits));
  }

  /** Writes a certificate beside its key (`importCertificate`). */
  importCertificate(access: Access, der: Uint8Array, label?: string): Promise<ImportedCertificate> {
    return this.during(access, (session) =>
      importCertificate(this.worker, session, access, der, label, this.limits),
    );
  }

  /** What the removal of a key or a certificate would lose; whoever opens it carries it out or not, and closes it. */
  removal(access: Access, selector: KeySelector, what: 'key' | 'certificate'): Promise<Removal> {
    return Removal.open(this.worker, access, selector, what, this.limits);
  }

  /** Initialises a token (`initialise`). Everything on it is lost. */
  initialise(setup: TokenSetup): Promise<Token> {
    return initialise(this.worker, setup, this.limits);
  }

  /** Changes the user's PIN (`changePin`). */
  changePin(access: Access, newPin: PinSource): Promise<void> {
    return changePin(this.worker, access, newPin, this.limits);
  }

  /** Sets a new user's PIN with the administrator's, which also unblocks it (`unblockPin`). */
  unblockPin(access: Access, newPin: PinSource): Promise<void> {
    return unblockPin(this.worker, access, newPin, this.limits);
  }

  /** Sets a new user's PIN with the PUK (`unblockWithPuk`). */
  unblockWithPuk(access: Access, newPin: PinSource): Promise<void> {
    return unblockWithPuk(this.worker, access, newPin, this.limits);
  }

  /** Lets go of the driver; signers on it are closed. A later call starts it again. */
  close(): void {
    this.worker.close();
  }

  /** A session that writes; it logs in wherever there is a PIN, for without it tokens write nothing. */
  private async during<T>(access: Access, use: (session: TokenSession) => Promise<T>): Promise<T> {
    const session = await TokenSession.openForWriting(this.worker, access, this.limits);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }
}
