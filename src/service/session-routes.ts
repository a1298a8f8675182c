import { endOne, endOthers, openSessions } from '../account/sessions.ts';
import { followSignIns, listSignIns } from '../audit/sign-in.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { sessionEndRefusals } from '../session/refusals.ts';
import { organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { organisationRoute, type Route } from './route.ts';
import { shownSession } from './shown.ts';

/** Sessions of one answer. */
const mostSessions = 1_000;

/** The organisation's sessions and sign-ins. */
export const sessionRoutes: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${organisationPath}/sessions`,
    id: 'listSessions',
    summary: 'The organisation’s open sessions',
    answer: { description: 'Its sessions, the newest first.', schema: view.sessionsAnswer },
    failures: [],
    async handle({ service, insider, at }) {
      const found = await openSessions(service.database, insider.subject, at, mostSessions);
      return { body: { sessions: found.map((session) => shownSession(session, insider.session.id)) } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/sessions/:session/end`,
    id: 'endSession',
    summary: 'End a session',
    schema: view.nothing,
    answer: { description: 'It is over.' },
    failures: sessionEndRefusals,
    async handle({ service, insider, request, at, traceId }) {
      await endOne(service.database, insider, String(request.params.session), { at, traceId });
      return { body: {} };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/sessions/end-others`,
    id: 'endOtherSessions',
    summary: 'End every session but the one that asks',
    schema: view.nothing,
    answer: { description: 'They are over.', schema: view.endedAnswer },
    failures: [],
    async handle({ service, insider, at, traceId }) {
      return { body: { ended: await endOthers(service.database, insider, { at, traceId }) } };
    },
  }),
  organisationRoute({
    method: 'get',
    path: `${organisationPath}/sign-ins`,
    id: 'listSignIns',
    summary: 'Sign-ins of the organisation with outcome and place, the newest first',
    description: 'A hundred at a time; `?before=SEQUENCE` goes on where the last answer ended.',
    query: { before: view.before },
    answer: { description: 'Its sign-ins.', schema: view.signInsAnswer },
    failures: [],
    async handle({ service, insider: { subject }, request }) {
      const { before } = request.query;
      const given = view.before.optional().safeParse(before);
      if (!given.success)
        throw new SealgateError('request_malformed', { field: 'before', problem: 'must be a number' });
      const number = given.data === undefined ? undefined : Number(given.data);
      await followSignIns(service.database);
      const page = { limit: 100, ...defined({ before: number }) };
      const found = await listSignIns(service.database, subject, page);
      return { body: { signIns: found.map(({ at, ...signIn }) => ({ ...signIn, at: new Date(at) })) } };
    },
  }),
];
