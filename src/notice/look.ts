import { auditEntry } from '../audit/record.ts';
import type { Database, Statement } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { type RecentSession, sessionsAfter } from '../session/recent.ts';
import { firstSessionId } from '../session/session.ts';
import type { NoticeChannel } from './channel.ts';
import {
  atOnce,
  count,
  type Known,
  keepNewest,
  knownOf,
  layReady,
  learn,
  lookedAt,
  noteLookedAt,
  noticesOfDay,
  remember,
  type UnusualKind,
} from './known.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** Sessions are written in another order than their identifiers have by this much at most, ms. */
const overlap = minute;

/** So many notices a day go to one organisation by a channel; the audit has the rest. */
const mostNotices = 20;

/** Fewer sign-ins within an hour are never odd. */
const leastRate = 20;

/** An hour is odd with so many times the sign-ins of a usual one of the last day. */
const oddTimes = 4;

type ChannelName = Pick<NoticeChannel, 'name'>;

/**
 * Looks at the sign-ins since the last look, as of `at` (ms), and notes those that are unusual for their organisation:
 * from an address, or by a certificate, that it has not signed in by before, or many within an hour. Each goes into the
 * audit, and is laid ready for `channels`. Only sign-ins that passed are looked at, so that nobody but the
 * organisation's own people can fill what is known of it; the first ones are learnt and not told. Twice the same is
 * noted once. Rejects with `storage_unavailable`.
 */
export async function noteUnusual(
  database: Database,
  channels: readonly ChannelName[],
  at: number,
): Promise<void> {
  const before = await lookedAt(database);
  const from = before?.session ?? firstSessionId(at);
  let [last, counted] = [from, before?.counted ?? from];
  for (;;) {
    const page = await sessionsAfter(database, last, atOnce);
    const newest = page.at(-1)?.id;
    if (newest === undefined) break;
    await lookAt(database, page, counted, channels, at);
    last = newest;
    if (newest > counted) counted = newest;
    if (page.length < atOnce) break;
  }
  if (last === from && before !== undefined) return;
  // Identifiers sort by their time.
  const [session = last] = [last, firstSessionId(at - overlap)].sort();
  await database.write({ statements: [noteLookedAt({ session, counted })] });
}

async function lookAt(
  database: Database,
  page: readonly RecentSession[],
  counted: string,
  channels: readonly ChannelName[],
  at: number,
): Promise<void> {
  const bySubject = Map.groupBy(page, ({ subject }) => subject);
  const known = Map.groupBy(await knownOf(database, [...bySubject.keys()]), ({ subject }) => subject);
  const counts: Statement[] = [];
  for (const [subject, sessions] of bySubject) {
    const ofSubject = known.get(subject) ?? [];
    const hours = hoursOf(sessions.filter(({ id }) => id > counted));
    counts.push(...hours.map(count));
    const rate = oddRate([...ofSubject, ...hours], sessions);
    const found = judged(ofSubject, sessions, rate);
    if (found.statements.length > 0) await note(database, found, channels, at);
  }
  if (counts.length > 0) await database.write({ statements: counts });
}

/** How many sign-ins there were in each hour. */
function hoursOf(sessions: readonly RecentSession[]): readonly Known[] {
  const hours = Map.groupBy(sessions, ({ startedAt }) => Math.floor(startedAt / hour));
  return [...hours].map(([number, ofHour]) => ({
    subject: ofHour[0]?.subject ?? '',
    ...{ kind: 'hour', name: String(number), seenAt: number * hour, times: ofHour.length },
  }));
}

/** The last of some sign-ins, where its hour has many more than usual and that was not told within the hour. */
function oddRate(known: readonly Known[], sessions: readonly RecentSession[]): RecentSession | undefined {
  const last = sessions.at(-1);
  if (last === undefined) return undefined;
  const isTold = known.some(({ kind, seenAt }) => kind === 'rate' && last.startedAt - seenAt < hour);
  const present = Math.floor(last.startedAt / hour);
  const hours = known.filter(({ kind, name }) => kind === 'hour' && Number(name) > present - 24);
  const inDay = sum(hours);
  const inHour = sum(hours.filter(({ name }) => Number(name) === present));
  return !isTold && inHour >= leastRate && inHour * 24 > oddTimes * inDay ? last : undefined;
}

function sum(hours: readonly Known[]): number {
  return hours.reduce((total, { times }) => total + times, 0);
}

/** What is to be kept of some sign-ins of one organisation, and which of them were unusual. */
interface Judged {
  readonly statements: readonly Statement[];
  readonly unusual: readonly { readonly session: RecentSession; readonly kinds: readonly UnusualKind[] }[];
}

function judged(
  known: readonly Known[],
  sessions: readonly RecentSession[],
  rate: RecentSession | undefined,
): Judged {
  const kept = [...known];
  const statements: Statement[] = [];
  const unusual: { session: RecentSession; kinds: UnusualKind[] }[] = [];
  for (const session of sessions) {
    const kinds: UnusualKind[] = [];
    for (const [seen, kind] of seenIn(session)) {
      const alike = kept.filter((each) => each.kind === seen.kind && isComparable(each.name, seen.name));
      const same = alike.find(({ name }) => name === seen.name);
      if (same === undefined) {
        kept.push(seen);
        statements.push(learn(seen), keepNewest(seen));
        if (alike.length > 0) kinds.push(kind);
      } else if (seen.seenAt - same.seenAt > day) {
        kept[kept.indexOf(same)] = seen;
        statements.push(remember(seen));
      }
    }
    if (session === rate) {
      kinds.push('odd-rate');
      const { subject, startedAt: seenAt } = session;
      statements.push(remember({ subject, kind: 'rate', name: 'hour', seenAt, times: 1 }));
    }
    if (kinds.length > 0) unusual.push({ session, kinds });
  }
  return { statements, unusual };
}

/** What a sign-in shows of itself, and in what way it is unusual where that is new. */
function seenIn(session: RecentSession): readonly (readonly [Known, UnusualKind])[] {
  const { subject, certificate, place, startedAt: seenAt } = session;
  const seen = (kind: Known['kind'], name: string): Known => ({ subject, kind, name, seenAt, times: 1 });
  return [
    [seen('certificate', certificate), 'new-carrier'],
    ...(place === undefined ? [] : [[seen('place', place), 'new-address'] as const]),
  ];
}

/** Places are hashed under a secret: those of an earlier one cannot be compared with those of the next. */
function isComparable(left: string, right: string): boolean {
  const keyOf = (name: string) => (name.includes(':') ? name.slice(0, name.indexOf(':')) : '');
  return keyOf(left) === keyOf(right);
}

async function note(
  database: Database,
  { statements, unusual }: Judged,
  channels: readonly ChannelName[],
  at: number,
): Promise<void> {
  const [first] = unusual;
  const told = first === undefined ? 0 : await noticesOfDay(database, first.session.subject, at);
  const left = channels.length === 0 ? 0 : mostNotices - Math.floor(told / channels.length);
  const laid = unusual
    .slice(0, Math.max(0, left))
    .flatMap(({ session, kinds }) => channels.map(({ name }) => layReady(session, kinds, name, at)));
  const journal = unusual.map(({ session: { id: session, subject, certificate, client }, kinds }) =>
    auditEntry({
      event: 'sign_in.unusual',
      ...{ at, subject, certificate, client, session },
      details: { kinds },
    }),
  );
  // Another replica may be looking at the very same: then it has noted it.
  await writeUnless(database, { statements: [...statements, ...laid], journal }, 'record_changed');
}
