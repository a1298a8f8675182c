import { z } from 'zod';
import { confirm, disconnect, rename } from '../account/carriers.ts';
import { consentsFor, withdrawConsent } from '../account/consents.ts';
import { changeContact } from '../account/contact.ts';
import { accountPath } from '../account/relying-party.ts';
import { endOne, endOthers, openSessions } from '../account/sessions.ts';
import { linkTo } from '../account/view/frame.ts';
import { consents, notices } from '../account/view/given.ts';
import { carriers, overview, type ShownNames, sessions, signIns } from '../account/view/sections.ts';
import { beginVisit, enterVisit, leaveVisit } from '../account/visit.ts';
import { followSignIns, listSignIns } from '../audit/sign-in.ts';
import { listCarriers } from '../carrier/carrier.ts';
import { SealgateError } from '../error.ts';
import { findContact } from '../notice/contact.ts';
import { defined } from '../optional.ts';
import { shownText } from '../relying-party/registration.ts';
import { type AccountCall, accountCookie, accountRoute, doneAt, factsOf, section } from './account-call.ts';
import { carrierConnectionRoutes } from './account-connection.ts';
import { accountPowerRoutes } from './account-powers.ts';
import { conform } from './body.ts';
import { contactRequest } from './organisation-schema.ts';
import { pageRoute, seeOther } from './page-handler.ts';
import { parameter, readForm } from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';

/** Sessions of one page. */
const mostSessions = 200;

/** Sign-ins of one page. */
const mostSignIns = 50;

/** The account page: what an organisation sees of itself, and may change, without a line of a portal's code. */
export const accountPageRoutes: readonly PageRoute[] = [
  pageRoute('post', `${accountPath}/sign-in`, begin),
  pageRoute('get', `${accountPath}/signed`, enter),
  pageRoute('post', `${accountPath}/sign-out`, leave),
  accountRoute('get', '', async (call) =>
    section(call, 'overview', overview(call.facts, call.insider), {
      title: call.insider.claims.organisation.name,
    }),
  ),
  accountRoute('get', '/sessions', showSessions),
  accountRoute('post', '/sessions/end', endSession),
  accountRoute('post', '/sessions/end-others', async (call) => {
    await endOthers(call.service.database, call.insider, call);
    return doneAt(call, '/sessions', 'sessions-ended');
  }),
  accountRoute('get', '/sign-ins', showSignIns),
  accountRoute('get', '/carriers', async (call) =>
    section(
      call,
      'carriers',
      carriers(call.facts, call.insider, await listCarriers(call.service.database, call.insider.subject)),
    ),
  ),
  ...carrierConnectionRoutes,
  accountRoute('post', '/carriers/confirm', async (call) => {
    const { certificate } = conform(ofCertificate, await fieldsOf(call));
    await confirm(call.service, call.insider, certificate, call);
    return doneAt(call, '/carriers', 'carrier-confirmed');
  }),
  accountRoute('post', '/carriers/name', async (call) => {
    const { certificate, name } = conform(namedCarrier, await fieldsOf(call));
    await rename(call.service, call.insider, certificate, name, call);
    return doneAt(call, '/carriers', 'carrier-named');
  }),
  accountRoute('post', '/carriers/disconnect', async (call) => {
    const { certificate } = conform(ofCertificate, await fieldsOf(call));
    await disconnect(call.service, call.insider, certificate, call);
    return doneAt(call, '/carriers', 'carrier-disconnected');
  }),
  accountRoute('get', '/consents', async (call) => {
    const found = await consentsFor(call.service.database, call.insider);
    const names = await namesFor(
      call,
      found.map(({ client }) => client),
    );
    return section(call, 'consents', consents(call.facts, call.insider, found, names));
  }),
  accountRoute('post', '/consents/withdraw', async (call) => {
    const consent = conform(ofConsent, await fieldsOf(call));
    await withdrawConsent(call.service.database, call.insider, consent, call);
    return doneAt(call, '/consents', 'consent-withdrawn');
  }),
  ...accountPowerRoutes,
  accountRoute('get', '/notices', async (call) => {
    const contact = await findContact(call.service.database, call.insider.subject);
    return section(call, 'notices', notices(call.facts, call.insider, contact));
  }),
  accountRoute('post', '/notices', async (call) => {
    const { email, 'mail-language': language } = await fieldsOf(call);
    const contact = conform(contactRequest, { email, language });
    await changeContact(call.service.database, call.insider, contact, call.at);
    return doneAt(call, '/notices', 'contact-set');
  }),
];

const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be SHA-256 in base64url');
const ofCertificate = z.strictObject({ certificate: thumbprint });
const namedCarrier = z.strictObject({ certificate: thumbprint, name: shownText(100) });
const ofConsent = z.strictObject({ certificate: thumbprint, client: z.string().min(1).max(64) });
const wish = z.strictObject({
  inn: z
    .string()
    .trim()
    .regex(/^(\d{10}|\d{12})?$/, 'must be 10 or 12 digits')
    .default(''),
});
const ofSession = z.strictObject({ session: z.guid() });

/** The texts of a form, by name. */
async function fieldsOf(call: Call): Promise<Record<string, unknown>> {
  return Object.fromEntries(await readForm(call));
}

async function begin(call: Call): Promise<Answer> {
  const { service, request, at } = call;
  const { language, isLanguageChosen: isChosen } = factsOf(call);
  const cookie = accountCookie(call);
  const { inn } = conform(wish, await fieldsOf(call));
  const begun = await beginVisit(
    service,
    cookie.read(request),
    { language, isChosen, ...(inn === '' ? {} : { inn }) },
    at,
  );
  return seeOther(begun.address, { 'set-cookie': cookie.set(begun.cookie) });
}

async function enter(call: Call): Promise<Answer> {
  const { service, request } = call;
  const code = parameter(request, 'code', 64);
  if (code === undefined) return seeOther(linkTo(factsOf(call)));
  const cookie = accountCookie(call);
  const token = await enterVisit(service, { cookie: cookie.read(request), code }, call);
  return seeOther(linkTo(factsOf(call)), { 'set-cookie': cookie.set(token) });
}

async function leave(call: Call): Promise<Answer> {
  const cookie = accountCookie(call);
  await leaveVisit(call.service, cookie.read(call.request), call);
  return doneAt(call, '', 'signed-out', { 'set-cookie': cookie.drop });
}

async function showSessions(call: AccountCall): Promise<Answer> {
  const { service, insider, facts, at } = call;
  const found = await openSessions(service.database, insider.subject, at, mostSessions);
  const names = await namesFor(
    call,
    found.flatMap(({ clients }) => clients),
  );
  return section(call, 'sessions', sessions(facts, insider, found, names));
}

async function endSession(call: AccountCall): Promise<Answer> {
  const { service, insider } = call;
  const { session } = conform(ofSession, await fieldsOf(call));
  await endOne(service.database, insider, session, call);
  if (session !== insider.session.id) return doneAt(call, '/sessions', 'session-ended');
  return doneAt(call, '', 'signed-out', { 'set-cookie': accountCookie(call).drop });
}

async function showSignIns(call: AccountCall): Promise<Answer> {
  const { service, insider, facts, request } = call;
  const { database } = service;
  const asked = parameter(request, 'before', 15);
  if (asked !== undefined && !/^\d+$/.test(asked))
    throw new SealgateError('request_malformed', { field: 'before', problem: 'must be a number' });
  await followSignIns(database);
  const before = asked === undefined ? undefined : Number(asked);
  const found = await listSignIns(database, insider.subject, { limit: mostSignIns, ...defined({ before }) });
  const names = await namesFor(
    call,
    found.map(({ client }) => client),
  );
  const next = found.length === mostSignIns ? found.at(-1)?.sequence : undefined;
  return section(call, 'sign-ins', signIns(facts, found, names, next));
}

/** Names of relying parties and carriers; one that was turned away is shown by its identifier. */
async function namesFor(
  { service, insider, facts, at }: AccountCall,
  clients: readonly string[],
): Promise<ShownNames> {
  const known = await Promise.all(
    [...new Set(clients)].map(async (id) => [id, (await service.clients.find(id, at))?.name] as const),
  );
  const carriers = await listCarriers(service.database, insider.subject);
  return {
    clients: new Map(
      known.flatMap(([id, name]) => (name === undefined ? [] : [[id, name[facts.language]] as const])),
    ),
    carriers: new Map(carriers.map((carrier) => [carrier.certificate, carrier])),
  };
}
