import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type FailureCode, failures } from '../failure/catalogue.ts';
import type { Failure } from '../failure/failure.ts';
import { failureExamples, formExample, requestExample } from './openapi-examples.ts';
import { nothing } from './organisation-schema.ts';
import {
  clientCallRefusals,
  openCallRefusals,
  organisationCallRefusals,
  serviceRefusals,
} from './refusals.ts';
import type { ClientRoute, OpenRoute, OrganisationRoute, Route } from './route.ts';
import { problemAnswer } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the operations are sorted by, for whoever reads the document; the first that an address begins with. */
const tags = [
  { name: 'organisation', at: '/v1/organisations/', description: 'An organisation’s own view of itself.' },
  { name: 'validation', at: '/v1/certificates/', description: 'Verdicts on certificates and documents.' },
  { name: 'validation', at: '/v1/signatures/' },
  { name: 'validation', at: '/v1/timestamps/' },
  { name: 'assertion', at: '/v1/assertions/', description: 'Whether an assertion is in force, and its end.' },
  { name: 'sign-in', at: '/v1/', description: 'Challenge, signature, assertion; or the service’s own page.' },
  { name: 'operation', at: '/', description: 'Keys, health, measurements, and this document.' },
] as const;

/**
 * The OpenAPI 3.1 document of `routes`, its schemas made from those that check requests, route by route, since that
 * takes long. Throws where two schemas that differ have one name.
 */
export function* openApiDocument(routes: readonly Route[], server: string): Generator<undefined, Json> {
  const schemas: Record<string, unknown> = {};
  const define = (name: string, schema: unknown) => {
    const known = schemas[name];
    if (known !== undefined && !isDeepStrictEqual(known, schema)) throw new TypeError(`two schemas: ${name}`);
    schemas[name] = schema;
  };
  const refer = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema, id, $defs, ...body } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Json))
      define(name, relocated(definition));
    if (typeof id !== 'string') return relocated(body) as Json;
    define(id, relocated(body));
    return { $ref: `#/components/schemas/${id}` };
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, refer) };
    yield;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sealgate',
      version: '1',
      description: 'Sign-in of legal entities by qualified electronic signature.',
      contact: { name: 'Whoever runs this service', url: server },
      license: { name: 'All rights reserved', identifier: 'LicenseRef-all-rights-reserved' },
    },
    servers: [{ url: server }],
    tags: tags.flatMap((tag) =>
      'description' in tag ? [{ name: tag.name, description: tag.description }] : [],
    ),
    paths,
    components: {
      schemas,
      securitySchemes: {
        client: { type: 'http', scheme: 'basic', description: 'Identifier and secret of the relying party.' },
        organisation: { type: 'http', scheme: 'bearer', description: 'An assertion of the organisation.' },
      },
    },
  };
}

type Refer = (schema: z.ZodType, io: 'input' | 'output') => Json;

function operation(route: Route, refer: Refer): Json {
  const { answer } = route;
  return {
    operationId: route.id,
    tags: [tags.find(({ at }) => route.path.startsWith(at))?.name],
    summary: route.summary,
    description: route.description ?? answer.description,
    ...parametersOf(route, refer),
    ...credentialsOf(route),
    ...bodyOf(route, refer),
    responses: {
      200: { description: answer.description, content: answerContent(route, refer) },
      ...refusals(route, refer),
    },
  };
}

/** An answer without a schema is an empty object, or whatever its type says. */
function answerContent(route: Route, refer: Refer): Json {
  const { schema, type, others = [] } = route.answer;
  const ofUpload = 'upload' in route ? (route.upload?.answers ?? []) : [];
  const further = Object.fromEntries([...others, ...ofUpload].map((each) => [each, {}]));
  if (schema !== undefined)
    return { [type ?? 'application/json']: { schema: refer(schema, 'output') }, ...further };
  return type === undefined ? { 'application/json': { schema: refer(nothing, 'output') } } : { [type]: {} };
}

function parametersOf({ path, query = {} }: Route, refer: Refer): Json {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({
    ...{ name, in: 'query', required: false },
    schema: refer(schema, 'input'),
  }));
  const parameters = [...inPath, ...inQuery];
  return parameters.length === 0 ? {} : { parameters };
}

/** Which credentials open a route; a public one says that it asks for none. */
function credentialsOf(route: Route): Json {
  if (route.openedBy === 'assertion') return { security: [{ organisation: [] }] };
  return { security: 'accepts' in route ? [{ client: [] }] : [] };
}

function bodyOf(route: ClientRoute<unknown> | OrganisationRoute<unknown> | OpenRoute, refer: Refer): Json {
  if (!('schema' in route) || route.schema === undefined) return {};
  const media = { schema: refer(route.schema, 'input'), ...requestExample(route.id) };
  const types = 'accepts' in route ? route.accepts : ['application/json'];
  const upload = 'upload' in route ? route.upload : undefined;
  const form = upload && { schema: refer(upload.schema, 'input'), ...formExample(route.id) };
  const content = {
    ...Object.fromEntries(types.map((type) => [type, media])),
    ...(form === undefined ? {} : { 'multipart/form-data': form }),
  };
  return { requestBody: { required: true, content } };
}

/** Every failure that a request to `route` can be answered with. */
export function refusalsAt(route: Route): readonly FailureCode[] {
  const call =
    route.openedBy === 'assertion'
      ? organisationCallRefusals
      : 'accepts' in route
        ? clientCallRefusals
        : openCallRefusals;
  return [...new Set([...route.failures, ...call, ...serviceRefusals])];
}

function refusals(route: Route, refer: Refer): Json {
  const byStatus = Map.groupBy(refusalsAt(route), (code) => (failures[code] as Failure).status ?? 500);
  const schema = refer(problemAnswer, 'output');
  const entries = [...byStatus].map(([status, grouped]) => [
    status,
    {
      description: `${grouped.map((code) => `\`${code}\`: ${failures[code].en.title}.`).join('\n')}`,
      content: { 'application/problem+json': { schema, ...failureExamples(grouped) } },
    },
  ]);
  return Object.fromEntries(entries) as Json;
}

/**
 * zod keeps shared schemas under `$defs`, OpenAPI under `components`; and zod leaves each schema's own name in it as
 * `id`, which is no keyword of JSON Schema. A property may well have that name.
 */
function relocated(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relocated);
  if (typeof schema !== 'object' || schema === null) return schema;
  const keywords = Object.entries(schema).filter(([name]) => name !== 'id' && name !== '$schema');
  return Object.fromEntries(
    keywords.map(([name, value]) => {
      if (name === '$ref' && typeof value === 'string')
        return [name, value.replace('#/$defs/', '#/components/schemas/')];
      if (name === 'properties') return [name, eachOf(value as Json, relocated)];
      if (name === 'example') return ['examples', [value]];
      return [name, relocated(value)];
    }),
  );
}

function eachOf(members: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}
