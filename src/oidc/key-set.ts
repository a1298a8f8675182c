import type { FetchClient } from '../fetch/fetcher.ts';

/** Key sets are small: a handful of keys, each perhaps with its certificate. */
const largestKeySet = 128 * 1024;

/** A person waits meanwhile, ms. */
const patience = 2_500;

/**
 * Fetches key sets of relying parties (`jwks_uri`) for the library, in the form in which it calls for them, from
 * addresses that are meant for it, and without following redirects. `requester` names whose key set it is. How long it
 * may be kept is not the sender's to say: the library asks again after a minute, so that a key that was withdrawn falls.
 * Rejects with a FetchFailure.
 */
export function keySetFetch(
  fetcher: FetchClient,
  requester: () => string | undefined,
  failed: (error: unknown) => void,
): typeof globalThis.fetch {
  return async (input) => {
    try {
      const { octets } = await fetcher.fetch({
        url: input instanceof Request ? input.url : String(input),
        requester: requester() ?? '',
        hosts: new Set(),
        headers: { accept: 'application/jwk-set+json, application/json' },
        largest: largestKeySet,
        timeout: patience,
      });
      return new Response(octets);
    } catch (error) {
      failed(error);
      throw error;
    }
  };
}
