import { findContact, setContact } from '../notice/contact.ts';
import { expectHead, organisationPath } from './organisation-call.ts';
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
    async handle({ service, subject }) {
      return { body: (await findContact(service.database, subject)) ?? {} };
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
    async handle(call) {
      expectHead(call);
      await setContact(call.service.database, call.subject, call.body, call.at);
      return { body: {} };
    },
  }),
];
