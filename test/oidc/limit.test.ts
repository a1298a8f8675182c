import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import { startTestService, type TestService } from '../service/portal.ts';

/** What an address, and a relying party, may ask at one moment: bursts are twice what is allowed a second. */
const [ofAddress, ofParty] = [10, 20];

let service: TestService;
let secret: string;
beforeEach(async () => {
  // A moment that lasts, so that nothing fills up again.
  const at = Date.now();
  service = await startTestService(
    { now: () => at },
    { SEALGATE_OPEN_REQUESTS_PER_SECOND: '5', SEALGATE_REQUESTS_PER_SECOND: '10' },
  );
  secret = await register('portal', {});
});
afterEach(() => service.dispose());

async function register(id: string, oidc: object): Promise<string> {
  const registration = registrationSchema.parse({
    id,
    name: { en: id, ru: id },
    origins: ['https://portal.example'],
    oidc: oidcRegistrationSchema.parse({ redirectUris: ['https://portal.example/back'], ...oidc }),
  });
  return (await service.service.clients.add(registration, service.service.now())).secret;
}

/** The statuses of so many requests, one after the other. */
async function ask(times: number, path: string, fields: Readonly<Record<string, string>>): Promise<number[]> {
  const statuses: number[] = [];
  for (let each = 0; each < times; each += 1) {
    const reply = await fetch(`${service.url}/oidc/${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    await reply.arrayBuffer();
    statuses.push(reply.status);
  }
  return statuses;
}

const repeated = (times: number, status: number) => Array.from({ length: times }, () => status);

describe('requests of OpenID Connect', () => {
  it('of a relying party that proves itself are counted for it, and beyond its limit for its address', async () => {
    const fields = { token: 'x', client_id: 'portal', client_secret: secret };
    const statuses = await ask(ofParty + ofAddress + 1, 'token/introspection', fields);
    expect(statuses).toEqual([...repeated(ofParty + ofAddress, 200), 429]);
  });

  it('with a wrong secret are counted for their address alone, and leave the relying party its own', async () => {
    const wrong = { token: 'x', client_id: 'portal', client_secret: 'wrong' };
    expect(await ask(ofAddress + 1, 'token/introspection', wrong)).toEqual([
      ...repeated(ofAddress, 401),
      429,
    ]);
    for (let each = 0; each < ofParty; each += 1) service.service.limit('portal', service.service.now());
    expect(() => service.service.limit('portal', service.service.now())).toThrow(
      expect.objectContaining({ code: 'rate_limited' }),
    );
  });

  it('of a public client, which proves nothing, are counted for their address', async () => {
    await register('app', { authentication: 'none' });
    const fields = { token: 'x', client_id: 'app' };
    expect(await ask(ofAddress + 1, 'token/revocation', fields)).toEqual([...repeated(ofAddress, 200), 429]);
  });
});
