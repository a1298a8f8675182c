import type { RefusedAssertions } from '../assertion/refused.ts';
import type { Oidc } from '../oidc/oidc.ts';
import type { ClientSystem } from '../relying-party/registry.ts';
import { pageAddress, type SignInService } from '../sign-in/challenge.ts';
import type { TokenKeys } from './key/keys.ts';

/** What the front is opened with. */
export interface Esia {
  /** Path below which its addresses stand; empty where they stand at the root. */
  readonly base: string;
  readonly keys: TokenKeys;
  /** Counts refusals for the audit. */
  readonly refused: RefusedAssertions;
}

/** What the front works with. */
export interface EsiaContext extends SignInService {
  readonly esia: Esia;
  /** Keeps which browser has signed in, for all portals of it. */
  readonly oidc: Pick<Oidc, 'signInOf' | 'share' | 'signOut'>;
  /** Lets each relying party through so many times a second. Throws `rate_limited`. */
  readonly limit: (name: string, at: number) => void;
}

/** The address of the front as clients know it, without a slash at its end. */
export function publicBase(context: Pick<EsiaContext, 'esia' | 'issuer'>): string {
  return pageAddress(context, context.esia.base);
}

/** `iss` of a system's tokens: ЕСИА's own ends in a slash. */
export function issuerFor(
  context: Pick<EsiaContext, 'esia' | 'issuer'>,
  { esia: { issuer } }: ClientSystem,
): string {
  return issuer ?? `${publicBase(context)}/`;
}
