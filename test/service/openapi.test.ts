import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verificationRefusals } from '../../src/login/refusals.ts';
import { pageRoutes } from '../../src/service/page-routes.ts';
import { createServer } from '../../src/service/server.ts';
import { undeclaredRefusals } from './declared.ts';
import { browser, origin, type Portal, signText, startTestService, type TestService } from './portal.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema?: Json }> }
  >;
  readonly security?: readonly Json[];
}
type Json = Record<string, unknown>;
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

let service: TestService;
let portal: Portal;
let document: Document;
beforeAll(async () => {
  service = await startTestService();
  portal = await service.portal();
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
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

/** A schema of the document as zod reads it back, with its references filled in. */
function validator(schema: Json): z.ZodType {
  const filled = JSON.parse(
    JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    ),
  );
  return z.fromJSONSchema(filled);
}

function expectAgreement(
  method: string,
  path: string,
  status: number,
  type: string | null,
  body: unknown,
): void {
  const response = document.paths[path]?.[method]?.responses[status];
  expect(response, `${method} ${path} ${status}`).toBeDefined();
  const media = type?.split(';')[0] ?? '';
  const schema = response?.content?.[media]?.schema;
  expect(schema, `${method} ${path} ${status} ${media}`).toBeDefined();
  if (schema) expect(validator(schema).safeParse(body)).toMatchObject({ success: true });
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
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, method, security, responses } of operations) {
      const ofClient = method === 'post' ? [{ client: [] }] : undefined;
      expect(security).toEqual(path.startsWith('/v1/organisations/') ? [{ organisation: [] }] : ofClient);
      expect(Object.keys(responses)).toContain('500');
    }
  });

  it('fits what is really answered where all is well', async () => {
    const { challenge, text, ...rest } = await portal.challenge();
    expectAgreement('post', '/v1/challenges', 200, 'application/json', { challenge, text, ...rest });
    const signature = signText(text);
    const login = await portal.post<Json>('/v1/logins', { challenge, signature, origin, browser });
    expectAgreement('post', '/v1/logins', login.status, login.headers.get('content-type'), login.body);
    for (const token of [login.body.assertion, 'nonsense']) {
      const state = await portal.post('/v1/assertions/introspect', { token });
      expectAgreement('post', '/v1/assertions/introspect', 200, 'application/json', state.body);
    }
    for (const path of ['/healthz', '/readyz', '/.well-known/jwks.json']) {
      const response = await fetch(`${service.url}${path}`);
      expectAgreement(
        'get',
        path,
        response.status,
        response.headers.get('content-type'),
        await response.json(),
      );
    }
  });

  it('fits what is really answered where something is wrong', async () => {
    const replies = [
      await portal.post('/v1/challenges', {}),
      await portal.post('/v1/challenges', { origin: 'https://other.example', browser }),
      await portal.post('/v1/challenges', { origin, browser }, { authorization: 'Basic eDp5' }),
    ];
    for (const { status, headers, body } of replies) {
      expectAgreement('post', '/v1/challenges', status, headers.get('content-type'), body);
    }
    const logins = [
      await portal.signIn({ challenge: 'x' }),
      await portal.signIn({ signature: 'AAAA' }),
      await portal.signIn({ signature: 'A'.repeat(400_000) }),
      await portal.signIn({ browser: 'another browser' }),
    ];
    for (const { status, headers, body } of logins) {
      expectAgreement('post', '/v1/logins', status, headers.get('content-type'), body);
    }
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

  it('finds fault with an answer that does not fit', () => {
    const schema =
      document.paths['/v1/logins']?.post?.responses[200]?.content?.['application/json']?.schema ?? {};
    expect(validator(schema).safeParse({ assertion: 1 }).success).toBe(false);
  });
});
