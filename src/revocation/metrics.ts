import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RevocationObserver } from '../fetch/observer.ts';
import type { RevocationSources } from './sources.ts';

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
    help: 'Requests for lists and answers, by host and outcome',
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
  return {
    fetched(host, problem, milliseconds) {
      requests.inc({ host, outcome: problem ?? 'fetched' });
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
  const gauge = (name: string, help: string, read: (set: (url: string, value: number) => void) => void) =>
    new Gauge({
      name,
      help,
      labelNames: ['list'],
      registers,
      collect() {
        this.reset();
        read((list, value) => this.set({ list }, value));
      },
    });
  gauge('sealgate_revocation_list_age_seconds', 'Time since a list was issued', (set) => {
    for (const { url, list } of sources.lists.all()) set(url, (now() - list.thisUpdate) / 1000);
  });
  gauge('sealgate_revocation_list_remaining_seconds', 'Time until a list has to be renewed', (set) => {
    for (const { url, list } of sources.lists.all()) {
      if (list.nextUpdate !== undefined) set(url, (list.nextUpdate - now()) / 1000);
    }
  });
  gauge('sealgate_revocation_list_entries', 'Revoked certificates in a list', (set) => {
    for (const { url, list } of sources.lists.all()) set(url, list.entries.count);
  });
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
    help: 'Hosts that are not asked for a while because they kept failing',
    registers,
    collect() {
      this.set(sources.fetcher.openCircuits.length);
    },
  });
}
