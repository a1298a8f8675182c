import { randomInt } from 'node:crypto';
import type { ModuleChoice } from '../agent/key/search.ts';
import type { Attribute } from '../certificate/writer/name.ts';
import { makeMessage } from '../signing/message.ts';
import { type KeyAlgorithm, planKeyPair } from '../token/key-pair.ts';
import { makeRequest, usageExtensions } from '../token/request.ts';
import type { Token } from '../token/selection.ts';
import type { TokenModule } from '../token/token-module.ts';
import { makeSoftToken, type SoftToken } from './softhsm.ts';
import { makeTestToken, type TestToken } from './test-token.ts';

const label = 'Sealgate demo';

/** The demo's token with its PIN, a new one each time. */
export class DemoToken {
  readonly token: Token;
  readonly module: TokenModule;
  readonly pin: string;
  /** The token's driver, for a process of somebody else's. */
  readonly choice: ModuleChoice;

  private constructor({ token, module, library, environment }: SoftToken | TestToken, pin: string) {
    this.token = token;
    this.module = module;
    this.choice = { name: library, environment };
    this.pin = pin;
  }

  /**
   * Makes and initialises a token in `folder`: of the module for testers where the key is a GOST one, of SoftHSM
   * otherwise. Throws `pkcs11_module_not_found`.
   */
  static async make(folder: string, algorithm: KeyAlgorithm): Promise<DemoToken> {
    const make = algorithm.startsWith('gost') ? makeTestToken : makeSoftToken;
    const userPin = newPin();
    return new DemoToken(await make({ folder, label, userPin, officerPin: newPin() }), userPin);
  }

  /** Generates the key pair. */
  async generate(algorithm: KeyAlgorithm): Promise<void> {
    await this.module.generate(this.access(), planKeyPair(algorithm, label));
  }

  /** A PKCS #10 request, signed by the token. */
  async request(subject: readonly Attribute[]): Promise<Uint8Array> {
    const signer = await this.module.signer({ ...this.access(), key: { withoutCertificate: true } });
    try {
      const extensions = usageExtensions(['digitalSignature', 'nonRepudiation']);
      return await makeRequest({ subject, extensions }, signer);
    } finally {
      await signer.close();
    }
  }

  /** Writes a certificate beside its key; returns its SHA-256, by which `sign` chooses. */
  async importCertificate(der: Uint8Array): Promise<string> {
    const { certificate } = await this.module.importCertificate(this.access(), der);
    return certificate.sha256;
  }

  /** Signs a challenge's text: CMS with the text inside and the certificate's issuers beside it. */
  async sign(
    content: Uint8Array,
    fingerprint: string,
    chain: readonly Uint8Array[],
    pin?: string,
  ): Promise<Uint8Array> {
    const signer = await this.module.signer({ ...this.access(pin), key: { fingerprint } });
    try {
      return await makeMessage(content, signer, { signingTime: Date.now(), chain });
    } finally {
      await signer.close();
    }
  }

  /** A PIN that is not the token's. */
  get wrongPin(): string {
    return this.pin === '00000000' ? '00000001' : '00000000';
  }

  close(): void {
    this.module.close();
  }

  private access(pin = this.pin) {
    return { token: { serial: this.token.serial }, pin: () => Buffer.from(pin) };
  }
}

function newPin(): string {
  return String(randomInt(10_000_000, 100_000_000));
}
