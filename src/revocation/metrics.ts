import { hash } from 'node:crypto';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RevocationObserver } from './observer.ts';
import type { RevocationSources } from './sources.ts';
import type { HeldList } from './store/held-list.ts';

/** Most hosts that are told apart; certificates name them, and their authorities can name as many as they like. */
const mostHosts = 200;
/** Most lists of one branch of the trust that are told apart. */
const mostLists = 100;

/** Counts what revocation does, in `registry`; give it to `createSources`. */
export function revocationObserver(
  registry: Registry,
  onFailure: (error: unknown) => void = () => undefined,
): RevocationObserver {
  const registers = [registry];
  const settlements = new Counter({
    name: 'sealgate_revocation_checks_total',
    help: 'Certificates whose status was asked, by how it was settled',
    labelNames: ['settlement'],
    registers,
  });
  const requests = new Counter({
    name: 'sealgate_revocation_requests_total',
    help: 'Requests for lists and answers, by host and outcome; hosts that were not asked for long begin at 0 again',
    labelNames: ['host', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'sealgate_revocation_request_duration_seconds',
    help: 'Time of requests for lists and answers, by host',
    labelNames: ['host'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers,
  });
  /** Outcomes counted for each host, the one asked longest ago first. */
  const hosts = new Map<string, Set<string>>();
  const note = (host: string, outcome: string) => {
    const outcomes = hosts.get(host) ?? new Set();
    hosts.delete(host);
    hosts.set(host, outcomes.add(outcome));
    if (hosts.size <= mostHosts) return;
    for (const [oldest, counted] of hosts) {
      for (const each of counted) requests.remove({ host: oldest, outcome: each });
      durations.remove({ host: oldest });
      hosts.delete(oldest);
      return;
    }
  };
  return {
    fetched(host, problem, milliseconds) {
      const outcome = problem ?? 'fetched';
      note(host, outcome);
      requests.inc({ host, outcome });
      durations.observe({ host }, milliseconds / 1000);
    },
    settled: (settlement) => settlements.inc({ settlement }),
    failed: onFailure,
  };
}

/** Adds measurements of what `sources` hold to `registry`; they are taken when the registry is read. */
export function measureSources(
  registry: Registry,
  sources: RevocationSources,
  now: () => number = Date.now,
): void {
  const registers = [registry];
  const gauge = (name: string, help: string, measure: (held: HeldList) => number | undefined) =>
    new Gauge({
      name,
      help,
      // Lists of several keys may stand at one address.
      labelNames: ['list', 'key'],
      registers,
      collect() {
        this.reset();
        for (const held of shownLists(sources)) {
          const value = measure(held);
          if (value !== undefined) this.set({ list: held.url, key: shortDigest(held) }, value);
        }
      },
    });
  gauge(
    'sealgate_revocation_list_age_seconds',
    'Time since a list was issued',
    ({ list }) => (now() - list.thisUpdate) / 1000,
  );
  gauge(
    'sealgate_revocation_list_remaining_seconds',
    'Time until a list has to be renewed',
    ({ list: { nextUpdate } }) => (nextUpdate === undefined ? undefined : (nextUpdate - now()) / 1000),
  );
  gauge(
    'sealgate_revocation_list_entries',
    'Revoked certificates in a list',
    ({ list }) => list.entries.count,
  );
  new Gauge({
    name: 'sealgate_revocation_answers_held',
    help: 'OCSP answers held',
    registers,
    collect() {
      this.set(sources.answers.size);
    },
  });
  new Gauge({
    name: 'sealgate_revocation_hosts_left_alone',
    help: 'Hosts and addresses that are not asked for a while because they kept failing',
    registers,
    collect() {
      this.set(sources.fetcher.openCircuits.length);
    },
  });
}

function shownLists({ lists }: RevocationSources): readonly HeldList[] {
  const counts = new Map<string, number>();
  return lists.all().filter(({ requester: { branch } }) => {
    const count = (counts.get(branch) ?? 0) + 1;
    counts.set(branch, count);
    return count <= mostLists;
  });
}

function shortDigest({ signer }: HeldList): string {
  return hash('sha256', signer.der, 'hex').slice(0, 16);
}
