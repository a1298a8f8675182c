import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { SealgateError } from '../error.ts';
import type { ProxySettings } from '../fetch/proxy.ts';
import { asker } from '../register/http.ts';

/** What a register of powers says of one. Whatever is no clear yes or no is `unconfirmed`. */
export type PowerStatus =
  | { readonly state: 'active' }
  /** `at` in ms since the epoch, where the register tells. */
  | { readonly state: 'withdrawn'; readonly at: number | undefined }
  | { readonly state: 'unconfirmed'; readonly word: string };

/** What a power is asked about by. */
export interface PowerKey {
  /** GUID in lower case. */
  readonly number: string;
  readonly principalInn: string;
}

/** Where it is known whether powers were withdrawn. */
export interface PowerStatusRegister {
  /** Rejects with `register_unavailable` where there is no answer. */
  statusOf(power: PowerKey): Promise<PowerStatus>;
}

/**
 * Withdrawn powers from a file that the operator keeps: one a line, the number and, after a blank, comma or
 * semicolon, the INN of the principal and the time of the withdrawal (ISO 8601), each where it is known; lines that
 * begin with # are remarks. A line without INN is about every power with that number, whoever gave it. A power that is
 * not in the file is in force. The file is read again when it has changed; one that is missing or damaged is no answer.
 */
export function fileStatus(file: string): PowerStatusRegister {
  let mark = '';
  let withdrawn: Withdrawals = new Map();
  return {
    async statusOf({ number, principalInn }) {
      try {
        const { mtimeMs, size } = await stat(file);
        if (mark !== `${mtimeMs} ${size}`) {
          withdrawn = readWithdrawn(await readFile(file, 'utf8'));
          mark = `${mtimeMs} ${size}`;
        }
      } catch (error) {
        const problem = error instanceof SyntaxError ? error.message : 'file-unreadable';
        throw new SealgateError('register_unavailable', { host: file, problem }, { cause: error });
      }
      const found = withdrawn.get(number)?.find(({ inn }) => inn === undefined || inn === principalInn);
      return found === undefined ? { state: 'active' } : { state: 'withdrawn', at: found.at };
    },
  };
}

/** What the file says, by number: of which principal, if it says that, and when. */
type Withdrawals = ReadonlyMap<
  string,
  readonly { readonly inn: string | undefined; readonly at: number | undefined }[]
>;

const entry = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[\s,;]+(\d{12}|\d{10}))?(?:[\s,;]+(\S+))?$/i;

function readWithdrawn(text: string): Withdrawals {
  const found: { number: string; inn: string | undefined; at: number | undefined }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const [, number = '', inn, time] = entry.exec(content) ?? [];
    const at = time === undefined ? undefined : Date.parse(time);
    if (number === '' || Number.isNaN(at)) throw new SyntaxError(`line ${index + 1} cannot be read`);
    found.push({ number: number.toLowerCase(), inn, at });
  }
  return Map.groupBy(found, ({ number }) => number);
}

/** How to ask a register of powers over HTTP. */
export interface HttpStatusOptions {
  /** Address with `{number}` and, if it likes, `{inn}` of the principal in it. */
  readonly url: string;
  readonly token?: string;
  /** Words of the register for a power in force and for one that was withdrawn, in lower case. */
  readonly activeWords?: readonly string[];
  readonly withdrawnWords?: readonly string[];
  /** In milliseconds. */
  readonly timeout?: number;
  readonly proxy?: ProxySettings | undefined;
}

/** Members of the tax service's public answer, as software that asks it reads them; not a documented interface. */
const statusAnswer = z.looseObject({
  status: z.union([z.string(), z.number()]).transform(String),
  statusDate: z.string().optional(),
});

/**
 * A register of powers behind an HTTP address, in the form of the tax service's public one: JSON with `status` and
 * `statusDate`, 404 where the number is unknown. The words of the real register have not been verified, so that they
 * can be set; any other word is no confirmation.
 */
export function httpStatus(options: HttpStatusOptions): PowerStatusRegister {
  const { url, token, timeout = 5_000 } = options;
  const { activeWords = ['active', 'действует'], withdrawnWords = ['withdrawn', 'revoked', 'отозвана'] } =
    options;
  const ask = asker({ token, timeout, proxy: options.proxy });
  return {
    async statusOf({ number, principalInn }) {
      const address = url.replaceAll('{number}', number).replaceAll('{inn}', principalInn);
      const body = await ask(address);
      if (body === undefined) return { state: 'unconfirmed', word: 'unknown' };
      const answer = statusAnswer.safeParse(body);
      if (!answer.success) return { state: 'unconfirmed', word: 'unreadable' };
      const { status, statusDate } = answer.data;
      const word = status.trim().toLowerCase();
      if (activeWords.includes(word)) return { state: 'active' };
      if (!withdrawnWords.includes(word)) return { state: 'unconfirmed', word: status.slice(0, 64) };
      const at = statusDate === undefined ? Number.NaN : Date.parse(statusDate);
      return { state: 'withdrawn', at: Number.isNaN(at) ? undefined : at };
    },
  };
}
