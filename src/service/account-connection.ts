import { connect, connectionChallenge } from '../account/carriers.ts';
import { navigation } from '../account/view/frame.ts';
import { type Challenge, type IssuedChallenge, openChallenge } from '../challenge/challenge.ts';
import { refusal } from '../markup/refusal.ts';
import { defined } from '../optional.ts';
import { pageOrigin } from '../sign-in/challenge.ts';
import type { ChallengeData, SignedData } from '../sign-in/view/data.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import { type AccountCall, accountRoute, doneAt } from './account-call.ts';
import { textFile } from './page-handler.ts';
import { readSignature, wantsData } from './page-request.ts';
import type { Answer, PageRoute } from './route.ts';
import { pageFailure, signInPage } from './sign-in-page.ts';

/** Connecting a carrier at the account page: what is signed, and where the signature is handed in. */
export const carrierConnectionRoutes: readonly PageRoute[] = [
  accountRoute('get', '/carriers/connect', (call) => connectPage(call)),
  accountRoute('get', '/carriers/connect/:challenge/text', connectionText),
  accountRoute('post', '/carriers/connect/:challenge/challenge', freshChallenge),
  accountRoute('post', '/carriers/connect/:challenge/signature', connectSigned),
];

/** What a text for connecting a carrier is bound to: this page, and this very visit. */
function bindingOf({ service, insider }: AccountCall) {
  const browser = `account ${insider.session.id}`;
  const relyingParty = insider.client.id;
  return { relyingParty, purpose: 'carrier', origin: pageOrigin(service), browser } as const;
}

/** A text for connecting a carrier, with the challenge that its page's address has. */
function issue(call: AccountCall): IssuedChallenge {
  const { service, insider, facts, at } = call;
  return connectionChallenge(service, insider, bindingOf(call), facts.language, at);
}

/** The challenge of the address: nothing is kept of it, and none of another visit is opened. */
function opened(call: AccountCall): Challenge {
  const { service, request, at } = call;
  return openChallenge(service.challengeKeys, String(request.params.challenge), bindingOf(call), at);
}

/** The page where the text is signed, by whatever signs a sign-in: agent, plug-in or a file. */
async function connectPage(call: AccountCall, refused?: unknown): Promise<Answer> {
  const { facts, insider, service, traceId } = call;
  const { language } = facts;
  const { name, inn } = insider.claims.organisation;
  const issued = issue(call);
  const failure = refused === undefined ? undefined : pageFailure(refused, language, traceId);
  return signInPage(call, {
    facts: {
      language,
      requester: { name: insider.client.name[language], origin: pageOrigin(service) },
      organisation: { name, ...defined({ inn }) },
      text: issued.text,
      action: `${facts.base}/carriers/connect/${issued.challenge}`,
      isOther: false,
      purpose: 'carrier',
      expiresAt: issued.expiresAt,
    },
    view: { kind: 'choice', isLive: false, challenge: issued.challenge },
    challenge: issued,
    options: {
      languageAddress: `${facts.base}/carriers/connect?language=${language === 'ru' ? 'en' : 'ru'}`,
      navigation: navigation(facts, 'carriers'),
      ...(failure === undefined ? {} : { refusal: refusal(failure.failure, wordsIn(language).refusal) }),
    },
    ...(failure === undefined
      ? {}
      : { status: failure.status, code: failure.code, headers: failure.headers }),
  });
}

/** Exactly the octets that are to be signed. */
async function connectionText(call: AccountCall): Promise<Answer> {
  return textFile(opened(call).text, 'sealgate-carrier.txt');
}

/** The text that the page's script has signed: that of the address, or a new one where it would be too old by then. */
async function freshChallenge(call: AccountCall): Promise<Answer> {
  const { text, expiresAt } = opened(call);
  const isFresh = expiresAt - call.at > leastLeft;
  const challenge = String(call.request.params.challenge);
  const shown = isFresh ? { challenge, text, expiresAt } : issue(call);
  return { body: { ...shown } satisfies ChallengeData };
}

/** A text is shown again while it is good for this much longer; then there is time left to sign it. */
const leastLeft = 60_000;

/** Connects the carrier whose key has signed; the organisation names it afterwards. */
async function connectSigned(call: AccountCall): Promise<Answer> {
  const { service, insider, request } = call;
  const isScript = wantsData(request);
  try {
    const handedIn = await readSignature(call);
    const { origin, browser } = bindingOf(call);
    await connect(service, insider, { ...handedIn, origin, browser }, call);
    const done = doneAt(call, '/carriers', 'carrier-connected');
    const location = new URL(String(done.headers?.location), pageOrigin(service)).href;
    return isScript ? { body: { location } satisfies SignedData } : done;
  } catch (error) {
    if (isScript) throw error;
    return connectPage(call, error);
  }
}
