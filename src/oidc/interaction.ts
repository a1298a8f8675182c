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

/** An interaction with the relying party that asked for it. */
interface Opened {
  readonly interaction: Interaction;
  readonly client: Client;
}

/**
 * What a browser is asked that a portal's request waits for: what may be handed over. Throws `oidc_sign_in_over` for a
 * request that is over or of another browser.
 */
export async function consentQuestion(
  dependencies: OidcDependencies,
  provider: Provider,
  call: InteractionCall,
): Promise<ConsentFacts> {
  const opened = await open(dependencies, provider, call);
  if (opened.interaction.prompt.name !== 'consent') throw new SealgateError('oidc_sign_in_over');
  return consentFacts(dependencies, opened);
}

/**
 * Where a browser goes for what a portal's request waits for: to the page of a sign-in that is begun, or to the page
 * that asks for consent. Throws `portal_unknown`, and as `startSignIn` does.
 */
export async function interactionAddress(
  dependencies: OidcDependencies,
  interaction: Interaction,
): Promise<string> {
  if (interaction.prompt.name !== 'login')
    return `${oidcIssuer(dependencies)}/interaction/${interaction.uid}`;
  const { params, returnTo } = interaction;
  const at = dependencies.now();
  const client = await clientOf(dependencies, interaction, at);
  const inn = hintedInn(params.login_hint);
  const { url } = await startSignIn(
    dependencies,
    {
      ...{ client, returnTo, language: languageOf(interaction, client) },
      requester: { origin: originOf(interaction) },
      ...(inn === undefined ? {} : { organisation: { inn } }),
      ...defined({ requirements: requirementsOf(interaction) }),
    },
    at,
  );
  return url;
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

/** A browser that comes back from the page of a sign-in. */
export interface ReturnCall {
  /** Identifier of the interaction, as the address has it. */
  readonly uid: string;
  /** The cookie that the browser was given with the portal's request: the same identifier. */
  readonly cookie: string | undefined;
  /** Absent where the person gave up. */
  readonly code: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
}

/**
 * Notes what came of a sign-in, so that the portal's request goes on with it at the very address; nothing is done where
 * that was noted before. Throws `oidc_sign_in_over` for a request that is over or of another browser, `portal_unknown`,
 * `session_ended`, and as `takeSignIn` does.
 */
export async function comeBack(
  dependencies: OidcDependencies,
  provider: Provider,
  { uid, cookie, code, at, traceId }: ReturnCall,
): Promise<void> {
  const interaction = cookie === uid ? await provider.Interaction.find(uid) : undefined;
  if (interaction?.prompt.name !== 'login') throw new SealgateError('oidc_sign_in_over');
  if (interaction.result !== undefined) return;
  if (code === undefined) {
    interaction.result = declined;
    await interaction.persist();
    return;
  }
  const client = await clientOf(dependencies, interaction, at);
  const taken = await takeSignIn(dependencies, client, code, { at, traceId });
  // A code of another sign-in of the same portal, which somebody else began.
  if (taken.returnTo !== interaction.returnTo) throw new SealgateError('sign_in_code_invalid');
  const signIn = await sharedSignIn(dependencies, interaction, client, taken.claims);
  const { claims } = signIn;
  const sealgate: SignedResult = { session: signIn.session };
  interaction.result = {
    ...interaction.lastSubmission,
    login: {
      accountId: claims.sub,
      acr: shownAcr(claims.acr),
      amr: [...claims.amr],
      ts: claims.auth_time,
      remember: true,
    },
    sealgate,
  };
  // Side by side, so that one commit makes both durable.
  await Promise.all([
    dependencies.database.write({ statements: [keepSignIn(signIn)] }),
    interaction.persist(),
  ]);
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
  dependencies: OidcDependencies,
  provider: Provider,
  { request, response, uid, at }: InteractionCall,
): Promise<Opened> {
  const interaction = await details(provider, request, response);
  if (interaction.uid !== uid) throw new SealgateError('oidc_sign_in_over');
  return { interaction, client: await clientOf(dependencies, interaction, at) };
}

async function clientOf({ clients }: OidcDependencies, { params }: Interaction, at: number): Promise<Client> {
  const id = String(params.client_id);
  const client = await clients.find(id, at);
  if (client?.oidc === undefined) throw new SealgateError('portal_unknown', { client: id });
  return client;
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

function finish(
  provider: Provider,
  { request, response }: InteractionCall,
  result: InteractionResults,
): Promise<string> {
  return provider.interactionResult(request, response, result);
}
