import { accountAddress } from '../account/relying-party.ts';
import { forgetVisits } from '../account/storage.ts';
import { forgetRevocations } from '../assertion/revoke.ts';
import { forgetRefusedRequests } from '../audit/refused-request.ts';
import { followSignIns } from '../audit/sign-in.ts';
import { anchorChannel } from '../audit-anchor/channel.ts';
import { startAnchoring } from '../audit-anchor/rounds.ts';
import { every } from '../background/round.ts';
import { forgetCarriers } from '../carrier/carrier.ts';
import { forgetTakenChallenges } from '../challenge/take.ts';
import { type Config, proxyOf, webhookKey } from '../config.ts';
import type { Replicas } from '../database/replicas.ts';
import { forgetEsia } from '../esia/storage/forget.ts';
import { esiaLogouts } from '../esia/token/logout.ts';
import { forgetKnown } from '../notice/known.ts';
import { noteUnusual } from '../notice/look.ts';
import { channelsOf, startNotices } from '../notice/rounds.ts';
import { sendUnusual } from '../notice/unusual.ts';
import { forgetConsents } from '../oidc/consent.ts';
import { startLogouts } from '../oidc/logout-rounds.ts';
import { forgetObjects } from '../oidc/object.ts';
import { forgetReaches } from '../oidc/reach.ts';
import { forgetSharedSignIns } from '../oidc/sign-in.ts';
import { forgetRepresentations } from '../power-of-attorney/representation.ts';
import { forgetPowers } from '../power-of-attorney/withdraw.ts';
import { endIdleSessions } from '../session/idle.ts';
import { forgetLockOuts } from '../session/lock-out.ts';
import { forgetSessionReaches } from '../session/reach.ts';
import { forgetSessions } from '../session/session.ts';
import { endUnconfirmed } from '../sign-in/hand-over.ts';
import { forgetSignIns } from '../sign-in/storage.ts';
import { steadyClock } from './clock.ts';
import { noticesOf } from './notices.ts';
import { watchRecords } from './records.ts';
import type { Service } from './route.ts';

const minute = 60_000;

/**
 * Starts what the service does in the background from the first moment on; each ends with `opened`. What was counted of
 * refused assertions, and what waits of refused requests, is written down at the end.
 */
export function startRounds(
  opened: AsyncDisposableStack,
  service: Service,
  config: Config,
  replicas: Replicas,
): void {
  const { database, now, log } = service;
  opened.defer(() => recordRefused(service, true));
  keepRefusedRequests(opened, service);
  const notices = startNotices(database, noticesOf(config), now, (error) =>
    log.failed('sending a notice', error),
  );
  opened.defer(() => notices.close());
  anchorAudit(opened, service, config);
  forgetInTime(opened, service, replicas);
  watchSignIns(opened, service, config, replicas);
  endIdle(opened, service, replicas);
  watchSeals(opened, service);
}

/** Tells portals of sessions that have ended; from when the service's own address is known. */
export function tellLogouts(opened: AsyncDisposableStack, service: Service, config: Config): void {
  const { database, clients, assertionKeys, issuer, now, metrics, log, esia } = service;
  const fronts = esia === undefined ? {} : { esia: esiaLogouts({ esia, issuer }) };
  const logouts = startLogouts({
    ...{ database, clients, assertionKeys, issuer, now, fronts },
    proxy: proxyOf(config),
    registry: metrics.registry,
    failed: (error) => log.failed('telling portals of logouts', error),
  });
  opened.defer(() => logouts.close());
}

/** Writes down every second, and at the end, what was refused before a sign-in. It tells of its own failures. */
function keepRefusedRequests(opened: AsyncDisposableStack, service: Service): void {
  const { database, clients, refusedRequests, now, log } = service;
  const failed = (error: unknown) => log.failed('keeping refused requests', error);
  const round = every(1_000, () => refusedRequests.write(database, clients, now()), failed);
  opened.defer(async () => {
    await round.run();
    await round.close();
  });
}

function anchorAudit(
  opened: AsyncDisposableStack,
  { database, metrics: { registry }, log, now }: Service,
  config: Config,
): void {
  const options = { secret: webhookKey(config.auditAnchorSecret), proxy: proxyOf(config) };
  const channels = config.auditAnchors.map((place) => anchorChannel(place, options));
  const interval = config.auditAnchorSeconds * 1_000;
  const anchoring = startAnchoring(database, channels, { interval, registry, now }, (error) =>
    log.failed('anchoring the audit', error),
  );
  opened.defer(() => anchoring.close());
}

/**
 * Forgets what is past its use every minute, once the clock has shown that it can be trusted with that, and writes down
 * what each replica has counted of refused assertions. One replica forgets for all.
 */
function forgetInTime(opened: AsyncDisposableStack, service: Service, replicas: Replicas): void {
  const { now, log } = service;
  const isSteady = steadyClock();
  const round = every(
    minute,
    async () => {
      const isTrusted = isSteady(now(), performance.now());
      // It tells of its own failures.
      await recordRefused(service);
      if (isTrusted && replicas.isFirst()) await forget(service);
    },
    (error) => log.failed('forgetting what is past its use', error),
  );
  opened.defer(() => round.close());
}

/** Notes and tells of unusual sign-ins; one replica does for all. */
function watchSignIns(
  opened: AsyncDisposableStack,
  service: Service,
  config: Config,
  replicas: Replicas,
): void {
  const { database, clients, now, log } = service;
  const channels = channelsOf(noticesOf(config));
  const failed = (error: unknown) => log.failed('telling of unusual sign-ins', error);
  const look = async () => {
    if (!replicas.isFirst()) return;
    await noteUnusual(database, channels, now());
    await sendUnusual({ database, clients, channels, account: accountAddress(service), failed }, now());
  };
  const round = every(10_000, look, failed);
  opened.defer(async () => {
    await round.close();
    for (const channel of channels) channel.close();
  });
}

/** Ends sessions that nobody uses any more; one replica does for all. */
function endIdle(opened: AsyncDisposableStack, { database, now, log }: Service, replicas: Replicas): void {
  const round = every(
    5_000,
    async () => {
      if (replicas.isFirst()) await endIdleSessions(database, now());
    },
    (error) => log.failed('ending idle sessions', error),
  );
  opened.defer(() => round.close());
}

/** Looks every minute whether somebody has written records behind the service's back, and tells. */
function watchSeals(opened: AsyncDisposableStack, { database, metrics, log }: Service): void {
  const records = watchRecords(database, metrics.registry);
  const failed = (error: unknown) => log.failed('looking after the seals of records', error);
  const look = async () => {
    const found = await records.look();
    if (found !== undefined) failed(found);
  };
  const round = every(minute, look, failed);
  opened.defer(() => round.close());
}

/** Writes what was counted of refused assertions into the audit; at the end, all of it. */
async function recordRefused(
  {
    database,
    refusedAssertions,
    esia,
    now,
    log,
  }: Pick<Service, 'database' | 'refusedAssertions' | 'esia' | 'now' | 'log'>,
  isEnd = false,
): Promise<void> {
  const refused = [refusedAssertions, ...(esia ? [esia.refused] : [])];
  const journal = refused.flatMap((each) => each.due(now(), isEnd));
  if (journal.length === 0) return;
  try {
    await database.write({ statements: [], journal });
  } catch (error) {
    log.failed('recording refused assertions', error);
  }
}

/** What is past its use is forgotten, a little every minute, so that the database does not grow with time alone. */
async function forget({
  database,
  evidence,
  now,
}: Pick<Service, 'database' | 'evidence' | 'now'>): Promise<void> {
  const at = now();
  await database.write({
    statements: [
      forgetTakenChallenges(at),
      forgetSessions(at),
      forgetSessionReaches(at),
      forgetRevocations(at),
      forgetLockOuts(at),
      forgetRefusedRequests(at),
      ...forgetPowers(at),
      ...forgetCarriers(at),
      forgetRepresentations(at),
      ...forgetSignIns(at),
      ...forgetEsia(at),
      forgetObjects(at),
      forgetSharedSignIns(at),
      forgetReaches(at),
      forgetConsents(at),
      forgetVisits(at),
      ...forgetKnown(at),
      ...(evidence?.forget(at) ?? []),
    ],
  });
  await endUnconfirmed({ database }, at);
  await followSignIns(database);
}
