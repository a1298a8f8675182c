import { SealgateError } from '../error.ts';
import { pairObjects, type TokenCertificate, type TokenContents, type TokenKey } from './pairing.ts';
import { chooseCertificate, isMeantBy, type KeySelector, nameOfToken, namesOfKeys } from './selection.ts';
import { type Access, type Limits, TokenSession } from './session.ts';
import { tryKey } from './trial.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What goes from the token: certificates, and the key's halves where the key itself goes. */
export interface Loss {
  readonly key?: TokenKey;
  readonly certificates: readonly TokenCertificate[];
}

/**
 * The removal of one key with its certificates, or of one certificate, in a session that is open for it. `loss` says
 * what is lost; nothing is removed before `carryOut`.
 */
export class Removal {
  readonly loss: Loss;
  /** Name of the token, for people. */
  readonly token: string;
  private readonly session: TokenSession;
  private readonly objects: readonly string[];
  private readonly limits: Limits;

  private constructor(session: TokenSession, loss: Loss, objects: readonly string[], limits: Limits) {
    this.session = session;
    this.token = nameOfToken(session.token);
    this.loss = loss;
    this.objects = objects;
    this.limits = limits;
  }

  /**
   * Logs in and finds what is meant; a key whose private half the token does not tell is tried, for nothing but what
   * belongs to it may go. Throws `key_not_found`, `key_choice_needed`, `certificate_choice_needed`, and the failures
   * of the session.
   */
  static async open(
    worker: WorkerProcess,
    access: Access,
    selector: KeySelector,
    what: 'key' | 'certificate',
    limits: Limits,
  ): Promise<Removal> {
    const session = await TokenSession.openForWriting(worker, access, limits);
    try {
      const contents = pairObjects(await session.request('objects', {}, limits.login));
      if (what === 'certificate') {
        const certificate = chooseCertificate(contents, selector, nameOfToken(session.token));
        return new Removal(session, { certificates: [certificate] }, [certificate.handle], limits);
      }
      const key = chooseKey(contents, selector, nameOfToken(session.token));
      const halves = await halvesOf(worker, session, access, key, limits);
      const { certificates } = key;
      const handles = certificates.map(({ handle }) => handle);
      return new Removal(session, { key, certificates }, [...halves, ...handles], limits);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Removes it, the private half first: whatever comes in between, no key stays behind that nobody knows of. */
  async carryOut(): Promise<void> {
    await this.session.request('destroy', { objects: this.objects }, this.limits.sign);
  }

  /** Ends the session. */
  close(): Promise<void> {
    return this.session.close();
  }
}

async function halvesOf(
  worker: WorkerProcess,
  session: TokenSession,
  access: Access,
  key: TokenKey,
  limits: Limits,
): Promise<string[]> {
  const { publicKey, spki, publicHandle, privateKeys, isCertain } = key;
  const halves = privateKeys.map(({ handle }) => handle);
  const isUnclear = !isCertain && publicKey !== undefined && spki !== undefined && halves.length > 0;
  const own = isUnclear
    ? [(await tryKey(worker, session, access, { ...key, publicKey, spki }, limits)).handle]
    : halves;
  return [...own, ...(publicHandle === undefined ? [] : [publicHandle])];
}

function chooseKey({ keys }: TokenContents, selector: KeySelector, token: string): TokenKey {
  const meant = keys.filter((key) =>
    [undefined, ...key.certificates].some((certificate) => isMeantBy(selector, key, certificate)),
  );
  const [choice] = meant;
  if (choice === undefined) throw new SealgateError('key_not_found', { certificate: selector.name, token });
  if (meant.length > 1) throw new SealgateError('key_choice_needed', { keys: namesOfKeys(meant) });
  return choice;
}
