import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { type FetchSettings, usualFetch } from '../../src/fetch/fetcher.ts';
import type { CurrentPath } from '../../src/revocation/check.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { noObserver, type RevocationObserver, type Settlement } from '../../src/revocation/observer.ts';
import { type RevocationPolicy, strictPolicy } from '../../src/revocation/policy.ts';
import { createSources, type RevocationSources, usualSources } from '../../src/revocation/sources.ts';
import type { Arrivals } from '../../src/revocation/store/arrivals.ts';
import type { HeldList } from '../../src/revocation/store/held-list.ts';
import type { ListStoreSettings } from '../../src/revocation/store/list-store.ts';
import type { Storage } from '../../src/revocation/store/storage.ts';
import { Host } from './host.ts';
import { day, type House, hour, makeCertificate, makeHouse, makeList, makeSigner } from './maker.ts';

/** A house with a live publisher of its lists, and one subscriber whose status they tell. */
export interface Setting {
  readonly at: number;
  readonly host: Host;
  readonly house: House;
  readonly person: Certificate;
  /** Publishes the authority's list number `number`, which names `revoked`. */
  publish(
    number: number,
    revoked?: readonly number[],
    times?: { thisUpdate?: number; nextUpdate?: number },
  ): void;
}

export const personSerial = 77;

export async function makeSetting(at = Math.floor(Date.now() / 1000) * 1000): Promise<Setting> {
  const host = await Host.start();
  const house = makeHouse(at, host.url('/root.crl'));
  const rootList = makeList({
    issuer: house.root,
    thisUpdate: at - hour,
    nextUpdate: at + 30 * day,
    number: 1,
  });
  host.serve('/root.crl', () => rootList, { etag: '"root"' });
  const person = makeCertificate({
    subject: makeSigner('Person'),
    issuer: house.authority,
    serial: personSerial,
    notBefore: at - 10 * day,
    notAfter: at + 10 * day,
    listUrls: [host.url('/a.crl')],
    responderUrls: [host.url('/ocsp')],
  });
  const publish: Setting['publish'] = (number, revoked = [], times = {}) => {
    const list = makeList({
      issuer: house.authority,
      thisUpdate: times.thisUpdate ?? at - hour,
      nextUpdate: times.nextUpdate ?? at + day,
      number,
      entries: revoked.map((serial) => ({ serial, revokedAt: at - hour, reason: 1 })),
    });
    const etag = `"${number}"`;
    host.on('/a.crl', (request, response) => {
      if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
      else response.writeHead(200, { etag, 'content-length': list.length }).end(list);
    });
  };
  publish(1);
  return { at, host, house, person, publish };
}

export interface SourceOptions {
  readonly storage?: Storage;
  readonly fetch?: Partial<FetchSettings>;
  readonly lists?: Partial<ListStoreSettings>;
  readonly observer?: RevocationObserver;
  readonly arrivals?: Arrivals;
}

/** Sources that may ask the loopback interface, with short times. */
export function makeSources({
  storage,
  fetch,
  lists,
  observer = noObserver,
  arrivals,
}: SourceOptions = {}): RevocationSources {
  return createSources(
    {
      ...usualSources,
      fetch: { ...usualFetch, allowedNetworks: ['127.0.0.1'], retries: 0, ...fetch },
      lists: { ...usualSources.lists, ...lists },
    },
    { storage, observer, arrivals },
  );
}

export function check(
  { house, person, at }: Setting,
  sources: RevocationSources,
  policy: Partial<RevocationPolicy> = {},
  when = at,
  pool: readonly Certificate[] = [],
): Promise<CurrentPath> {
  return checkRevocation({
    path: house.path(person),
    sources,
    policy: { ...strictPolicy, patience: 5000, ...policy },
    budget: new Budget(),
    at: when,
    algorithms: currentAlgorithms,
    pool,
  });
}

/** The list that the sources hold for a path on the host; undefined where there is none. */
export function heldList(sources: RevocationSources, { host }: Setting, path: string): HeldList | undefined {
  return sources.lists.all().find(({ url }) => url === host.url(path));
}

/** Notes what an observer is told. */
export function notingObserver(): RevocationObserver & {
  readonly settlements: Settlement[];
  readonly errors: unknown[];
} {
  const settlements: Settlement[] = [];
  const errors: unknown[] = [];
  return {
    settlements,
    errors,
    fetched: () => undefined,
    settled: (settlement) => void settlements.push(settlement),
    failed: (error) => void errors.push(error),
  };
}
