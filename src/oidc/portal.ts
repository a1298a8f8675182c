import type { OidcDependencies } from './dependencies.ts';
import { findObject } from './object.ts';

/**
 * The address of the portal whose request led to an interaction, also to one that is over or of another browser: whoever
 * comes too late begins there again. Undefined where the interaction is forgotten, or the portal is no more.
 */
export async function portalOfInteraction(
  { database, clients, now }: Pick<OidcDependencies, 'database' | 'clients' | 'now'>,
  uid: string,
): Promise<string | undefined> {
  const interaction = await findObject(database, 'Interaction', uid);
  const { client_id: id } = (interaction?.payload.params ?? {}) as { readonly client_id?: unknown };
  const client = typeof id === 'string' ? await clients.find(id, now()) : undefined;
  const [origin] = client?.origins ?? [];
  return origin === undefined ? undefined : `${origin}/`;
}
