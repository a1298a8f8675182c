import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerTo, startFront, type TestFront } from './flow.ts';

/** The npm client `esia`, as its documentation has it; it brings no types. */
type CreateClient = (config: Readonly<Record<string, string>>) => {
  getAuth(): { readonly url: string; readonly params: Readonly<Record<string, string>> };
  getAccess(
    code: string,
    paths?: readonly string[],
  ): Promise<{
    readonly marker: {
      readonly response: Record<string, unknown>;
      readonly decodedAccessToken: Record<string, unknown>;
    };
    readonly data: readonly Record<string, unknown>[];
  }>;
};

const createClient = createRequire(import.meta.url)('esia') as CreateClient;

let front: TestFront;
beforeAll(async () => {
  front = await startFront('/');
});
afterAll(() => front.service.dispose());

it('the npm client esia signs a person in, with its base address changed and nothing else', async () => {
  const client = createClient({
    esiaUrl: front.base,
    clientId: 'SYSTEM',
    redirectUri: 'https://portal.example/back',
    scope: 'openid fullname snils usr_org',
    certificate: front.rsa.certificatePem,
    key: front.rsa.keyPem,
  });
  const { url, params } = client.getAuth();
  const { pathname, search } = new URL(url);
  const answer = await answerTo(front, `${pathname}${search}`);
  expect(answer.get('state')).toBe(params.state);
  const code = answer.get('code') ?? '';
  const { marker, data } = await client.getAccess(code, ['/', '/roles', '/orgs?embed=(elements)']);
  expect(marker.response).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
  expect(marker.decodedAccessToken['urn:esia:sbj_id']).toEqual(expect.any(Number));
  expect(data).toMatchObject([
    { firstName: 'Анна', lastName: 'Иванова', snils: '112-233-445 95' },
    { elements: [{ chief: true, fullName: 'ПАО «Ромашка»' }] },
    { elements: [{ ogrn: '1027700132195' }] },
  ]);
  await expect(client.getAccess(code)).rejects.toThrow('ESIA-007011');
});
