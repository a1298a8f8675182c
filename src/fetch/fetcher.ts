import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AddressPolicy } from './address.ts';
import { discard, readBody } from './body.ts';
import { Circuit, type CircuitLimits, type OpenCircuit, usualCircuit } from './circuit.ts';
import { blamedFor, FetchFailure } from './failure.ts';
import { type FetchObserver, noFetchObserver } from './observer.ts';
import type { ProxySettings } from './proxy.ts';
import type { Reservation } from './quota.ts';
import { Transport } from './transport.ts';

/** Settings of all fetches; durations in ms. */
export interface FetchSettings {
  /** Addresses or networks allowed in spite of being local, such as `127.0.0.0/8` for a test authority. */
  readonly allowedNetworks: readonly string[];
  /**
   * If given, only these hosts are asked, on top of the rule that the chain has to name them: nobody where there are none.
   * `*.` stands for any label.
   */
  readonly allowedHosts: readonly string[] | undefined;
  readonly connectTimeout: number;
  /** Further tries after a failure that may pass. */
  readonly retries: number;
  /** Pause before the first further try; doubled for each next, with a random part. */
  readonly retryPause: number;
  readonly redirects: number;
  readonly circuit: CircuitLimits;
  /** Names are resolved by the proxy where there is one, and addresses not checked here. */
  readonly proxy?: ProxySettings | undefined;
}

export const usualFetch: FetchSettings = {
  allowedNetworks: [],
  allowedHosts: undefined,
  connectTimeout: 3_000,
  retries: 1,
  retryPause: 200,
  redirects: 3,
  circuit: usualCircuit,
};

/** One thing to fetch. */
export interface FetchOrder {
  readonly url: string;
  /** Who named the address: what goes wrong with it counts for this one and for nobody else. */
  readonly requester: string;
  /** The address as it was named, where `url` was made of it; `url` itself where absent. */
  readonly address?: string;
  /** Hosts that redirects may lead to: those that the validated chain names. The host of `url` is one of them. */
  readonly hosts: ReadonlySet<string>;
  /** Octets to post; GET where absent. */
  readonly body?: Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest body in octets. */
  readonly largest: number;
  /** Covers the body before it is read. */
  readonly reservation?: Reservation | undefined;
  /** Time for everything: connecting, all tries, all redirects, the whole body; ms. */
  readonly timeout: number;
  readonly onProgress?: FetchProgress | undefined;
}

/** What came. */
export interface Fetched {
  /** 304 has no octets; everything else that is not 200 is a failure. */
  readonly status: 200 | 304;
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Told how many octets have come, and how many are to come where the host says so. */
export type FetchProgress = (received: number, total: number | undefined) => void;

/** Who fetches by HTTP: the network, or what it said at an earlier time. */
export interface FetchClient {
  /** Hosts and URLs that are left alone at present. */
  readonly openCircuits: readonly OpenCircuit[];
  /** Throws a FetchFailure. */
  fetch(order: FetchOrder): Promise<Fetched>;
  /**
   * To be called with what came for an order once it has been read: what is of no use counts as a failure of its
   * address, and what is ends the count.
   */
  noteUse(order: Pick<FetchOrder, 'requester' | 'address' | 'url'>, isUseful: boolean): void;
  close(): Promise<void>;
}

/**
 * Fetches lists and answers over HTTP, bounded in time, size, redirects and tries, never from addresses that are
 * not meant for it. Throws a FetchFailure, and nothing else.
 */
export class Fetcher implements FetchClient {
  private readonly settings: FetchSettings;
  private readonly addresses: AddressPolicy;
  private readonly hosts: Circuit;
  private readonly urls: Circuit;
  private readonly transport: Transport;
  private readonly observer: FetchObserver;

  constructor(settings: FetchSettings = usualFetch, observer: FetchObserver = noFetchObserver) {
    this.settings = settings;
    this.observer = observer;
    this.addresses = new AddressPolicy(settings.allowedNetworks);
    this.hosts = new Circuit(settings.circuit);
    this.urls = new Circuit(settings.circuit);
    this.transport = new Transport(settings.proxy, async () => {
      const { guardedConnector } = await import('./connect.ts');
      return { connect: guardedConnector(this.addresses, settings.connectTimeout), connections: 8 };
    });
  }

  /** Hosts, by scheme, name and port, and URLs that are left alone at present because they kept failing. */
  get openCircuits(): readonly OpenCircuit[] {
    const now = performance.now();
    return [...this.hosts.open(now), ...this.urls.open(now)];
  }

  async fetch(order: FetchOrder): Promise<Fetched> {
    const url = this.admit(order.url);
    expectClosed(this.urls, order.requester, namedIn(order));
    const deadline = AbortSignal.timeout(Math.ceil(order.timeout));
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.follow(url, order, deadline);
      } catch (error) {
        const failure = failureOf(error, deadline);
        if (blamedFor(failure) === 'address') this.noteUse(order, false);
        if (attempt >= this.settings.retries || !mayPass(failure) || deadline.aborted) throw failure;
        const pause = this.settings.retryPause * 2 ** attempt * (0.5 + Math.random());
        await delay(pause, undefined, { signal: deadline }).catch(() => undefined);
        if (deadline.aborted) throw failure;
      }
    }
  }

  noteUse(order: Pick<FetchOrder, 'requester' | 'address' | 'url'>, isUseful: boolean): void {
    if (isUseful) this.urls.succeeded(order.requester, namedIn(order));
    else this.urls.failed(order.requester, namedIn(order), performance.now());
  }

  async close(): Promise<void> {
    await this.transport.destroy();
  }

  /** Refuses what is never asked, before anything leaves. */
  private admit(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) throw new FetchFailure('unsupported-scheme', { url: text });
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new FetchFailure('unsupported-scheme', { scheme: url.protocol.slice(0, -1) });
    }
    const { allowedHosts } = this.settings;
    if (allowedHosts?.length === 0) throw new FetchFailure('offline');
    if (allowedHosts !== undefined && !allowedHosts.some((pattern) => isHostOf(pattern, url.hostname))) {
      throw new FetchFailure('host-forbidden', { host: url.hostname });
    }
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !this.addresses.allows(literal)) {
      throw new FetchFailure('address-forbidden', { host: literal, address: literal });
    }
    return url;
  }

  private admitRedirection(url: URL): URL {
    try {
      return this.admit(url.href);
    } catch (error) {
      throw redirectionTo(url, error);
    }
  }

  private async follow(start: URL, order: FetchOrder, signal: AbortSignal): Promise<Fetched> {
    let url = start;
    for (let redirects = 0; ; redirects++) {
      const outcome = await this.ask(url, order, signal).catch((error: unknown) => {
        throw url === start ? error : redirectionTo(url, error);
      });
      if (!(outcome instanceof URL)) return outcome;
      if (redirects >= this.settings.redirects)
        throw new FetchFailure('redirected', { rule: 'too many redirects' });
      const target = this.admitRedirection(outcome);
      const isNamed = target.hostname === start.hostname || order.hosts.has(target.hostname);
      if (!isNamed) throw new FetchFailure('redirected', { host: target.hostname });
      if (url.protocol === 'https:' && target.protocol === 'http:') {
        throw new FetchFailure('redirected', { rule: 'from https to http' });
      }
      url = target;
    }
  }

  /** One request to one host: its outcome, or where it sends us. */
  private async ask(url: URL, order: FetchOrder, signal: AbortSignal): Promise<Fetched | URL> {
    // Scheme and port belong to it: what does not answer at one of them may do so at another.
    const { origin } = url;
    expectClosed(this.hosts, order.requester, origin);
    const start = performance.now();
    try {
      const outcome = await this.exchange(url, order, signal);
      this.hosts.succeeded(order.requester, origin);
      this.observer.fetched(url.host, undefined, performance.now() - start);
      return outcome;
    } catch (error) {
      const failure = failureOf(error, signal);
      if (blamedFor(failure) === 'host') this.hosts.failed(order.requester, origin, performance.now());
      else if (failure.problem === 'http-status') this.hosts.succeeded(order.requester, origin);
      this.observer.fetched(url.host, failure.problem, performance.now() - start);
      throw failure;
    }
  }

  private async exchange(url: URL, order: FetchOrder, signal: AbortSignal): Promise<Fetched | URL> {
    const { statusCode, headers, body } = await this.transport.request(url, {
      method: order.body === undefined ? 'GET' : 'POST',
      body: order.body === undefined ? null : order.body,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'Sealgate', ...order.headers },
      signal,
      headersTimeout: order.timeout,
      bodyTimeout: order.timeout,
    });
    if (statusCode === 200) return { status: 200, octets: await readBody(body, headers, order), headers };
    discard(body);
    if (statusCode === 304) return { status: 304, octets: new Uint8Array(), headers };
    const { location } = headers;
    if (
      [301, 302, 303, 307, 308].includes(statusCode) &&
      typeof location === 'string' &&
      URL.canParse(location, url.href)
    ) {
      return new URL(location, url);
    }
    throw new FetchFailure('http-status', { status: statusCode });
  }
}

function namedIn({ url, address = url }: Pick<FetchOrder, 'url' | 'address'>): string {
  return address;
}

/** Where a host sends us to what is never asked, the host itself was asked and that is what it answered. */
function redirectionTo({ hostname }: URL, error: unknown): unknown {
  const isForbidden =
    error instanceof FetchFailure &&
    (error.problem === 'address-forbidden' || error.problem === 'host-forbidden');
  return isForbidden ? new FetchFailure('redirected', { host: hostname }, { cause: error }) : error;
}

/** Throws `not-asked-again` where a host or a URL is left alone. */
function expectClosed(circuit: Circuit, requester: string, address: string): void {
  const wait = circuit.enter(requester, address, performance.now());
  if (wait === 0) return;
  throw new FetchFailure('not-asked-again', { address, retryAfter: Math.ceil(wait / 1000) });
}

/** Whether `host` is `pattern`, or lies below it where the pattern begins with `*.`. */
export function isHostOf(pattern: string, host: string): boolean {
  const [wanted, found] = [pattern.toLowerCase(), host.toLowerCase()];
  return wanted.startsWith('*.') ? found.endsWith(wanted.slice(1)) : found === wanted;
}

/** Whether the same request may succeed a moment later. */
function mayPass({ problem, details }: FetchFailure): boolean {
  if (problem === 'http-status') return typeof details.status === 'number' && details.status >= 500;
  return problem === 'connection-failed' || problem === 'cut-off' || problem === 'host-unknown';
}

function failureOf(error: unknown, signal: AbortSignal): FetchFailure {
  if (error instanceof FetchFailure) return error;
  if (signal.aborted) return new FetchFailure('timed-out', {}, { cause: error });
  if (!(error instanceof Error)) return new FetchFailure('connection-failed', {}, { cause: error });
  if (error.cause instanceof FetchFailure) return error.cause;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    code === 'UND_ERR_HEADERS_TIMEOUT' ||
    code === 'UND_ERR_BODY_TIMEOUT'
  ) {
    return new FetchFailure('timed-out', { reason: code }, { cause: error });
  }
  return new FetchFailure('connection-failed', { reason: code }, { cause: error });
}
