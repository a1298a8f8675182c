import type { Insider } from '../account/insider.ts';
import { accountPath } from '../account/relying-party.ts';
import { accountWords } from '../account/view/choose.ts';
import { entrance } from '../account/view/entrance.ts';
import { type AccountFacts, linkTo, type SectionPage, sectionFrame } from '../account/view/frame.ts';
import { type DoneName, doneNames, type SectionName } from '../account/view/words.ts';
import { openVisit } from '../account/visit.ts';
import { isFailure, SealgateError } from '../error.ts';
import { refusal } from '../markup/refusal.ts';
import { pageBase, pageOrigin } from '../sign-in/challenge.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import { scriptlessHeaders } from './headers.ts';
import { askedLanguage, pageRoute, seeOther } from './page-handler.ts';
import {
  type BrowserCookie,
  browserCookie,
  languageParameter,
  parameter,
  wantsData,
} from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { pageFailure, plainPage } from './sign-in-page.ts';

/** A request of somebody who is signed in to the account. */
export interface AccountCall extends Call {
  readonly insider: Insider;
  readonly facts: AccountFacts;
}

const headers = scriptlessHeaders();

/** The cookie that opens the account. */
export function accountCookie({ service }: Call): BrowserCookie {
  return browserCookie(pageOrigin(service), 'account');
}

/** What the account's pages are made with, whoever asks. */
export function factsOf(call: Call): AccountFacts {
  const { service, request, at } = call;
  return {
    language: askedLanguage(call),
    base: `${pageBase(service)}${accountPath}`,
    isLanguageChosen: languageParameter(request) !== undefined,
    now: at,
  };
}

/**
 * A route of the account for whoever is signed in there; anybody else is shown the way in, with what ended the session
 * where it has ended. What is done spends the allowance of the organisation and certificate, as by API.
 */
export function accountRoute(
  method: 'get' | 'post',
  path: string,
  handle: (call: AccountCall) => Promise<Answer>,
): PageRoute {
  return pageRoute(method, `${accountPath}${path}`, async (call) => {
    const insider = await visitor(call);
    if (insider instanceof SealgateError) {
      if (wantsData(call.request)) throw insider;
      const hasLeft = parameter(call.request, 'done', 32) === 'signed-out';
      return entrancePage(call, hasLeft ? { done: 'signed-out' } : { refused: insider });
    }
    const { subject, claims } = insider;
    call.service.organisationLimit(`${subject} ${claims['x5t#S256']}`, call.at);
    return handle({ ...call, insider, facts: factsOf(call) });
  });
}

async function visitor(call: Call): Promise<Insider | SealgateError> {
  const { service, request, at } = call;
  try {
    const insider = await openVisit(service, accountCookie(call).read(request), at);
    return insider ?? new SealgateError('session_ended');
  } catch (error) {
    if (isFailure(error, 'session_ended')) return error;
    throw error;
  }
}

/** The way in, for whoever is not signed in. Only what was asked for without being signed in is a refusal. */
export function entrancePage(
  call: Call,
  { refused, done }: { readonly refused?: SealgateError; readonly done?: DoneName | undefined } = {},
): Answer {
  const facts = factsOf(call);
  const { language } = facts;
  const words = wordsIn(language);
  const isNew = accountCookie(call).read(call.request) === undefined && call.request.method === 'GET';
  const failure = refused === undefined || isNew ? undefined : pageFailure(refused, language, call.traceId);
  const above = failure && refusal(failure.failure, words.refusal);
  const body = entrance(facts, { done, refusal: above });
  return accountPage(call, body, failure);
}

function sectionPage(call: AccountCall, page: SectionPage, refused?: unknown): Answer {
  const { facts, traceId } = call;
  const { language } = facts;
  const failure = refused === undefined ? undefined : pageFailure(refused, language, traceId);
  const above = failure && refusal(failure.failure, wordsIn(language).refusal);
  return accountPage(call, sectionFrame(facts, { ...page, refusal: above }), failure, page.title);
}

/** A section with what was done before it was opened, or with the refusal of what was tried there. */
export function section(
  call: AccountCall,
  name: SectionName,
  content: SectionPage['content'],
  { title, refused }: { readonly title?: string; readonly refused?: unknown } = {},
): Answer {
  const words = accountWords(call.facts.language);
  const asked = parameter(call.request, 'done', 32);
  const done = doneNames.find((each): each is DoneName => each === asked);
  return sectionPage(
    call,
    { section: name, title: title ?? words.sections[name], about: words.about[name], done, content },
    refused,
  );
}

function accountPage(
  call: Call,
  body: ReturnType<typeof entrance>,
  failure: ReturnType<typeof pageFailure> | undefined,
  title?: string,
): Answer {
  const language = askedLanguage(call);
  const { service } = accountWords(language);
  return plainPage(
    call,
    language,
    { title: title === undefined ? service : `${title} · ${service}`, body },
    {
      headers: { ...headers, ...failure?.headers },
      ...(failure === undefined ? {} : { status: failure.status, code: failure.code }),
    },
  );
}

/** Goes to a section that says what was done. */
export function doneAt(
  call: Call,
  path: string,
  done: DoneName,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return seeOther(linkTo(factsOf(call), `${path}?done=${done}`), headers);
}
