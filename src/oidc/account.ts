import type { Account, KoaContextWithOIDC } from 'oidc-provider';
import { databaseRegister } from '../register/lookup.ts';
import type { OidcDependencies } from './dependencies.ts';
import { claimsOf, type RegisterClaim } from './fields.ts';
import { findReach } from './reach.ts';
import { bindSignIn, findSignIn, isOpen, newestSignIn, type SharedSignIn } from './sign-in.ts';
import { writeAtEnd } from './together.ts';

/** Sign-ins that requests under way are about. */
const signIns = new WeakMap<object, SharedSignIn>();

/** The sign-in that a request is about, once `findAccount` has found it. */
export function signInOf({ oidc }: KoaContextWithOIDC): SharedSignIn | undefined {
  return signIns.get(oidc);
}

/** What an interaction that signed somebody in adds to what the library knows: the session that was opened. */
export interface SignedResult {
  readonly session: string;
}

/** What the last interaction of a request left beside the library's own results. */
export function signedResult({ oidc }: KoaContextWithOIDC): SignedResult | undefined {
  return (oidc.result as { readonly sealgate?: SignedResult } | undefined)?.sealgate;
}

/**
 * The organisation that a browser has signed in, or that a code or token is of; undefined where its session has ended,
 * so that nothing more is given by it. What is known of it is that of the sign-in which the token rests on, and not of
 * a later one by somebody else.
 */
export async function findAccount(
  dependencies: OidcDependencies,
  context: KoaContextWithOIDC,
  subject: string,
  grant: string | undefined,
): Promise<Account | undefined> {
  const { database, now } = dependencies;
  const signIn =
    grant === undefined ? await ofBrowser(dependencies, context) : await ofGrant(dependencies, grant);
  if (signIn?.claims.sub !== subject || !(await isOpen(database, signIn, now()))) return undefined;
  signIns.set(context.oidc, signIn);
  return {
    accountId: subject,
    async claims(_use, scope) {
      const isAsked = scope.split(' ').includes('organisation.register');
      const register = isAsked ? await registerClaim(dependencies, signIn) : undefined;
      return claimsOf(signIn.claims, register);
    },
  };
}

async function ofBrowser(
  { database }: OidcDependencies,
  context: KoaContextWithOIDC,
): Promise<SharedSignIn | undefined> {
  const { uid } = context.oidc.session ?? {};
  if (uid === undefined) return undefined;
  const signed = signedResult(context);
  if (signed !== undefined) {
    const signIn = await findSignIn(database, signed.session);
    if (signIn !== undefined) {
      await writeAtEnd(database, context, [bindSignIn(signIn, uid)]);
      return signIn;
    }
  }
  return newestSignIn(database, uid);
}

async function ofGrant({ database }: OidcDependencies, grant: string): Promise<SharedSignIn | undefined> {
  const reach = await findReach(database, grant);
  return reach && findSignIn(database, reach.session);
}

async function registerClaim(
  { database }: OidcDependencies,
  { claims: { organisation } }: SharedSignIn,
): Promise<RegisterClaim | undefined> {
  const { ogrn = '', inn = '' } = organisation;
  const found = await databaseRegister(database).find({ ogrn, inn });
  if (found === undefined || (ogrn !== '' && found.ogrn !== ogrn)) return undefined;
  return { name: found.name, inn: found.inn, ogrn: found.ogrn, state: found.state };
}
