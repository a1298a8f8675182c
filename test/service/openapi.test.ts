import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verificationRefusals } from '../../src/login/refusals.ts';
import { pageRoutes } from '../../src/service/page-routes.ts';
import { createServer } from '../../src/service/server.ts';
import { type Contract, disagreements, validator } from './contract.ts';
import { undeclaredRefusals } from './declared.ts';
import { type Portal, startTestService, type TestService } from './portal.ts';

type Json = Record<string, unknown>;

let service: TestService;
let portal: Portal;
let document: Contract;
beforeAll(async () => {
  service = await startTestService();
  portal = await service.portal();
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Contract;
});
afterAll(() => service.dispose());

/** An address as OpenAPI writes it. */
const templateOf = (path: string) => path.replace(/:(\w+)/g, '{$1}');

/** The addresses that Express answers, read from its router, without those for people's browsers. */
function served(): string[] {
  const pages = new Set(pageRoutes.map(({ path }) => path));
  const { app } = createServer(service.service, { trustedProxies: [], connections: 1 });
  const { stack } = app.router as unknown as {
    stack: { route?: { path: string; methods: Record<string, boolean> } }[];
  };
  return stack
    .flatMap(({ route }) =>
      route && !pages.has(route.path)
        ? Object.keys(route.methods).map((method) => `${method} ${templateOf(route.path)}`)
        : [],
    )
    .sort();
}

function operations() {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and describes exactly the addresses that are served, but for pages, which are for people', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(served());
  });

  it('refers only to schemas that it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, target]) => target ?? '',
    );
    expect(references.length).toBeGreaterThan(10);
    for (const target of references) {
      expect(target).toMatch(/^#\/components\/schemas\//);
      expect(document.components.schemas).toHaveProperty(target.split('/').at(-1) ?? '');
    }
  });

  it('names each operation once, and asks credentials of relying parties and an assertion of organisations', () => {
    expect(new Set(operations().map(({ operationId }) => operationId)).size).toBe(operations().length);
    for (const { path, method, security, responses } of operations()) {
      const ofClient = method === 'post' ? [{ client: [] }] : [];
      expect(security).toEqual(path.startsWith('/v1/organisations/') ? [{ organisation: [] }] : ofClient);
      expect(Object.keys(responses)).toContain('500');
    }
  });

  it('requires of an object only properties that it has, one called id among them', () => {
    const { schemas } = document.components;
    for (const [name, { properties = {}, required = [] }] of Object.entries(schemas) as [string, Json][])
      expect(Object.keys(properties as Json), name).toEqual(expect.arrayContaining(required as string[]));
    expect(schemas.Session).toMatchObject({ properties: { id: { type: 'string' } } });
  });

  it('sorts each operation under a tag that it describes', () => {
    const known = document.tags.map(({ name }) => name);
    const used = operations().flatMap(({ tags }) => tags);
    expect(new Set(used)).toEqual(new Set(known));
    expect(operations().every(({ tags }) => tags.length === 1)).toBe(true);
  });

  it('has an example of each request and of failures at each operation, all of which fit their schemas', () => {
    for (const { operationId, requestBody, responses } of operations()) {
      for (const { schema, example } of Object.values(requestBody?.content ?? {}))
        expect(validator(document, schema ?? {}).safeParse(example), operationId).toMatchObject({
          success: true,
        });
      const problems = Object.values(responses).flatMap(({ content }) =>
        Object.values(content['application/problem+json']?.examples ?? {}),
      );
      expect(problems.length, operationId).toBeGreaterThan(0);
      const problem = validator(document, { $ref: '#/components/schemas/Problem' });
      for (const { value } of problems) expect(problem.safeParse(value)).toMatchObject({ success: true });
    }
  });

  it('fits what is really answered, as after each of these tests', async () => {
    const login = await portal.signIn();
    const answer = {
      ...{ method: 'POST', route: '/v1/logins', status: login.status, type: 'application/json' },
      body: JSON.stringify(login.body),
    };
    expect(disagreements(document, [answer])).toEqual([]);
    for (const change of [
      { body: JSON.stringify({ ...login.body, assertion: 1 }) },
      { body: JSON.stringify({ ...login.body, more: 1 }) },
      { status: 418 },
      { type: 'text/plain' },
    ])
      expect(disagreements(document, [{ ...answer, ...change }])).toHaveLength(1);
  });

  it('names what each stage of a route can refuse with, for a carrier as for a sign-in', () => {
    for (const path of ['/v1/logins', '/v1/organisations/{ogrn}/carriers']) {
      const told = JSON.stringify(document.paths[path]?.post?.responses);
      for (const code of verificationRefusals) expect(told, path).toContain(`\`${code}\``);
    }
    const challenges = JSON.stringify(document.paths['/v1/challenges']?.post?.responses);
    expect(challenges).not.toContain('chain_invalid');
  });

  it('is held to what services answer in these tests', () => {
    const line = { method: 'POST', route: '/v1/logins', status: 401, code: 'chain_invalid' };
    const lines = [line, { ...line, route: '/v1/challenges' }, { ...line, route: 'unknown' }].map((each) =>
      JSON.stringify(each),
    );
    expect(undeclaredRefusals(lines)).toEqual([
      'POST /v1/challenges: chain_invalid',
      'POST unknown: chain_invalid',
    ]);
  });
});
