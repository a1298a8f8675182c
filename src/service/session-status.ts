import { z } from 'zod';
import { clientsOf } from '../session/reach.ts';
import { endOf, findSession, isSessionOpen } from '../session/session.ts';
import { useSession } from '../session/use.ts';
import { clientRoute, type Route } from './route.ts';

const request = z
  .strictObject({
    session: z.guid().toLowerCase(),
    isUse: z.boolean().default(true).meta({
      description: 'Whether the person is doing something just now: then it moves the end by idleness on.',
    }),
  })
  .meta({ id: 'SessionStatusRequest' });

const moment = z.iso.datetime();

const answer = z
  .strictObject({
    active: z.boolean(),
    expiresAt: moment.optional().meta({ description: 'When an open one ends by itself, as things stand.' }),
    endedAt: moment.optional(),
    reason: z.string().optional().meta({ description: 'Why it ended.', example: 'idle-end' }),
  })
  .meta({ id: 'SessionStatus' });

/** What a relying party asks about the sessions that it has. */
export const sessionStatusRoutes: readonly Route[] = [
  clientRoute({
    method: 'post',
    path: '/v1/sessions/status',
    id: 'sessionStatus',
    summary: 'Ask whether a session is still open, and note that it is used',
    description:
      'For sessions that the relying party has, as long as they last: an assertion can be asked about for five minutes alone. Of any other session nothing is said but that it is not active.',
    accepts: ['application/json'],
    schema: request,
    answer: { description: 'Whether it is open; of one that has ended, why.', schema: answer },
    failures: [],
    async handle({ service: { database }, client, body, at }) {
      const session = await findSession(database, body.session);
      const isOwn = session !== undefined && (await clientsOf(database, session)).includes(client.id);
      if (!isOwn) return { body: { active: false } };
      if (!isSessionOpen(session, at)) return { body: { active: false, ...endOf(session) } };
      if (body.isUse) await useSession(database, session, at);
      const { expiresAt } = (await findSession(database, session.id)) ?? session;
      return { body: { active: true, expiresAt: new Date(expiresAt) } };
    },
  }),
];
