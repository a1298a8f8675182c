import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { ToolClass } from '../qualified/tool-class.ts';
import { signInOf } from './account.ts';
import { reachesWanted, wantedClass } from './acr.ts';
import { isNoStricter } from './demand.ts';
import type { OidcDependencies } from './dependencies.ts';
import { subjectFor, wantedSubjects } from './wanted-subject.ts';

const { Check } = interactionPolicy;

/** An INN, as `login_hint` may name one; undefined for anything else, which is no hint to us. */
export function hintedInn(hint: unknown): string | undefined {
  return typeof hint === 'string' && /^(\d{10}|\d{12})$/.test(hint) ? hint : undefined;
}

/** The class of tool that a request asks for: by `acr_values`, or as an essential claim. `'unknown'` where there is none such. */
export function requestedClass({
  acr_values: values,
  claims,
}: {
  readonly acr_values?: unknown;
  readonly claims?: unknown;
}): ToolClass | 'unknown' | undefined {
  return wantedClass([...wordsOf(values), ...essentialAcrs(claims)]);
}

function wordsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : [];
}

/** `claims.id_token.acr` where it is essential (OpenID Connect Core, section 5.5.1.1). */
function essentialAcrs(claims: unknown): readonly string[] {
  if (typeof claims !== 'string') return [];
  const { id_token: idToken } = JSON.parse(claims) as { id_token?: { acr?: EssentialAcr | null } };
  const { essential, value, values } = idToken?.acr ?? {};
  if (essential !== true) return [];
  return [value, ...(Array.isArray(values) ? values : [])].filter((each) => typeof each === 'string');
}

interface EssentialAcr {
  readonly essential?: unknown;
  readonly value?: unknown;
  readonly values?: unknown;
}

/**
 * When a person has to sign, beside what the library asks for: where the session has ended, where the relying party
 * asks for more than the last signature was verified for, where it wants a signature of now (`max_age=0`, which the
 * library takes for one of this second), and where it names another organisation. What cannot be had is an error, and
 * not asked for a second time.
 */
export function signInPolicy({ database, clients, now }: OidcDependencies) {
  const policy = interactionPolicy.base();
  const checks = policy.get('login')?.checks;
  checks?.remove('essential_acr');
  checks?.remove('essential_acrs');
  checks?.remove('id_token_hint');
  checks?.remove('claims_id_token_sub_value');
  checks?.add(
    new Check('session_ended', 'the session has ended', 'login_required', ({ oidc }) => {
      return oidc.session?.accountId !== undefined && oidc.account === undefined;
    }),
  );
  checks?.add(
    new Check('fresh', 'a new signature is required', 'login_required', (context) => {
      const { max_age: age } = context.oidc.params ?? {};
      return age !== undefined && Number(age) === 0 && !isSigned(context);
    }),
  );
  checks?.add(
    new Check('subject', 'another organisation is meant', 'login_required', async (context) => {
      const wanted = wantedSubjects(context);
      const signIn = signInOf(context);
      if (wanted.length === 0 || signIn === undefined) return false;
      const name = await subjectFor(database, context.oidc, signIn.claims.sub);
      if (wanted.every((each) => each === name)) return false;
      if (isSigned(context)) throw new errors.LoginRequired('another organisation has signed');
      return true;
    }),
  );
  checks?.add(
    new Check('policy', 'a new signature is required', 'login_required', async (context) => {
      const { oidc } = context;
      const signIn = signInOf(context);
      if (signIn === undefined || oidc.client === undefined || isSigned(context)) return false;
      const client = await clients.find(oidc.client.clientId, now());
      return client === undefined || !isNoStricter(client.policy, signIn.policy);
    }),
  );
  checks?.add(
    new Check('acr', 'a stronger signature is required', 'login_required', (context) => {
      const { oidc } = context;
      const wanted = requestedClass(oidc.params ?? {});
      if (wanted === undefined) return false;
      if (wanted !== 'unknown' && reachesWanted(oidc.acr, wanted)) return false;
      if (wanted === 'unknown' || isSigned(context)) {
        throw new errors.CustomOIDCProviderError(
          'unmet_authentication_requirements',
          'the requested authentication context cannot be had',
        );
      }
      return true;
    }),
  );
  checks?.add(
    new Check('login_hint', 'another organisation is meant', 'login_required', (context) => {
      const hint = hintedInn(context.oidc.params?.login_hint);
      const signIn = signInOf(context);
      if (hint === undefined || signIn === undefined || isSigned(context)) return false;
      return signIn.claims.organisation.inn !== hint;
    }),
  );
  return policy;
}

/** Whether the person has signed for this very request. */
function isSigned({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.result?.login !== undefined;
}
