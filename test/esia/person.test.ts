import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { esiaSystemSchema } from '../../src/relying-party/esia-system.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { origin, type Portal, type TestService } from '../service/portal.ts';
import { signInWith, startWhole } from '../service/whole.ts';
import { Person } from '../sign-in/person.ts';
import { askRaw, consented, dataAt, decoded, scopes, type TestFront, takeRaw, tokenForm } from './flow.ts';
import { authorizationForm, type SystemKey, systemKey } from './system.ts';

const day = 86_400_000;
const { person: owner } = sampleSubscriber('natural-person');

let authority: Authority;
let service: TestService;
let natural: IssuedCertificate;
let employee: IssuedCertificate;
let open: Portal;
let front: TestFront;
let closed: TestFront;
beforeAll(async () => {
  authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {}, at: Date.now() - 400 * day });
  service = await startWhole({ authority, environment: { SEALGATE_ESIA_PATH: '/esia' } });
  natural = await authority.issue({ subscriber: sampleSubscriber('natural-person') });
  employee = await authority.issue({ subscriber: sampleSubscriber('legal-entity') });
  const [rsa, gost, other] = await Promise.all([
    systemKey('rsa-2048'),
    systemKey('gost2012-256'),
    systemKey('gost2012-256'),
  ]);
  const register = (id: string, key: SystemKey, allowPersons: boolean) =>
    service.portal({
      id,
      policy: policySchema.parse({ allowPersons }),
      esia: esiaSystemSchema.parse({
        mnemonic: id === 'open' ? 'SYSTEM' : 'CLOSED',
        certificates: [key.base64],
        redirects: [origin],
        scopes,
      }),
    });
  open = await register('open', gost, true);
  await register('closed', other, false);
  const base = { service, base: `${service.url}/esia`, rsa, authorization: open.authorization };
  front = { ...base, gost, other, person: new Person(service) };
  closed = { ...base, gost: other, other: gost, person: new Person(service) };
});
afterAll(async () => {
  await service.dispose();
  await authority.close();
});

/** Signs at the page with a certificate; gives what the page's script is answered. */
async function sign(at: TestFront, certificate: IssuedCertificate, more: Record<string, string>) {
  const { headers } = await at.person.get(`/esia${askRaw(at, authorizationForm(more))}`);
  const page = new URL(headers.get('location') ?? '').pathname;
  await at.person.get(page);
  const { text } = await at.person.challenge(page);
  const message = await signDetached(Buffer.from(text), certificate, Date.now());
  return at.person.sign(page, Buffer.from(message).toString('base64'));
}

it('a natural person signs in for themselves where the system lets persons in and asks for no organisation', async () => {
  const { body } = await sign(front, natural, { scope: 'openid fullname snils inn' });
  const code = (await consented(front, new URL(body.location ?? ''))).get('code') ?? '';
  const tokens = await takeRaw(front, tokenForm({ code }));
  const oid = decoded(tokens.body.access_token).claims['urn:esia:sbj_id'];
  const data = await dataAt(front, `/rs/prns/${oid}`, tokens.body.access_token);
  expect(data.body).toMatchObject({ lastName: owner.surname, inn: owner.inn, trusted: true });
  expect((await dataAt(front, `/rs/prns/${oid}/orgs`, tokens.body.access_token)).status).toBe(403);
});

it.each([
  ['the system asks for an organisation', () => sign(front, natural, { scope: 'openid usr_org' })],
  ['the system asks for data of one', () => sign(front, natural, { scope: 'openid', scope_org: 'org_inn' })],
  ['persons are not let in', () => sign(closed, natural, { client_id: 'CLOSED', scope: 'openid' })],
])('a natural person is refused with organisation_missing where %s', async (_where, act) => {
  expect(await act()).toMatchObject({ status: 403, body: { code: 'organisation_missing' } });
});

it('an organisation signs in through the same system, whatever the scopes', async () => {
  for (const scope of ['openid', 'openid usr_org']) {
    const { status } = await sign({ ...front, person: new Person(service) }, employee, { scope });
    expect(status).toBe(200);
  }
});

it('an assertion says that a person signed for no organisation', async () => {
  const { body } = await signInWith(open, natural);
  expect(body).toMatchObject({ organisation: { inn: owner.inn }, authority: { basis: 'person' } });
  expect(body.organisation).not.toHaveProperty('ogrn');
});
