import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { loadedGost } from '../gost/engine.ts';

/** What the service counts. */
export interface Metrics {
  readonly registry: Registry;
  /** Whether they are served at /metrics. */
  readonly exposed: boolean;
  /** All measurements, in Prometheus' text format; taken once a second at most, whoever asks how often. */
  text(): Promise<string>;
  /** Counts an answered request: its route (never its path, which a stranger chooses), status and time in seconds. */
  answered(route: string, status: number, seconds: number): void;
  /** Counts a refusal by its code. */
  refused(code: string): void;
  /** Counts an introspection of an assertion that is not in force, by its code. */
  inactive(code: string): void;
}

/** Measurements are this old at most, in ms. */
const freshFor = 1_000;

/** Gives how to ask for the measurements of all processes that serve together, those of `registry` among them. */
export type ShareMeasurements = (registry: Registry) => () => Promise<string>;

/** Makes a registry of its own, so that two services in one process do not mix. `share` is for workers. */
export function makeMetrics(exposed: boolean, share?: ShareMeasurements): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Gauges that the library calls by a counter's name, which promtool refuses; each is the sum of another one.
  for (const kind of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const durations = new Histogram({
    name: 'sealgate_request_duration_seconds',
    help: 'Time from a request’s headers to its answer',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'sealgate_refusals_total',
    help: 'Requests refused, by failure code',
    labelNames: ['code'],
    registers: [registry],
  });
  const inactive = new Counter({
    name: 'sealgate_introspections_inactive_total',
    help: 'Introspections of assertions that are not in force, by failure code',
    labelNames: ['code'],
    registers: [registry],
  });
  const engines = new Gauge({
    name: 'sealgate_gost_engine',
    help: 'The engine that computes GOST: 1 for the one that runs',
    labelNames: ['engine', 'detail'],
    aggregator: 'max',
    registers: [registry],
  });
  const { engine, detail } = loadedGost();
  engines.set({ engine: engine.name, detail }, 1);
  // Looking a label set up costs more than observing on it.
  const observers = new Map<string, Histogram.Internal<string>>();
  const text = share?.(registry) ?? (() => registry.metrics());
  let taken: { readonly text: Promise<string>; readonly at: number } | undefined;
  return {
    registry,
    exposed,
    text() {
      const at = performance.now();
      if (taken === undefined || at - taken.at >= freshFor) taken = { text: text(), at };
      return taken.text;
    },
    answered(route, status, seconds) {
      const key = `${route} ${status}`;
      let observer = observers.get(key);
      if (!observer) {
        observer = durations.labels(route, String(status));
        observers.set(key, observer);
      }
      observer.observe(seconds);
    },
    refused(code) {
      refusals.inc({ code });
    },
    inactive(code) {
      inactive.inc({ code });
    },
  };
}
