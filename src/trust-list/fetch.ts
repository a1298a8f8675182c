import { readFile, stat } from 'node:fs/promises';
import { type Dispatcher, fetch } from 'undici';
import { SealgateError } from '../error.ts';
import { dispatcherBy } from '../fetch/dispatcher.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { listLimits } from './read.ts';

/** Milliseconds that a download may take altogether; the list is large and its server slow. */
const longestDownload = 300_000;

/** Told how many octets have come, and how many are to come where the server says so. */
export type Progress = (received: number, total: number | undefined) => void;

/** How a list is fetched. */
export interface ListFetch {
  readonly proxy?: ProxySettings | undefined;
  readonly onProgress?: Progress;
}

/**
 * The list from a file or an address (http or https). What comes is not believed for where it came from, so that
 * http will do. Throws `trust_list_unreachable`, `file_unreadable`, and `trust_list_malformed` where it is larger than a list may be.
 */
export async function fetchList(source: string, how: ListFetch = {}): Promise<Uint8Array> {
  const isAddress = /^https?:\/\//i.test(source);
  try {
    return isAddress ? await download(source, how) : await readListFile(source);
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    const problem = codeOf(error) ?? 'no answer';
    throw new SealgateError('trust_list_unreachable', { address: source, problem }, { cause: error });
  }
}

async function readListFile(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size <= listLimits.octets) return await readFile(file);
  } catch (error) {
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
  throw tooLarge();
}

async function download(address: string, { proxy, onProgress }: ListFetch): Promise<Uint8Array> {
  const dispatcher = dispatcherBy(proxy, {});
  try {
    return await receive(address, dispatcher, onProgress);
  } finally {
    await dispatcher.destroy();
  }
}

async function receive(
  address: string,
  dispatcher: Dispatcher,
  onProgress: Progress = () => {},
): Promise<Uint8Array> {
  const response = await fetch(address, {
    dispatcher,
    redirect: 'error',
    signal: AbortSignal.timeout(longestDownload),
    headers: { accept: 'application/xml, text/xml, application/octet-stream' },
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new SealgateError('trust_list_unreachable', { address, problem: `HTTP ${response.status}` });
  }
  const stated = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isSafeInteger(stated) ? stated : undefined;
  const pieces: Uint8Array[] = [];
  let received = 0;
  for await (const piece of response.body) {
    const octets = piece as Uint8Array;
    received += octets.length;
    if (received > listLimits.octets) throw tooLarge();
    pieces.push(octets);
    onProgress(received, total);
  }
  return Buffer.concat(pieces);
}

function tooLarge(): SealgateError {
  return new SealgateError('trust_list_malformed', {
    problem: `document is larger than ${listLimits.octets} octets`,
  });
}

/** The code of what happened, which fetch hides in the cause. Messages may quote the other side, as TLS does. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return 'timed-out';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return codeOf(error.cause) ?? code;
}
