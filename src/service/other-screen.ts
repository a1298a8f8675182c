import { isFailure } from '../error.ts';
import { refusal } from '../markup/refusal.ts';
import { defined } from '../optional.ts';
import { pageBase, pageOrigin } from '../sign-in/challenge.ts';
import { takeLink } from '../sign-in/hand-over.ts';
import { currentOtherChallenge, findOther, type OpenedOther, openOther } from '../sign-in/open.ts';
import { signThere } from '../sign-in/sign.ts';
import type { ChallengeData, SignedData } from '../sign-in/view/data.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import { callerOf } from './caller.ts';
import { pageRoute, seeOther, textFile } from './page-handler.ts';
import { browserCookie, languageParameter, readSignature, wantsData } from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { factsOf, failureData, pageFailure, signInPage } from './sign-in-page.ts';

/** Routes of another screen, on which the text is signed while the sign-in opens where it was begun. */
export const otherScreenRoutes: readonly PageRoute[] = [
  pageRoute('get', '/sign-in/other/:token', show),
  pageRoute('post', '/sign-in/other/:token', take),
  pageRoute('get', '/sign-in/other/:token/text', text),
  pageRoute('post', '/sign-in/other/:token/challenge', challenge),
  pageRoute('post', '/sign-in/other/:token/signature', signature),
];

function tokenOf({ request }: Call): string {
  return String(request.params.token);
}

function actionOf(call: Call): string {
  return `${pageBase(call.service)}/sign-in/other/${tokenOf(call)}`;
}

function browserOf({ service, request }: Call): string | undefined {
  return browserCookie(pageOrigin(service)).read(request);
}

async function open(call: Call): Promise<OpenedOther> {
  return openOther(call.service, tokenOf(call), browserOf(call), call.at);
}

/** Whoever opens the link first sees who asks and the code; only taking it shows what is to be signed. */
async function show(call: Call): Promise<Answer> {
  const { service, at } = call;
  const found = await findOther(service, tokenOf(call), at);
  if (found.signIn.state !== 'offered') return page(call, await open(call));
  const { signIn, client, other } = found;
  const facts = shownFacts(call, signIn, client, '');
  return signInPage(call, {
    facts,
    view: { kind: 'invite', code: other.code },
    options: { withoutText: true },
  });
}

function shownFacts(
  call: Call,
  signIn: OpenedOther['signIn'],
  client: OpenedOther['client'],
  shown: string,
): ReturnType<typeof factsOf> {
  const language = languageParameter(call.request);
  return factsOf(signIn, client.name, {
    ...{ action: actionOf(call), text: shown, isOther: true },
    ...defined({ language }),
  });
}

async function take(call: Call): Promise<Answer> {
  const { service, at } = call;
  const { newBrowser } = await takeLink(service, tokenOf(call), browserOf(call), at);
  const cookie = browserCookie(pageOrigin(service));
  return seeOther(actionOf(call), newBrowser === undefined ? {} : { 'set-cookie': cookie.set(newBrowser) });
}

async function page(call: Call, opened: OpenedOther, refused?: unknown): Promise<Answer> {
  const { signIn, client } = opened;
  if (signIn.state !== 'opened') {
    const facts = shownFacts(call, signIn, client, '');
    return signInPage(call, { facts, view: { kind: 'handed-in' }, options: { withoutText: true } });
  }
  const shown = await currentOtherChallenge(call.service, opened, call.at, refused !== undefined);
  const facts = shownFacts(call, signIn, client, shown.text);
  const failure = refused === undefined ? undefined : pageFailure(refused, facts.language, call.traceId);
  return signInPage(call, {
    facts,
    view: { kind: 'choice', isLive: false, challenge: shown.challenge },
    challenge: shown,
    ...(failure === undefined
      ? {}
      : {
          options: { refusal: refusal(failure.failure, wordsIn(facts.language).refusal) },
          ...{ status: failure.status, code: failure.code, headers: failure.headers },
        }),
  });
}

async function text(call: Call): Promise<Answer> {
  return textFile((await currentOtherChallenge(call.service, await open(call), call.at)).text);
}

async function challenge(call: Call): Promise<Answer> {
  const shown = await currentOtherChallenge(call.service, await open(call), call.at);
  return { body: { ...shown } satisfies ChallengeData };
}

async function signature(call: Call): Promise<Answer> {
  const { service, request, at, traceId } = call;
  const opened = await open(call);
  try {
    const handedIn = await readSignature(call);
    await signThere(service, opened, { ...handedIn, address: callerOf(request), at, traceId });
    return wantsData(request) ? { body: { location: null } satisfies SignedData } : seeOther(actionOf(call));
  } catch (error) {
    if (isFailure(error, 'sign_in_completed')) throw error;
    if (!wantsData(request)) return page(call, opened, error);
    await currentOtherChallenge(service, opened, at, true);
    return failureData(call, error, languageParameter(request) ?? opened.signIn.request.language);
  }
}
