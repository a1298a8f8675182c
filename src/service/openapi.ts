import { z } from 'zod';
import { type FailureCode, failures } from '../failure/catalogue.ts';
import type { Failure } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import {
  clientCallRefusals,
  openCallRefusals,
  organisationCallRefusals,
  serviceRefusals,
} from './refusals.ts';
import type { ClientRoute, OrganisationRoute, Route } from './route.ts';
import { problemAnswer } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of `routes`, its schemas made from those that check requests. */
export function openApiDocument(routes: readonly Route[], server: string): Json {
  const schemas: Record<string, unknown> = {};
  const refer = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema, id, $defs, ...body } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Json))
      schemas[name] = relocated(definition);
    if (typeof id !== 'string') return relocated(body) as Json;
    schemas[id] = relocated(body);
    return { $ref: `#/components/schemas/${id}` };
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, refer) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sealgate',
      version: '1',
      description: 'Sign-in of legal entities by qualified electronic signature.',
    },
    servers: [{ url: server }],
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
  const ok = answer.schema
    ? { content: { [answer.type ?? 'application/json']: { schema: refer(answer.schema, 'output') } } }
    : answer.type
      ? { content: { [answer.type]: {} } }
      : {};
  return {
    operationId: route.id,
    summary: route.summary,
    ...defined({ description: route.description }),
    ...parametersOf(route),
    ...(route.openedBy === 'assertion' ? ownRequest(route, refer) : {}),
    ...('accepts' in route ? request(route, refer) : {}),
    responses: { 200: { description: answer.description, ...ok }, ...refusals(route, refer) },
  };
}

function parametersOf({ path }: Route): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  if (names.length === 0) return {};
  return {
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
  };
}

function ownRequest({ schema }: OrganisationRoute<unknown>, refer: Refer): Json {
  const security = [{ organisation: [] }];
  if (schema === undefined) return { security };
  const content = { 'application/json': { schema: refer(schema, 'input') } };
  return { security, requestBody: { required: true, content } };
}

function request({ accepts, schema }: ClientRoute<unknown>, refer: Refer): Json {
  const body = refer(schema, 'input');
  const content = Object.fromEntries(accepts.map((type) => [type, { schema: body }]));
  return { security: [{ client: [] }], requestBody: { required: true, content } };
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
  const content = { 'application/problem+json': { schema: refer(problemAnswer, 'output') } };
  const entries = [...byStatus].map(([status, grouped]) => [
    status,
    {
      description: `${grouped.map((code) => `\`${code}\`: ${failures[code].en.title}.`).join('\n')}`,
      content,
    },
  ]);
  return Object.fromEntries(entries) as Json;
}

/** zod keeps shared schemas under `$defs`; OpenAPI keeps them under `components`. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== 'id' && name !== '$schema');
  return Object.fromEntries(
    members.map(([name, member]) =>
      name === '$ref' && typeof member === 'string'
        ? [name, member.replace('#/$defs/', '#/components/schemas/')]
        : [name, relocated(member)],
    ),
  );
}
