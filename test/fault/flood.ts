import { setTimeout } from 'node:timers/promises';
import { defined } from '../../src/optional.ts';
import { type Connection, openConnection, post } from '../bench/load.ts';
import { browser, type ChallengeBody, origin, signText } from '../service/portal.ts';
import type { Served } from '../service/served.ts';

/** One request of a flood: after how many ms it was answered, and what was said. */
export interface Said {
  readonly milliseconds: number;
  readonly status: number;
  /** Seconds after which to try again, where the answer says so. */
  readonly retryAfter?: number;
}

/** What came of a flood. */
export interface Flood {
  /** Sign-ins that were begun. */
  readonly begun: number;
  readonly challenges: readonly Said[];
  readonly logins: readonly Said[];
  /** Requests whose connection broke. */
  readonly broken: number;
}

/**
 * Begins so many sign-ins a second, however the service fares with those before: a challenge, and where that is given
 * the login. Whoever is refused goes away. All go by `people` connections that were there before, as from a portal's
 * backend; who finds none of them free is not counted as begun.
 */
export async function flood(
  { portal, url }: Pick<Served, 'portal' | 'url'>,
  perSecond: number,
  seconds: number,
  people = 300,
): Promise<Flood> {
  const port = Number(new URL(url).port);
  const free: Connection[] = [];
  for (let each = 0; each < people; each++) free.push(await openConnection(port));
  const challenges: Said[] = [];
  const logins: Said[] = [];
  let begun = 0;
  let broken = 0;

  const ask = async (connection: Connection, said: Said[], path: string, body: unknown) => {
    const sentAt = performance.now();
    const answer = await connection.send(post(path, portal.authorization, body));
    const milliseconds = performance.now() - sentAt;
    said.push({ milliseconds, status: answer.status, ...defined({ retryAfter: answer.retryAfter }) });
    return answer;
  };
  const person = async (connection: Connection) => {
    begun += 1;
    try {
      const given = await ask(connection, challenges, '/v1/challenges', { origin, browser });
      if (given.status < 300) {
        const { challenge, text } = JSON.parse(given.body) as ChallengeBody;
        const login = { challenge, signature: signText(text), origin, browser };
        await ask(connection, logins, '/v1/logins', login);
      }
      free.push(connection);
    } catch {
      broken += 1;
      connection.close();
    }
  };

  const all: Promise<void>[] = [];
  const start = performance.now();
  for (let due = 0; performance.now() - start < seconds * 1_000; await setTimeout(5)) {
    const wanted = Math.floor(((performance.now() - start) / 1_000) * perSecond);
    for (; due < wanted; due++) {
      const connection = free.shift();
      if (connection !== undefined) all.push(person(connection));
    }
  }
  await Promise.all(all);
  for (const connection of free) connection.close();
  return { begun, challenges, logins, broken };
}

/** The time below which so great a part of the answers that let somebody in were given, ms. */
export function quantile(answers: readonly Said[], part: number): number {
  const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.POSITIVE_INFINITY;
}
