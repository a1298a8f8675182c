import { type ErrorOut, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isFailure, SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import type { OidcDependencies, PageAssets } from './dependencies.ts';
import { uiLanguage } from './language.ts';
import { portalOfInteraction } from './portal.ts';
import { failurePage, loggedOutPage, logoutPage } from './view.ts';

/** Asks whether the session is to end; `form` is the library's own, of which only its secret is used. */
export function showLogout(pages: PageAssets, context: KoaContextWithOIDC, form: string): void {
  const xsrf = /name="xsrf" value="([0-9a-f]+)"/.exec(form)?.[1] ?? '';
  const action = context.oidc.urlFor('end_session_confirm');
  show(context, logoutPage(pages, languageOf(context), { action, xsrf }));
}

/** Says that the session has ended. */
export function showLoggedOut(pages: PageAssets, context: KoaContextWithOIDC): void {
  show(context, loggedOutPage(pages, languageOf(context)));
}

/** Says what the library gave up with, where it cannot be told to a portal. */
export async function showError(
  dependencies: OidcDependencies,
  context: KoaContextWithOIDC,
  out: ErrorOut,
  error: unknown,
): Promise<void> {
  const traceId = context.response.get('x-trace-id') || undefined;
  // The library knows the status of its own errors alone.
  if (isRefusal(error)) context.status = error.failure.status ?? 500;
  const portal = await portalOf(dependencies, context);
  show(
    context,
    failurePage(dependencies.pages, languageOf(context), shownError(out, error), { traceId, portal }),
  );
}

/** Where the person begins again: the portal whose request it is, or was. */
async function portalOf(
  dependencies: OidcDependencies,
  { oidc, params }: KoaContextWithOIDC,
): Promise<string | undefined> {
  const [registered] = oidc.client?.redirectUris ?? [];
  if (registered !== undefined) return `${new URL(registered).origin}/`;
  const { uid } = (params ?? {}) as { readonly uid?: unknown };
  return typeof uid === 'string' ? portalOfInteraction(dependencies, uid) : undefined;
}

/** Whether the service has refused something, in words of its own, rather than failed. */
export function isRefusal(error: unknown): error is SealgateError {
  return isFailure(error) && (error.failure.status ?? 500) < 500;
}

/** What the library gives up with, as a failure that people are told of. */
function shownError(out: ErrorOut, error: unknown): SealgateError {
  if (error instanceof errors.SessionNotFound) return new SealgateError('oidc_sign_in_over');
  if (isFailure(error) && error.failure.status !== undefined) return error;
  if (!(error instanceof errors.OIDCProviderError)) return new SealgateError('internal_error');
  const problem = String(out.error_description ?? out.error);
  return new SealgateError('oidc_request_invalid', { error: out.error, problem });
}

function languageOf({ oidc, request }: KoaContextWithOIDC): Language {
  const asked = uiLanguage(oidc.params?.ui_locales);
  return asked ?? (request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en');
}

function show(context: KoaContextWithOIDC, html: string): void {
  context.type = 'html';
  context.body = html;
}

/**
 * A browser does not let a form's answer lead to where its page does not allow forms to go, however often it is sent
 * on. Pages of a request may lead to the address that it names, once that was found to be registered.
 */
export function allowForms(context: KoaContextWithOIDC): void {
  const { oidc, response } = context;
  const policy = response.get('content-security-policy');
  if (policy === '' || !response.is('html')) return;
  const { params = {}, client } = oidc;
  const targets = [
    ...(client?.redirectUris ?? []).filter((uri) => uri === params.redirect_uri),
    ...(client?.postLogoutRedirectUris ?? []).filter((uri) => uri === params.post_logout_redirect_uri),
  ].map((uri) => new URL(uri).origin);
  if (targets.length === 0) return;
  response.set(
    'content-security-policy',
    policy.replace("form-action 'self'", `form-action 'self' ${targets.join(' ')}`),
  );
}
