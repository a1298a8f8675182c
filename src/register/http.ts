import { z } from 'zod';
import { SingleFlight } from '../background/single-flight.ts';
import { SealgateError } from '../error.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { Transport } from '../fetch/transport.ts';
import type { OrganisationRegister } from './lookup.ts';
import { isUsable, type RegisteredOrganisation, readRow } from './organisation.ts';

/** How to ask a register over HTTP. */
export interface HttpRegisterOptions {
  /** Address with `{ogrn}` and, if it likes, `{inn}` in it; https, or http inside of the house. */
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  /** How long an answer is kept, in milliseconds; a block is seen that much later at most. */
  readonly keptFor?: number;
  /** Time for an answer, in milliseconds. */
  readonly timeout?: number;
  /** A register inside of the house is named among the exceptions, lest the proxy sees the token. */
  readonly proxy?: ProxySettings | undefined;
  readonly now: () => number;
}

const largestAnswer = 64 * 1024;
const mostKept = 100_000;
const row = z.record(z.string(), z.unknown());

interface Kept {
  readonly found: RegisteredOrganisation | undefined;
  readonly at: number;
}

/**
 * A register behind an HTTP address that the operator names: 200 with a row as JSON (see `readRow`), 404 where there
 * is none. Anything else is no answer, and nobody is let in on it. Concurrent questions about one organisation share
 * one request; redirects are not followed.
 */
export function httpRegister(options: HttpRegisterOptions): OrganisationRegister {
  const { url, token, keptFor = 60_000, timeout = 5_000, now } = options;
  const kept = new Map<string, Kept>();
  const requests = new SingleFlight<RegisteredOrganisation | undefined>();
  const ask = asker({ token, timeout, proxy: options.proxy });
  return {
    async find({ ogrn, inn }) {
      const address = url.replaceAll('{ogrn}', ogrn).replaceAll('{inn}', inn);
      // Another address would be asked, and its answer be taken for this organisation's.
      if (inn === '' && url.includes('{inn}')) throw unavailable(address, 'the INN is not known');
      const known = kept.get(address);
      if (known && now() - known.at < keptFor && now() >= known.at) return known.found;
      return requests.run(address, async () => {
        const body = await ask(address);
        const found = body === undefined ? undefined : readAnswer(body, address);
        if (kept.size >= mostKept) kept.clear();
        kept.set(address, { found, at: now() });
        return found;
      });
    },
  };
}

function readAnswer(body: unknown, address: string): RegisteredOrganisation {
  const parsed = row.safeParse(body);
  const found = parsed.success ? readRow(parsed.data) : undefined;
  if (found !== undefined && isUsable(found)) return found;
  throw unavailable(address, `unusable answer${found === undefined ? '' : `, field ${found.field}`}`);
}

/** How registers are asked. */
export interface AskOptions {
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** Time for an answer, in milliseconds. */
  readonly timeout: number;
  readonly proxy?: ProxySettings | undefined;
}

/** The JSON under an address; undefined for 404. Rejects with `register_unavailable` for whatever else comes. */
export type AskJson = (address: string) => Promise<unknown>;

/** A way to ask one register. It is one host, and an operator's choice: no circuit is called for. */
export function asker({ token, timeout, proxy }: AskOptions): AskJson {
  const transport = new Transport(proxy, () => ({ connections: 16, connect: { timeout: 3_000 } }));
  const headers = { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  return (address) => askJson(address, headers, timeout, transport);
}

async function askJson(
  address: string,
  headers: Readonly<Record<string, string>>,
  timeout: number,
  transport: Transport,
): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(timeout);
    const { statusCode, body } = await transport.request(address, { headers, signal });
    if (statusCode !== 200) {
      await body.dump();
      if (statusCode === 404) return undefined;
      throw unavailable(address, `HTTP ${statusCode}`);
    }
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of body) {
      length += (piece as Uint8Array).length;
      if (length > largestAnswer) throw unavailable(address, 'the answer is too large');
      pieces.push(piece as Uint8Array);
    }
    return JSON.parse(Buffer.concat(pieces).toString()) as unknown;
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw unavailable(address, error instanceof SyntaxError ? 'not JSON' : 'no answer', error);
  }
}

function unavailable(address: string, problem: string, cause?: unknown): SealgateError {
  const host = URL.canParse(address) ? new URL(address).host : address;
  return new SealgateError('register_unavailable', { host, problem }, { cause });
}
