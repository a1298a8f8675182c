import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Attribute, attributeTypes } from '../certificate/writer/name.ts';
import { toolClasses } from './profile.ts';
import type { Subscriber, SubscriberKind } from './subscriber.ts';

const folder = new URL('../../certs/test/', import.meta.url);

/** Attributes by short name; their order is that of the certificate. */
const subject = z
  .record(z.string(), z.string().min(1))
  .transform((record): Attribute[] => Object.entries(record).map(([type, value]) => ({ type, value })))
  .refine((attributes) => attributes.every(({ type }) => Object.hasOwn(attributeTypes, type)), {
    message: `attributes are ${Object.keys(attributeTypes).join(', ')}`,
  });

const toolClass = z.enum(toolClasses);

const authority = z.strictObject({
  subject,
  years: z.number().positive(),
  toolClass,
  signTool: z.string(),
  pathLength: z.union([z.number().int().nonnegative(), z.literal(false)]),
});

const schema = z.strictObject({
  root: authority,
  accredited: authority,
  issuerSignTool: z.strictObject({
    signTool: z.string(),
    authorityTool: z.string(),
    signToolCertificate: z.string(),
    authorityToolCertificate: z.string(),
  }),
  subscriber: z.strictObject({
    months: z.number().positive(),
    toolClass,
    signTool: z.string(),
    identificationKind: z.number().int().min(0).max(3),
  }),
  responder: subject,
  timeStamp: z.strictObject({ subject, policy: z.string() }),
  /** How long lists and answers last. */
  crlHours: z.number().positive(),
  ocspHours: z.number().positive(),
});

/** Names, terms and tools of an authority. */
export type AuthorityConfiguration = z.output<typeof schema>;

/** Names, terms and tools of one certificate authority. */
export type IssuerConfiguration = AuthorityConfiguration['root'];

/** Reads a configuration from JSON text; the default is the test authority's, certs/test/authority.json. */
export function readConfiguration(text?: string): AuthorityConfiguration {
  return schema.parse(JSON.parse(text ?? readFileSync(new URL('authority.json', folder), 'utf8')));
}

const person = z.strictObject({
  surname: z.string(),
  givenName: z.string(),
  title: z.string().exactOptional(),
  snils: z.string(),
  inn: z.string(),
  email: z.string().exactOptional(),
});

const organisation = z.strictObject({
  name: z.string(),
  inn: z.string(),
  ogrn: z.string(),
  state: z.string().exactOptional(),
  locality: z.string().exactOptional(),
  street: z.string().exactOptional(),
});

const subscriber = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('legal-entity'), organisation, person }),
  z.strictObject({ kind: z.literal('employee'), organisation, person }),
  z.strictObject({ kind: z.literal('seal'), organisation }),
  z.strictObject({
    kind: z.literal('entrepreneur'),
    person,
    ogrnip: z.string(),
    state: z.string().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('natural-person'), person }),
]);

/** Invented organisations and people for tests and the demo, one of each kind; their numbers have right check digits. */
export function sampleSubscriber<K extends SubscriberKind>(kind: K): Extract<Subscriber, { kind: K }> {
  const all: unknown = JSON.parse(readFileSync(new URL('organisations.json', folder), 'utf8'));
  const samples = z.record(z.string(), subscriber).parse(all);
  const found = samples[kind];
  if (found?.kind !== kind) throw new Error(`no sample of kind ${kind}`);
  return found as Extract<Subscriber, { kind: K }>;
}
