import { fault, isFailure, SealgateError } from '../error.ts';
import { type AssertionSigner, selfCheck } from './signer.ts';

/** What of a listed key is needed to open it. */
interface Location {
  readonly kid: string;
  readonly location: string;
}

/** How keys are opened. */
export interface OpeningOptions {
  /** Opens the key at a location. */
  readonly open: (location: string) => Promise<AssertionSigner>;
  /**
   * A mark of the PIN that would be used at a location: the same for the same PIN, and nothing can be learned from it.
   * Undefined where none can be told.
   */
  readonly pinMark: (location: string) => Promise<string | undefined>;
  /** When a key that could not be opened is tried again though nobody asks for it, in milliseconds. */
  readonly retryAfter?: number;
}

/** Keys that are open, and what is known of those that are not. */
export interface OpenedKeys {
  /**
   * The key, opened with the first call. Throws `assertion_key_unavailable`. After the token refused the PIN
   * (`refusal` in the details says with which code) it is not shown that PIN again, for every try brings it nearer to
   * being blocked: the key is opened anew once another PIN stands in the PIN's source, or by another process.
   */
  open(key: Location): Promise<AssertionSigner>;
  /** Throws what the last try to open the key ended with; nothing is tried. */
  check(key: Location): void;
  close(): Promise<void>;
}

/**
 * Keeps keys open. The one that was last asked for and failed is tried again now and then, because a service that is
 * not ready may be sent no sign-ins, and so would never learn that its key is back. A refused PIN is not shown then
 * either.
 */
export function openedKeys({ open: openAt, pinMark, retryAfter = 15_000 }: OpeningOptions): OpenedKeys {
  const opened = new Map<string, Promise<AssertionSigner>>();
  const failures = new Map<string, unknown>();
  const refusals = new Map<string, { readonly cause: SealgateError; readonly mark: string | undefined }>();
  let wanted: Location | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  const open = async (key: Location): Promise<AssertionSigner> => {
    wanted = key;
    const opening = opened.get(key.kid) ?? start(key);
    return opening.catch((error: unknown) => {
      throw failureOf(error);
    });
  };

  const start = (key: Location): Promise<AssertionSigner> => {
    const opening = attempt(key);
    opened.set(key.kid, opening);
    opening.catch(() => {
      opened.delete(key.kid);
      retryLater();
    });
    return opening;
  };

  const attempt = async (key: Location): Promise<AssertionSigner> => {
    const mark = await pinMark(key.location);
    const refused = refusals.get(key.kid);
    if (refused && (mark === undefined || mark === refused.mark)) throw refused.cause;
    try {
      const signer = await openChecked(key);
      refusals.delete(key.kid);
      failures.delete(key.kid);
      return noticing(key, signer);
    } catch (error) {
      const cause = pinRefusal(error);
      if (cause) refusals.set(key.kid, { cause, mark });
      else refusals.delete(key.kid);
      failures.set(key.kid, error);
      throw error;
    }
  };

  const openChecked = async ({ kid, location }: Location): Promise<AssertionSigner> => {
    const signer = await openAt(location);
    try {
      if (signer.kid === kid && (await selfCheck(signer))) return signer;
      throw new SealgateError('assertion_key_unavailable', {}, { cause: fault('it is another key') });
    } catch (error) {
      await signer.close();
      throw error;
    }
  };

  /** A token that was away is logged in to anew while it signs, and keys may want the PIN each time: it counts as well. */
  const noticing = (key: Location, signer: AssertionSigner): AssertionSigner => {
    const noticed: AssertionSigner = {
      ...signer,
      async sign(data) {
        try {
          return await signer.sign(data);
        } catch (error) {
          const cause = pinRefusal(error);
          if (cause) await letGo(cause);
          throw failureOf(error);
        }
      },
    };
    const letGo = async (cause: SealgateError) => {
      refusals.set(key.kid, { cause, mark: await pinMark(key.location) });
      if ((await opened.get(key.kid)?.catch(() => undefined)) !== noticed) return;
      opened.delete(key.kid);
      retryLater();
      await signer.close();
    };
    return noticed;
  };

  const retryLater = () => {
    if (isClosed || retry !== undefined) return;
    retry = setTimeout(() => {
      retry = undefined;
      if (wanted && !isClosed) open(wanted).catch(() => undefined);
    }, retryAfter);
    retry.unref();
  };

  return {
    open,
    check({ kid }) {
      const known = refusals.get(kid)?.cause ?? failures.get(kid);
      if (known !== undefined) throw failureOf(known);
    },
    async close() {
      isClosed = true;
      clearTimeout(retry);
      const signers = await Promise.allSettled(opened.values());
      opened.clear();
      for (const signer of signers) if (signer.status === 'fulfilled') await signer.value.close();
    },
  };
}

/** The failure that a caller is given for `error`: a refused PIN is told by its code. */
function failureOf(error: unknown): unknown {
  const cause = pinRefusal(error);
  return cause ? new SealgateError('assertion_key_unavailable', { refusal: cause.code }, { cause }) : error;
}

/** The token's refusal of a PIN that led to `error`. */
function pinRefusal(error: unknown): SealgateError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isFailure(cause) && cause.code.startsWith('pin_')) return cause;
  }
  return undefined;
}
