import type { Database } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { firstNumber, handingOn } from '../power-of-attorney/name.ts';
import {
  type KeptPower,
  listPowers,
  meantPower,
  type PowerCursor,
  scopeOf,
} from '../power-of-attorney/store.ts';
import { withdrawPower } from '../power-of-attorney/withdraw.ts';
import { expectHead, type Insider } from './insider.ts';

/** Powers of one answer. */
const onPage = 50;

/** Codes of a power that are shown; its document has all of them. */
export const mostShownCodes = 100;

/** A power of attorney with the first hundred of its codes. */
export interface ListedPower {
  readonly power: KeptPower;
  readonly codes: readonly string[];
}

/**
 * Powers of attorney that the organisation has given, those that end last first, fifty at a time; `next` is what the
 * list goes on after. Throws `request_malformed` for an `after` that was none.
 */
export async function powersPage(
  database: Database,
  subject: string,
  after: unknown,
): Promise<{ readonly powers: readonly ListedPower[]; readonly next?: string }> {
  const found = await listPowers(database, subject, onPage, cursorIn(after, subject));
  const powers = await Promise.all(
    found.map(async (power) => ({ power, codes: await scopeOf(database, power, mostShownCodes) })),
  );
  const last = found.length === onPage ? found.at(-1) : undefined;
  return { powers, ...defined({ next: last && cursorOf(last) }) };
}

/** Where the next answer goes on, as text: end of the term, number, and that of the power it was handed on from. */
function cursorOf(power: KeptPower): string {
  const first = firstNumber(power);
  return [power.notAfter, power.number, ...(first === undefined ? [] : [first])].join('.');
}

const cursor = /^(\d{1,16})\.([0-9a-f-]{36})(?:\.([0-9a-f-]{36}))?$/;

function cursorIn(after: unknown, principal: string): PowerCursor | undefined {
  if (after === undefined) return undefined;
  const [, notAfter, number, first] = (typeof after === 'string' && cursor.exec(after)) || [];
  if (notAfter === undefined || number === undefined) {
    throw new SealgateError('request_malformed', { field: 'after', problem: 'must be `next` of an answer' });
  }
  return { notAfter: Number(notAfter), number, giver: first === undefined ? principal : handingOn(first) };
}

/**
 * Withdraws a power of attorney here, as the head, and ends the sessions that rest on it. `first` is the number of the
 * power that it was handed on from, null for one of the organisation itself. Throws as `meantPower` does.
 */
export async function withdraw(
  database: Database,
  insider: Insider,
  { number, first }: { readonly number: string; readonly first?: string | null | undefined },
  at: number,
): Promise<void> {
  expectHead(insider);
  const power = await meantPower(database, insider.subject, number.toLowerCase(), first);
  await withdrawPower(database, power, 'organisation', at);
}
