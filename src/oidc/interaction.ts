import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { errors, type Interaction, type InteractionResults } from 'oidc-provider';
import type { AssertionClaims } from '../assertion/claims.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import type { Client } from '../relying-party/registry.ts';
import { findSession, latestEnd } from '../session/session.ts';
import { clientFor, type SignInRequirements } from '../sign-in/request.ts';
import { startSignIn } from '../sign-in/start.ts';
import { takeSignIn } from '../sign-in/take.ts';
import type { SignedResult } from './account.ts';
import { shownAcr } from './acr.ts';
import { consentParties, rememberConsent } from './consent.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import { type FieldName, fieldNames, scopeClaims } from './fields.ts';
import { uiLanguage } from './language.ts';
import { hintedInn, requestedClass } from './requirement.ts';
import { isOpen, keepSignIn, newestSignIn, type SharedSignIn } from './sign-in.ts';
import type { ConsentFacts } from './view.ts';

/** A browser's request to go on with what a portal asked for. */
export interface InteractionCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Identifier of the interaction, as the address has it. */
  readonly uid: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
}

/** What the person has to do next: go to an address, or answer. */
export type InteractionStep =
  | { readonly kind: 'go'; readonly address: string }
  | { readonly kind: 'consent'; readonly facts: ConsentFacts };

/** An interaction with the relying party that asked for it. */
interface Opened {
  readonly interaction: Interaction;
  readonly client: Client;
}

/**
 * Goes on with an interaction: a sign-in is begun, at whichever page the sign-in gives the address of, or the page that
 * asks for consent is to be shown. Throws `oidc_sign_in_over` for one that is over or of another browser, and as
 * `startSignIn` does.
 */
export async function goOn(
  dependencies: OidcDependencies,
  provider: Provider,
  call: InteractionCall,
): Promise<InteractionStep> {
  const opened = await open(dependencies, provider, call);
  if (opened.interaction.prompt.name === 'consent') {
    return { kind: 'consent', facts: await consentFacts(dependencies, opened) };
  }
  return { kind: 'go', address: await begin(dependencies, opened, call.at) };
}

async function begin(
  dependencies: OidcDependencies,
  { interaction, client }: Opened,
  at: number,
): Promise<string> {
  const { params, uid } = interaction;
  const inn = hintedInn(params.login_hint);
  const { url } = await startSignIn(
    dependencies,
    {
      client,
      returnTo: returnAddress(dependencies, uid),
      language: languageOf(interaction, client),
      requester: { origin: originOf(interaction) },
      ...(inn === undefined ? {} : { organisation: { inn } }),
      ...defined({ requirements: requirementsOf(interaction) }),
    },
    at,
  );
  return url;
}

function returnAddress(dependencies: OidcDependencies, uid: string): string {
  return `${oidcIssuer(dependencies)}/interaction/${uid}/signed`;
}

function originOf({ params }: Interaction): string {
  return new URL(String(params.redirect_uri)).origin;
}

function languageOf({ params }: Interaction, client: Client) {
  return uiLanguage(params.ui_locales) ?? client.language;
}

function requirementsOf({ params }: Interaction): SignInRequirements | undefined {
  const minimumClass = requestedClass(params);
  return minimumClass === undefined || minimumClass === 'unknown' ? undefined : { minimumClass };
}

/**
 * The person comes back from the page of the sign-in, with a code or without. Gives the address at which the portal's
 * request goes on. Throws as `goOn` and `takeSignIn` do.
 */
export async function comeBack(
  dependencies: OidcDependencies,
  provider: Provider,
  call: InteractionCall,
  code: string | undefined,
): Promise<string> {
  const { interaction, client } = await open(dependencies, provider, call);
  if (interaction.prompt.name !== 'login') throw new SealgateError('oidc_sign_in_over');
  if (code === undefined) return finish(provider, call, declined);
  const taken = await takeSignIn(dependencies, client, code, call);
  // A code of another sign-in of the same portal, which somebody else began.
  if (taken.returnTo !== returnAddress(dependencies, interaction.uid))
    throw new SealgateError('sign_in_code_invalid');
  const signIn = await sharedSignIn(dependencies, interaction, client, taken.claims);
  await dependencies.database.write({ statements: [keepSignIn(signIn)] });
  const { claims } = signIn;
  const sealgate: SignedResult = { session: signIn.session };
  return finish(provider, call, {
    login: {
      accountId: claims.sub,
      acr: shownAcr(claims.acr),
      amr: [...claims.amr],
      ts: claims.auth_time,
      remember: true,
    },
    sealgate,
  });
}

const declined: InteractionResults = {
  error: 'access_denied',
  error_description: 'the person went back without signing in',
};

async function sharedSignIn(
  { database }: OidcDependencies,
  interaction: Interaction,
  client: Client,
  claims: AssertionClaims,
): Promise<SharedSignIn> {
  const session = await findSession(database, claims.sid);
  if (session === undefined) throw new SealgateError('session_ended');
  const { policy } = clientFor(client, {
    ...{ returnTo: '', language: 'en', requester: { origin: '' } },
    ...defined({ requirements: requirementsOf(interaction) }),
  });
  return { session: claims.sid, claims, policy, expiresAt: latestEnd(session) };
}

/** The person has answered what may be handed over. Gives the address at which the portal's request goes on. */
export async function answerConsent(
  dependencies: OidcDependencies,
  provider: Provider,
  call: InteractionCall,
  agrees: boolean,
): Promise<string> {
  const opened = await open(dependencies, provider, call);
  const { interaction, client } = opened;
  if (interaction.prompt.name !== 'consent') throw new SealgateError('oidc_sign_in_over');
  if (!agrees) return finish(provider, call, refused);
  const { claims } = await signInOf(dependencies, interaction);
  const items = askedItems(interaction);
  const statements = rememberConsent(consentParties(claims, client.id), items, call.at);
  await dependencies.database.write({ statements });
  return finish(provider, call, { consent: {} });
}

const refused: InteractionResults = {
  error: 'access_denied',
  error_description: 'the person does not hand the data over',
};

async function consentFacts(
  dependencies: OidcDependencies,
  { interaction, client }: Opened,
): Promise<ConsentFacts> {
  const { claims } = await signInOf(dependencies, interaction);
  const { scopes, claims: single } = askedItems(interaction);
  const asked = new Set<string>([...scopes.flatMap(claimsOfScope), ...single]);
  const language = languageOf(interaction, client);
  return {
    language,
    portal: { name: client.name[language], origin: originOf(interaction) },
    claims,
    fields: fieldNames.filter((name): name is FieldName => asked.has(name)),
    action: `${oidcIssuer(dependencies)}/interaction/${interaction.uid}/consent`,
  };
}

function claimsOfScope(scope: string): readonly string[] {
  return Object.hasOwn(scopeClaims, scope) ? scopeClaims[scope as keyof typeof scopeClaims] : [];
}

/** What a portal asks for: what is missing, or everything where it wants to have it asked anew. */
function askedItems({ prompt, params }: Interaction): {
  scopes: readonly string[];
  claims: readonly string[];
} {
  const { missingOIDCScope, missingOIDCClaims } = prompt.details as Partial<
    Record<'missingOIDCScope' | 'missingOIDCClaims', readonly string[]>
  >;
  if (missingOIDCScope !== undefined || missingOIDCClaims !== undefined)
    return { scopes: missingOIDCScope ?? [], claims: missingOIDCClaims ?? [] };
  const scopes = String(params.scope ?? '').split(' ');
  return { scopes: scopes.filter((scope) => Object.hasOwn(scopeClaims, scope)), claims: [] };
}

async function signInOf(
  { database, now }: OidcDependencies,
  { session }: Interaction,
): Promise<SharedSignIn> {
  const signIn = session?.uid === undefined ? undefined : await newestSignIn(database, session.uid);
  if (signIn === undefined || !(await isOpen(database, signIn, now())))
    throw new SealgateError('oidc_sign_in_over');
  return signIn;
}

async function open(
  { clients }: OidcDependencies,
  provider: Provider,
  { request, response, uid, at }: InteractionCall,
): Promise<Opened> {
  const interaction = await details(provider, request, response);
  if (interaction.uid !== uid) throw new SealgateError('oidc_sign_in_over');
  const id = String(interaction.params.client_id);
  const client = await clients.find(id, at);
  if (client?.oidc === undefined) throw new SealgateError('portal_unknown', { client: id });
  return { interaction, client };
}

async function details(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Interaction> {
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    throw new SealgateError('oidc_sign_in_over', {}, { cause: error });
  }
}

/**
 * The address of the portal whose request led to an interaction, also for one of another browser: whoever comes too late
 * begins there again. Undefined where the interaction is gone.
 */
export async function portalOfInteraction(
  { clients, now }: OidcDependencies,
  provider: Provider,
  uid: string,
): Promise<string | undefined> {
  const interaction = await provider.Interaction.find(uid);
  const client = interaction && (await clients.find(String(interaction.params.client_id), now()));
  const [origin] = client?.origins ?? [];
  return origin === undefined ? undefined : `${origin}/`;
}

function finish(
  provider: Provider,
  { request, response }: InteractionCall,
  result: InteractionResults,
): Promise<string> {
  return provider.interactionResult(request, response, result);
}
