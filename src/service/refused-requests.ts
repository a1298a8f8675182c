import { keepRefusedRequests, type PartysRequest, type RefusedRequest } from '../audit/refused-request.ts';
import { SharedCache } from '../cache/shared-cache.ts';
import type { Database } from '../database/database.ts';
import { defined } from '../optional.ts';
import type { ClientRegistry } from '../relying-party/registry.ts';
import type { Keyring } from '../secret/keyring.ts';
import { mac } from '../secret/mac.ts';

/** What is noted of a request that was refused. */
export interface NotedRequest extends Omit<RefusedRequest, 'client' | 'isProven'> {
  /** The relying party that proved that it asks. */
  readonly provenClient?: string;
  /** The relying party that a stranger named: any text. */
  readonly namedClient?: string;
  /** The caller's network; see `callerOf`. It is not kept. */
  readonly caller: string;
}

type WaitingRequest = PartysRequest & Pick<NotedRequest, 'namedClient'>;

/** What waits to be written, of all parties together; the one that has the most loses its oldest. */
const mostWaiting = 500;

/**
 * Requests that were refused before there was a sign-in, on their way into the database: gathered in memory and written
 * together, so that a flood of them costs a write a second and no request waits for one. A process that ends without
 * being stopped loses the last second's.
 *
 * A relying party that has proven itself has a share of its own. Strangers share 256 of them, by a keyed hash of their
 * network: whoever has one network fills one share, and which one he cannot choose.
 */
export class RefusedRequests {
  private waiting = new SharedCache<WaitingRequest>(mostWaiting);
  private readonly keys: Keyring;
  private noted = 0;

  constructor(keys: Keyring) {
    this.keys = keys;
  }

  note({ provenClient, caller, ...request }: NotedRequest): void {
    const party = provenClient === undefined ? this.shareOf(caller) : `client ${provenClient}`;
    const isProven = provenClient !== undefined;
    this.noted += 1;
    this.waiting.set(party, String(this.noted), {
      ...{ ...request, party, isProven },
      ...defined({ client: provenClient }),
    });
  }

  /** Writes what waits. Rejects with `storage_unavailable`, and what waited is lost. */
  async write(database: Database, clients: ClientRegistry, at: number): Promise<void> {
    const requests = [...this.waiting.values()];
    if (requests.length === 0) return;
    this.waiting = new SharedCache(mostWaiting);
    const known = await Promise.all(requests.map((request) => withKnownClient(request, clients, at)));
    await database.write({ statements: keepRefusedRequests(known) });
  }

  private shareOf(caller: string): string {
    return `strangers ${mac(this.keys.current.key, `sealgate stranger\n${caller}`)[0]}`;
  }
}

/** A name that a stranger gave is kept only where it is a relying party's: it might be anybody's otherwise. */
async function withKnownClient(
  { namedClient, ...request }: WaitingRequest,
  clients: ClientRegistry,
  at: number,
): Promise<PartysRequest> {
  const named = namedClient === undefined ? undefined : await clients.find(namedClient, at);
  return { ...request, ...(named === undefined ? {} : { client: named.id }) };
}
