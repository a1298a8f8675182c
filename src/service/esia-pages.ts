import { SealgateError } from '../error.ts';
import { authorizationPath } from '../esia/authorize.ts';
import { allow, consentQuestion, deny, type ReturningBrowser, takeReturn } from '../esia/consent.ts';
import { logOut } from '../esia/logout.ts';
import { readParameters } from '../esia/parameter.ts';
import { lastRequests } from '../esia/storage/request.ts';
import { consentView } from '../esia/view/consent.ts';
import { developerView } from '../esia/view/developer.ts';
import { esiaWords } from '../esia/view/words.ts';
import type { Language } from '../failure/failure.ts';
import { type Element, element } from '../markup/element.ts';
import { pageBase, pageOrigin } from '../sign-in/challenge.ts';
import { masthead } from '../sign-in/view/frame.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import { basicCredentials } from './credentials.ts';
import { type EsiaCall, esiaPage } from './esia-call.ts';
import { askedLanguage, seeOther } from './page-handler.ts';
import { browserCookie, parameter, readForm, wantsData } from './page-request.ts';
import type { Answer, PageRoute } from './route.ts';
import { goingPage, plainPage } from './sign-in-page.ts';

/** Pages of the front that speaks ЕСИА's dialect: the way back from the sign-in, the consent, the end, and for developers. */
export function esiaPageRoutes(base: string): readonly PageRoute[] {
  return [
    esiaPage('get', `${base}${authorizationPath}/:id`, returned),
    esiaPage('post', `${base}${authorizationPath}/:id`, decided),
    esiaPage('get', `${base}/idp/ext/Logout`, loggedOut),
    esiaPage('get', `${base}/developer`, developer),
  ];
}

/** The browser by its cookies: that of sign-ins, and that of the sign-in which its portals share. */
function browserOf({ service, request }: EsiaCall): ReturningBrowser {
  const origin = pageOrigin(service);
  return {
    token: browserCookie(origin).read(request),
    session: browserCookie(origin, 'session').read(request),
  };
}

/** From the sign-in page with a code, with a refusal, or again: then the consent is asked. */
async function returned(call: EsiaCall): Promise<Answer> {
  const { service, request } = call;
  const id = String(request.params.id);
  const code = parameter(request, 'code', 64);
  if (code === undefined && parameter(request, 'error', 64) === undefined) return consent(call, id);
  const { address, session } = await takeReturn(service, id, { code, browser: browserOf(call) }, call);
  const cookie = browserCookie(pageOrigin(service), 'session');
  return seeOther(
    address ?? `${pageBase(service)}${request.path}`,
    session === undefined ? {} : { 'set-cookie': cookie.set(session) },
  );
}

async function consent(call: EsiaCall, id: string): Promise<Answer> {
  const { service, request, at } = call;
  const question = await consentQuestion(service, id, browserOf(call).token, at);
  const { language } = question.authorization.request;
  const title = esiaWords[language].consentTitle(question.client.name[language]);
  return page(call, language, title, consentView(question, language, `${pageBase(service)}${request.path}`));
}

async function decided(call: EsiaCall): Promise<Answer> {
  const { service, request, at } = call;
  const decision = (await readForm(call)).get('decision');
  if (decision !== 'allow' && decision !== 'deny')
    throw new SealgateError('request_malformed', { field: 'decision', problem: 'must be allow or deny' });
  const question = await consentQuestion(service, String(request.params.id), browserOf(call).token, at);
  const address =
    decision === 'allow' ? await allow(service, question, call) : await deny(service, question, call);
  return goingPage(call, question.authorization.request.language, address);
}

async function loggedOut(call: EsiaCall): Promise<Answer> {
  const { service, request } = call;
  const parameters = readParameters(new URL(request.originalUrl, 'http://localhost').searchParams);
  const address = await logOut(service, parameters, browserOf(call), call);
  if (address !== undefined) return seeOther(address);
  const language = askedLanguage(call);
  const { loggedOut: title } = esiaWords[language];
  return page(call, language, title, [element('h1', {}, title)]);
}

/** For whoever knows the relying party's secret; of other systems nothing is ever shown. */
async function developer(call: EsiaCall): Promise<Answer> {
  const { service, request, at } = call;
  const { id, secret } = basicCredentials(request.headers.authorization);
  const { esia, id: client } = await service.clients.authenticate(id, secret, at);
  if (esia === undefined) throw new SealgateError('resource_unknown', { path: request.path });
  const requests = await lastRequests(service.database, client);
  if (wantsData(request)) return { body: { mnemonic: esia.mnemonic, requests } };
  const language = askedLanguage(call);
  const title = esiaWords[language].developerTitle(esia.mnemonic);
  return page(call, language, title, developerView(esia.mnemonic, requests, language));
}

function page(call: EsiaCall, language: Language, title: string, content: readonly Element[]): Answer {
  const body = [masthead(wordsIn(language), language), element('main', { class: 'stack loose' }, ...content)];
  return plainPage(call, language, { title, body });
}
