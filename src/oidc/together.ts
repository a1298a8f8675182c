import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Database, Statement } from '../database/database.ts';

/** Statements of requests under way that wait for the last one of theirs. */
const held = new WeakMap<object, Statement[]>();

/** Addresses whose requests end with the browser's session being kept, whatever comes of them. */
const endInSession: ReadonlySet<string> = new Set(['authorization', 'resume']);

/**
 * Has statements written together with the browser's session, so that all that a request leaves is one unit: nothing of
 * it is read before, and the answer leaves after it. Where a request does not end so, they are written now.
 */
export async function writeAtEnd(
  database: Database,
  context: Partial<KoaContextWithOIDC> | undefined,
  statements: readonly Statement[],
): Promise<void> {
  const { oidc } = context ?? {};
  if (oidc === undefined || !endInSession.has(oidc.route)) {
    await database.write({ statements });
    return;
  }
  held.set(oidc, [...(held.get(oidc) ?? []), ...statements]);
}

/** What waits for the end of a request, which has come: whoever asks writes it. */
export function waiting(context: Partial<KoaContextWithOIDC> | undefined): readonly Statement[] {
  const { oidc } = context ?? {};
  const statements = oidc && held.get(oidc);
  if (oidc !== undefined) held.delete(oidc);
  return statements ?? [];
}
