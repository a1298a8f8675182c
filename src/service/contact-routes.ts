import { changeContact } from '../account/contact.ts';
import { findContact } from '../notice/contact.ts';
import { organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { organisationRoute, type Route } from './route.ts';

/** Where the organisation wants to be told of things. */
export const contactRoutes: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${organisationPath}/contact`,
    id: 'readContact',
    summary: 'Where the organisation wants to be told of things',
    answer: { description: 'Its contact; empty where it has named none.', schema: view.contactAnswer },
    failures: [],
    async handle({ service, insider }) {
      return { body: (await findContact(service.database, insider.subject)) ?? {} };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/contact`,
    id: 'setContact',
    summary: 'Set where the organisation wants to be told of things',
    schema: view.contactRequest,
    answer: { description: 'It is set.' },
    failures: [],
    async handle({ service, insider, body, at }) {
      await changeContact(service.database, insider, body, at);
      return { body: {} };
    },
  }),
];
