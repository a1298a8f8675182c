import Provider, { type Adapter, type KoaContextWithOIDC } from 'oidc-provider';
import { isInNetworks } from '../fetch/address.ts';
import { storageAdapter } from './adapter.ts';
import { clientMetadata } from './client.ts';
import type { OidcDependencies } from './dependencies.ts';

/** What the library does just now, where it does something. */
export function current(): Partial<KoaContextWithOIDC> | undefined {
  return Provider.ctx;
}

/** Identifier of the relying party that the library deals with just now. */
export function currentClient(): string | undefined {
  return current()?.oidc?.client?.clientId;
}

/** Where the library finds relying parties, which are those of the service, and keeps what it makes. */
export function storageOf(
  { database, clients, now, certificates }: OidcDependencies,
  algorithm: string,
): (model: string) => Adapter {
  return (model) => {
    const storage = storageAdapter(model, { database, now, current });
    if (model !== 'Client') return storage;
    return {
      ...storage,
      async find(id) {
        const client = await clients.find(id, now());
        if (client === undefined || !mayCall(client.networks)) return undefined;
        const isByCertificate = client.oidc?.authentication === 'self_signed_tls_client_auth';
        if (isByCertificate && certificates === undefined) return undefined;
        const metadata = clientMetadata(client, algorithm);
        return metadata?.jwks_uri === undefined ? metadata : { ...metadata, ...keysAsOf(now()) };
      },
    };
  };
}

/**
 * The library asks a publisher of keys again only for a key that it has not seen, so that one which was withdrawn would
 * stay good. It keeps keys with whatever it made of a relying party's metadata: with this, which it does not know and
 * leaves out, that is made anew each minute.
 */
function keysAsOf(at: number): Readonly<Record<string, number>> {
  return { sealgate_keys_as_of: Math.floor(at / 60_000) };
}

/** Whether whoever asks may be the backend of a relying party that calls from these networks alone; browsers may. */
function mayCall(networks: readonly string[]): boolean {
  const context = current();
  if (networks.length === 0 || context?.oidc === undefined || context.ip === undefined) return true;
  const isBackend = backendRoutes.has(context.oidc.route);
  return !isBackend || isInNetworks(context.ip, networks);
}

const backendRoutes: ReadonlySet<string> = new Set([
  'token',
  'introspection',
  'revocation',
  'pushed_authorization_request',
]);
