import { isFailure, SealgateError } from '../error.ts';
import { refusal } from '../markup/refusal.ts';
import { pageBase, pageOrigin } from '../sign-in/challenge.ts';
import {
  cancelSignIn,
  confirmOther,
  declineOther,
  offeredAddress,
  offerLink,
  withdrawLink,
} from '../sign-in/hand-over.ts';
import { currentChallenge, type OpenedSignIn, openSignIn } from '../sign-in/open.ts';
import { type CompletedSignIn, signHere } from '../sign-in/sign.ts';
import { startSignIn } from '../sign-in/start.ts';
import type { ChallengeData, SignedData, StateData } from '../sign-in/view/data.ts';
import type { PageFacts } from '../sign-in/view/model.ts';
import { firstView, signerOf } from '../sign-in/view/state.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import { callerOf } from './caller.ts';
import { pageRoute, seeOther, textFile } from './page-handler.ts';
import { browserCookie, languageParameter, parameter, readSignature, wantsData } from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { factsOf, failureData, failurePage, leavingPage, pageFailure, signInPage } from './sign-in-page.ts';

/** Routes of the browser that a sign-in belongs to. */
export const firstScreenRoutes: readonly PageRoute[] = [
  pageRoute('get', '/sign-in/start', start),
  pageRoute('get', '/sign-in/:id', show),
  pageRoute('get', '/sign-in/:id/text', text),
  pageRoute('get', '/sign-in/:id/state', state),
  pageRoute('post', '/sign-in/:id/challenge', challenge),
  pageRoute('post', '/sign-in/:id/signature', signature),
  pageRoute('post', '/sign-in/:id/other', changed(offerLink)),
  pageRoute('post', '/sign-in/:id/withdraw', changed(withdrawLink)),
  pageRoute('post', '/sign-in/:id/decline', changed(declineOther)),
  pageRoute('post', '/sign-in/:id/confirm', confirm),
  pageRoute('post', '/sign-in/:id/cancel', cancel),
];

/** A portal's link. Only what is registered to the letter is ever gone back to, so that wrong links end here. */
async function start({ service, request, at }: Call): Promise<Answer> {
  const id = parameter(request, 'client_id', 64) ?? '';
  const returnUri = parameter(request, 'return_uri', 2_000) ?? '';
  const given = parameter(request, 'state', 1_024);
  const inn = parameter(request, 'inn', 12);
  const client = await service.clients.find(id, at);
  if (client === undefined) throw new SealgateError('portal_unknown', { client: id });
  if (!client.returnUris.includes(returnUri)) {
    throw new SealgateError('client_forbidden', { field: 'returnUri', value: returnUri });
  }
  if (inn !== undefined && !/^(\d{10}|\d{12})$/.test(inn)) {
    throw new SealgateError('request_malformed', { field: 'inn', problem: 'must be 10 or 12 digits' });
  }
  service.limit(`sign-in ${client.id}`, at);
  const returnTo = new URL(returnUri);
  if (given !== undefined) returnTo.searchParams.append('state', given);
  const { url } = await startSignIn(
    service,
    {
      client,
      returnTo: returnTo.href,
      language: languageParameter(request) ?? client.language,
      requester: { origin: returnTo.origin },
      ...(inn === undefined ? {} : { organisation: { inn } }),
    },
    at,
  );
  return seeOther(url);
}

async function open(call: Call, mayBind = false): Promise<OpenedSignIn> {
  const { service, request, at } = call;
  const cookie = browserCookie(pageOrigin(service)).read(request);
  return openSignIn(service, String(request.params.id), cookie, at, mayBind);
}

async function openUnfinished(call: Call, mayBind = false): Promise<OpenedSignIn> {
  const opened = await open(call, mayBind);
  if (hasEnded(opened)) throw new SealgateError('sign_in_completed');
  return opened;
}

function hasEnded({ signIn: { state } }: OpenedSignIn): boolean {
  return state === 'completed' || state === 'taken' || state === 'cancelled';
}

async function show(call: Call): Promise<Answer> {
  const opened = await open(call, true);
  if (hasEnded(opened)) {
    const { language, requester } = opened.signIn.request;
    const portal = { address: `${requester.origin}/` };
    return failurePage(
      call,
      new SealgateError('sign_in_completed'),
      languageParameter(call.request) ?? language,
      portal,
    );
  }
  return page(call, opened);
}

/** The page as the sign-in stands, with a refusal of what was just tried above it. */
async function page(call: Call, opened: OpenedSignIn, refused?: unknown): Promise<Answer> {
  const { service, request, at, traceId } = call;
  const language = languageParameter(request) ?? opened.signIn.request.language;
  const isSigned = opened.signIn.state === 'signed';
  const { signIn, challenge: shown } = isSigned
    ? { signIn: opened.signIn, challenge: opened.signIn.challenge }
    : await currentChallenge(service, opened, at, { language, isRefused: refused !== undefined });
  const facts = factsOf(signIn, opened.client.name, {
    action: actionOf(call),
    text: shown.text,
    isOther: false,
    language,
  });
  const view = firstView(signIn, offeredAddress(service, signIn), at);
  const failure = refused === undefined ? undefined : pageFailure(refused, language, traceId);
  const words = wordsIn(language);
  return signInPage(call, {
    facts,
    view,
    challenge: shown,
    version: signIn.version,
    options: {
      canCancel: !isSigned,
      withoutText: view.kind !== 'choice',
      ...(failure === undefined ? {} : { refusal: refusal(failure.failure, words.refusal) }),
    },
    ...(view.kind === 'offered' ? { again: 5 } : {}),
    ...(failure === undefined ? {} : { status: failure.status, code: failure.code }),
    headers: { ...failure?.headers, ...cookieOf(call, opened) },
  });
}

function cookieOf({ service }: Call, { newBrowser }: OpenedSignIn): Readonly<Record<string, string>> {
  if (newBrowser === undefined) return {};
  return { 'set-cookie': browserCookie(pageOrigin(service)).set(newBrowser) };
}

function actionOf({ service, request }: Call): string {
  return `${pageBase(service)}/sign-in/${String(request.params.id)}`;
}

async function text(call: Call): Promise<Answer> {
  const { challenge: shown } = await currentChallenge(call.service, await openUnfinished(call), call.at);
  return textFile(shown.text);
}

/** How it stands, for a script that looks again and again; nothing but the number where nothing changed. */
async function state(call: Call): Promise<Answer> {
  const { service, request, at } = call;
  const { signIn } = await openUnfinished(call);
  const tag = `"${signIn.version}"`;
  if (request.headers['if-none-match'] === tag) return { body: '', status: 304, headers: { etag: tag } };
  const view = firstView(signIn, offeredAddress(service, signIn), at);
  return { body: { view, version: signIn.version } satisfies StateData, headers: { etag: tag } };
}

async function challenge(call: Call): Promise<Answer> {
  const opened = await openUnfinished(call);
  const { challenge: shown } = await currentChallenge(call.service, opened, call.at);
  return { body: { ...shown } satisfies ChallengeData };
}

async function signature(call: Call): Promise<Answer> {
  const { service, request, at, traceId } = call;
  const opened = await openUnfinished(call);
  try {
    const handedIn = await readSignature(call);
    return completed(
      call,
      opened,
      await signHere(service, opened, { ...handedIn, address: callerOf(request), at, traceId }),
    );
  } catch (error) {
    if (isFailure(error, 'sign_in_completed')) throw error;
    if (!wantsData(request)) return page(call, opened, error);
    await currentChallenge(service, opened, at, { isRefused: true });
    return failureData(call, error, languageParameter(request) ?? opened.signIn.request.language);
  }
}

async function confirm(call: Call): Promise<Answer> {
  const opened = await openUnfinished(call);
  return completed(call, opened, await confirmOther(call.service, opened, call));
}

function completed(
  call: Call,
  { signIn, client }: OpenedSignIn,
  { returnTo, outcome }: CompletedSignIn,
): Answer {
  if (wantsData(call.request)) return { body: { location: returnTo } satisfies SignedData };
  const facts = bareFacts(call, signIn, client);
  const view = { kind: 'done', signer: signerOf(outcome), address: returnTo, now: call.at } as const;
  return signInPage(call, { facts, view, options: { withoutText: true } });
}

function bareFacts(call: Call, signIn: OpenedSignIn['signIn'], client: OpenedSignIn['client']): PageFacts {
  return factsOf(signIn, client.name, { action: actionOf(call), text: '', isOther: false });
}

async function cancel(call: Call): Promise<Answer> {
  const opened = await openUnfinished(call);
  const address = await cancelSignIn(call.service, opened);
  return leavingPage(call, bareFacts(call, opened.signIn, opened.client), address);
}

/** Does what a button asks for, and shows the page as the sign-in then stands. */
function changed(
  act: (service: Call['service'], opened: OpenedSignIn, call: Call) => Promise<unknown>,
): (call: Call) => Promise<Answer> {
  return async (call) => {
    await act(call.service, await openUnfinished(call), call);
    return seeOther(actionOf(call));
  };
}
