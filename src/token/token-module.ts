import { realpath } from 'node:fs/promises';
import { encodeIntegerContent } from '../asn1/writer.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import { certificateTypeX509, objectClass } from './cryptoki.ts';
import { checkPinState } from './flags.ts';
import type { KeyPairPlan } from './key-pair.ts';
import { type Library, resolveLibrary } from './library.ts';
import { pairObjects, type TokenContents, type TokenKey } from './pairing.ts';
import { checkNewPin, type PinSource, withPin } from './pin.ts';
import type { ModuleInfo } from './protocol.ts';
import { isSameKey, readPublicKey } from './public-key.ts';
import { nameOfToken, selectBlank, type Token, type TokenSelector, tokenOf } from './selection.ts';
import { type Access, defaultLimits, findToken, type Limits, named, TokenSession } from './session.ts';
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

/** A token's new life. Both PINs are UTF-8 octets, which the caller wipes. */
export interface TokenSetup {
  /** Which token; without it, the only one that is not initialised. */
  readonly token?: TokenSelector | undefined;
  /** At most 32 octets of UTF-8 are kept. */
  readonly label: string;
  readonly officerPin: Uint8Array;
  readonly userPin: Uint8Array;
}

/** A certificate that stands on the token now; `isNew` says whether it was written just now. */
export interface ImportedCertificate {
  readonly key: TokenKey;
  readonly certificate: Certificate;
  readonly label: string;
  readonly isNew: boolean;
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
    const session =
      access === undefined
        ? await TokenSession.openPublic(this.worker, token, this.limits)
        : await TokenSession.open(this.worker, { ...access, token: selector }, this.limits);
    try {
      return pairObjects(await session.request('objects', {}, this.limits.login));
    } finally {
      await session.close();
    }
  }

  /** Logs in and finds a key to sign with; whoever opens it closes it. */
  signer(options: SignerOptions): Promise<TokenSigner> {
    return TokenSigner.open(this.worker, options, this.limits);
  }

  /** Generates a key pair on the token; the private key cannot leave it. Takes minutes for long RSA keys on a card. */
  generate(access: Access, plan: KeyPairPlan): Promise<TokenKey> {
    const token = { ...access.token, mechanisms: [plan.mechanism.type] };
    return this.during({ ...access, token }, async (session) => {
      if (!session.token.mechanisms.includes(plan.mechanism.type)) {
        throw new SealgateError('mechanism_unsupported', {
          mechanism: plan.algorithm,
          token: nameOfToken(session.token),
        });
      }
      const { publicKey, privateKey } = await session.request('generate', plan, this.limits.generate);
      const key = pairObjects([publicKey, privateKey]).keys.find((pair) => pair.publicKey !== undefined);
      if (key === undefined)
        throw new SealgateError('pkcs11_module_failed', { problem: 'the new public key cannot be read' });
      return key;
    });
  }

  /**
   * Writes a certificate beside its key, under the key's identifier. Nothing is written where it is there already.
   * Throws `key_not_found` if the key is not on the token, and `certificate_malformed`.
   */
  importCertificate(access: Access, der: Uint8Array, label?: string): Promise<ImportedCertificate> {
    const certificate = parseCertificate(der);
    const wanted = readPublicKey(certificate.publicKey);
    return this.during(access, async (session) => {
      const contents = pairObjects(await session.request('objects', {}, this.limits.login));
      const key = contents.keys.find(
        ({ privateKey, publicKey }) =>
          privateKey !== undefined && publicKey !== undefined && isSameKey(publicKey, wanted),
      );
      if (key === undefined) {
        throw new SealgateError('key_not_found', {
          certificate: certificate.subject.toString(),
          token: nameOfToken(session.token),
        });
      }
      const present = key.certificates.find((entry) => Buffer.compare(entry.certificate.der, der) === 0);
      if (present !== undefined) return { key, certificate, label: present.label, isNew: false };
      const name = label ?? key.label;
      const template = {
        class: objectClass.certificate,
        certType: certificateTypeX509,
        token: true,
        private: false,
        label: name,
        id: Buffer.from(key.id, 'hex'),
        subject: certificate.subject.der,
        issuer: certificate.issuer.der,
        serial: encodeIntegerContent(certificate.fields.serialNumber),
        value: der,
      };
      await session.request('create', { template }, this.limits.sign);
      return { key, certificate, label: name, isNew: true };
    });
  }

  /**
   * Initialises a token: label, administrator's PIN, user's PIN. Everything on it is lost. Only a token that is not
   * initialised yet is taken without being named. Throws `pin_incorrect` if the token had another administrator's PIN.
   */
  async initialise(setup: TokenSetup): Promise<Token> {
    const slots = await this.worker.request('slots', {}, this.limits.login);
    const blank = selectBlank(slots, setup.token ?? {});
    checkNewPin(setup.userPin, blank);
    checkNewPin(setup.officerPin, blank);
    const take = { slot: blank.slot, officerPin: setup.officerPin, label: setup.label };
    await this.worker.request('initialise', take, this.limits.generate).catch((error: unknown) => {
      throw named(error, blank);
    });
    const after = await this.worker.request('slots', {}, this.limits.login);
    const token = after.find(({ slot }) => slot === blank.slot);
    const fresh = token && tokenOf(token);
    if (fresh === undefined) throw new SealgateError('token_removed', { token: nameOfToken(blank) });
    const session = await TokenSession.start(
      this.worker,
      fresh,
      'officer',
      setup.officerPin,
      false,
      this.limits,
    );
    try {
      await session.request('setUserPin', { pin: setup.userPin }, this.limits.login);
    } finally {
      await session.close();
    }
    return (await this.find({ label: fresh.label, serial: fresh.serial })) ?? fresh;
  }

  /** Changes the user's PIN. The old one is tried once. Throws `pin_incorrect` and `pin_unacceptable`. */
  async changePin(access: Access, newPin: PinSource): Promise<void> {
    const token = await findToken(this.worker, access.token ?? {}, this.limits);
    const confirmFinalTry = access.confirmFinalTry === true;
    checkPinState(token.flags, nameOfToken(token), 'user', confirmFinalTry);
    const request = { token: token.label, role: 'user', isForSignature: false, state: token.pin } as const;
    await withPin(access.pin, request, (old) =>
      withPin(newPin, request, async (fresh) => {
        checkNewPin(fresh, token);
        // In a public session, because a PIN that has expired allows no login before it has been changed.
        const session = await TokenSession.openPublic(this.worker, token, this.limits);
        try {
          await session.request(
            'changePin',
            { oldPin: old, newPin: fresh, confirmFinalTry },
            this.limits.login,
          );
        } finally {
          await session.close();
        }
      }),
    );
  }

  /** Sets a new user's PIN with the administrator's, which also unblocks it. `access.pin` gives the administrator's PIN. */
  async unblockPin(access: Access, newPin: PinSource): Promise<void> {
    const session = await TokenSession.open(this.worker, access, this.limits, 'officer');
    const { token } = session;
    try {
      await withPin(
        newPin,
        { token: token.label, role: 'user', isForSignature: false, state: token.pin },
        async (pin) => {
          checkNewPin(pin, token);
          await session.request('setUserPin', { pin }, this.limits.login);
        },
      );
    } finally {
      await session.close();
    }
  }

  /** Lets go of the driver; signers on it are closed. A later call starts it again. */
  close(): void {
    this.worker.close();
  }

  private async find(selector: TokenSelector): Promise<Token | undefined> {
    return (await this.tokens()).find(
      ({ label, serial }) => label === selector.label && serial === selector.serial,
    );
  }

  private async during<T>(access: Access, use: (session: TokenSession) => Promise<T>): Promise<T> {
    const session = await TokenSession.open(this.worker, access, this.limits);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }
}
