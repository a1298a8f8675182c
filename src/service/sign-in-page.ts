import type { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { documentHtml } from '../markup/document.ts';
import { type Element, element } from '../markup/element.ts';
import { refusal, type ShownFailure } from '../markup/refusal.ts';
import { defined } from '../optional.ts';
import { pageOrigin } from '../sign-in/challenge.ts';
import type { SignIn } from '../sign-in/storage.ts';
import type { PageData } from '../sign-in/view/data.ts';
import { type FrameOptions, frame, masthead } from '../sign-in/view/frame.ts';
import type { PageFacts, View } from '../sign-in/view/model.ts';
import { panel } from '../sign-in/view/panel.ts';
import { wordsFor, wordsIn } from '../sign-in/words/choose.ts';
import { agentTitles, pageWordings } from '../sign-in/words/failure.ts';
import { toProblem } from './problem.ts';
import type { Answer, Call } from './route.ts';

/** What a page of a sign-in is made of. */
export interface SignInPage {
  readonly facts: PageFacts;
  readonly view: View;
  readonly options?: FrameOptions;
  readonly status?: number;
  readonly code?: SealgateError['code'];
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which a browser without a script looks again. */
  readonly again?: number;
  /** Of the challenge that is shown, for the script. */
  readonly challenge?: { readonly challenge: string; readonly expiresAt: number };
  /** Number of the state that is shown, for the script. */
  readonly version?: number;
}

const wordings = { en: pageWordings('en'), ru: pageWordings('ru') };
const titles = { en: agentTitles('en'), ru: agentTitles('ru') };

/** What the page shows of a sign-in, beside its view. */
export function factsOf(
  { request, expiresAt }: SignIn,
  portal: Readonly<Record<Language, string>>,
  {
    action,
    text,
    isOther,
    language = request.language,
  }: {
    readonly action: string;
    readonly text: string;
    readonly isOther: boolean;
    readonly language?: Language;
  },
): PageFacts {
  const { requester, organisation } = request;
  return {
    language,
    requester: { name: requester.name ?? portal[language], origin: requester.origin },
    ...defined({ organisation }),
    ...{ text, action, isOther, expiresAt },
  };
}

/** A page of a sign-in as an answer. */
export function signInPage({ service, at }: Call, page: SignInPage): Answer {
  const { pages } = service;
  const { facts, view, options = {}, challenge, again, status, code, headers, version } = page;
  const { language } = facts;
  const data: PageData | undefined = challenge && {
    facts,
    view,
    challenge,
    now: at,
    origin: pageOrigin(service),
    agentPorts: pages.agentPorts,
    wordings: wordings[language],
    titles: titles[language],
    ...defined({ version }),
  };
  const isDone = view.kind === 'done';
  const words = wordsFor(facts);
  const address = `${facts.action}?language=${language === 'ru' ? 'en' : 'ru'}`;
  return htmlAnswer(
    { pages, language, status, code, headers },
    {
      title: options.title ?? words.title(facts.requester.name),
      ...(pages.script && data ? { script: pages.script.path } : {}),
      ...(pages.script && data ? { data } : {}),
      ...(isDone ? { refresh: { seconds: 1, address: view.address } } : {}),
      ...(again === undefined ? {} : { refresh: { seconds: again, isScriptless: true } }),
      body: frame(facts, words, panel(view, facts), { languageAddress: address, ...options }),
    },
  );
}

interface Envelope {
  readonly pages: Call['service']['pages'];
  readonly language: Language;
  readonly status?: number | undefined;
  readonly code?: SealgateError['code'] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

function htmlAnswer(
  { pages, language, status, code, headers }: Envelope,
  page: Omit<Parameters<typeof documentHtml>[0], 'language' | 'style' | 'icon'>,
): Answer {
  return {
    body: documentHtml({ ...page, language, style: pages.style.path, icon: pages.icon.path }),
    type: 'text/html; charset=utf-8',
    headers: { ...pages.headers, 'content-language': language, ...headers },
    ...defined({ status, code }),
  };
}

/** A failure with its HTTP status and headers, ready for a page. */
export interface PageFailure {
  readonly failure: ShownFailure;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly code: SealgateError['code'];
}

/** What a page tells of an error. */
export function pageFailure(error: unknown, language: Language, traceId: string): PageFailure {
  const { problem, headers } = toProblem(error, language, traceId);
  const { title, detail, remedy, code, status } = problem;
  // A 401 of a page names no scheme that a browser would ask a password for.
  return { failure: { title, cause: detail, remedy, code, traceId }, status, headers, code };
}

/** A failure with no sign-in to go on with: a help page, and a way back to the portal where it is known. */
export function failurePage(
  { service, traceId }: Call,
  error: unknown,
  language: Language,
  portal?: { readonly address: string; readonly isAnew?: boolean },
): Answer {
  const { failure, status, headers, code } = pageFailure(error, language, traceId);
  const words = wordsIn(language);
  const back =
    portal &&
    element(
      'a',
      { class: 'button', href: portal.address, id: 'go-on' },
      portal.isAnew ? words.beginAgain : words.doneGo,
    );
  const body: Element[] = [
    masthead(words, language),
    element(
      'main',
      { class: 'stack loose' },
      refusal(failure, words.refusal, { level: 'h1', actions: back ? [back] : [] }),
    ),
  ];
  return htmlAnswer(
    { pages: service.pages, language, status, code, headers },
    { title: failure.title, body },
  );
}

/** A page that does nothing but go to the portal: a form's answer must not redirect to another site. */
export function leavingPage(call: Call, facts: PageFacts, address: string): Answer {
  return goingPage(call, facts.language, address);
}

/** As `leavingPage`, where the address alone is known. */
export function goingPage(call: Call, language: Language, address: string): Answer {
  const words = wordsIn(language);
  const title = words.leaving(new URL(address).host);
  const go = element('a', { class: 'button', href: address, id: 'go-on' }, words.doneGo);
  const body = [
    masthead(words, language),
    element(
      'main',
      { class: 'stack loose' },
      element('h1', {}, title),
      element('div', { class: 'actions' }, go),
    ),
  ];
  return plainPage(call, language, { title, refresh: { seconds: 0, address }, body });
}

/** A page that runs no script. */
export function plainPage(
  { service }: Call,
  language: Language,
  page: Pick<Parameters<typeof documentHtml>[0], 'title' | 'refresh' | 'body'>,
  envelope: Pick<Envelope, 'status' | 'code' | 'headers'> = {},
): Answer {
  return htmlAnswer({ pages: service.pages, language, ...envelope }, page);
}

/** A failure as data, for the page's script. */
export function failureData({ traceId }: Call, error: unknown, language: Language): Answer {
  const { problem, headers } = toProblem(error, language, traceId);
  return {
    body: problem,
    type: 'application/problem+json',
    status: problem.status,
    headers,
    code: problem.code,
  };
}
