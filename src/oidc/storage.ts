import Provider, { type Adapter, type KoaContextWithOIDC } from 'oidc-provider';
import { isInNetworks } from '../fetch/address.ts';
import { storageAdapter } from './adapter.ts';
import { clientMetadata } from './client.ts';
import type { OidcDependencies } from './dependencies.ts';

/** What the library does just now, where it does something. */
function current(): Partial<KoaContextWithOIDC> | undefined {
  return Provider.ctx;
}

/** Identifier of the relying party that the library deals with just now. */
export function currentClient(): string | undefined {
  return current()?.oidc?.client?.clientId;
}

/** Where the library finds relying parties, which are those of the service, and keeps what it makes. */
export function storageOf(
  { database, clients, now }: OidcDependencies,
  algorithm: string,
): (model: string) => Adapter {
  return (model) => {
    const storage = storageAdapter(model, { database, now, asking: currentClient });
    if (model !== 'Client') return storage;
    return {
      ...storage,
      async find(id) {
        const client = await clients.find(id, now());
        if (client === undefined || !mayCall(client.networks)) return undefined;
        return clientMetadata(client, algorithm);
      },
    };
  };
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
