import { errors } from 'oidc-provider';
import { oidcScopes } from '../relying-party/oidc-registration.ts';
import { fieldNames, scopeClaims } from './fields.ts';

/**
 * Refuses claims of scopes that a relying party is not registered for: whoever may not ask for a scope may not have what
 * is in it one by one either. Claims that there are none of are left out, as OpenID Connect Core, section 5.5.1, has it.
 * Throws the library's `invalid_request`.
 */
export function expectRegisteredClaims(
  claims: Readonly<Record<string, unknown>>,
  registered: string | undefined,
): void {
  const scopes = registered?.split(' ') ?? [];
  const allowed = oidcScopes
    .filter((scope) => scopes.includes(scope))
    .flatMap((scope) => [...scopeClaims[scope]]);
  const asked = ['userinfo', 'id_token'].flatMap((place) => Object.keys((claims[place] as object) ?? {}));
  const forbidden = fieldNames.find((name) => asked.includes(name) && !allowed.some((each) => each === name));
  if (forbidden === undefined) return;
  throw new errors.InvalidRequest(`requested claim is not allowed: ${forbidden}`);
}
