import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import {
  type Answer,
  employee,
  organisation,
  otherOrganisation,
  type Setting,
  signInPower,
  startSetting,
} from '../authorisation/setting.ts';
import { browser, origin, type Portal } from './portal.ts';

let setting: Setting;
let portal: Portal;
let head: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal', { acceptedPowers: [signInPower] });
  head = await setting.issue(sampleSubscriber('legal-entity'));
});
afterAll(() => setting.dispose());

/** Signs a text that names `asked`. */
async function signIn(signer: IssuedCertificate, asked: { inn?: string; name?: string }, power?: object) {
  const { challenge, content } = await portal.challenge({ organisation: asked });
  const message = await signDetached(Buffer.from(content, 'base64'), signer, setting.now());
  const signature = Buffer.from(message).toString('base64');
  return portal.post<Answer>('/v1/logins', { challenge, signature, origin, browser, ...power });
}

async function newestRecord(): Promise<Record<string, unknown>> {
  let newest = '{}';
  for await (const { record } of readAudit(setting.database)) newest = record;
  return JSON.parse(newest) as Record<string, unknown>;
}

describe('a text that names an organisation', () => {
  it('is refused with the certificate of another: organisation_mismatch with both values', async () => {
    const { status, body } = await signIn(head, { inn: otherOrganisation.inn, name: 'ООО «Другая»' });
    expect([status, body.code]).toEqual([403, 'organisation_mismatch']);
    expect(body.detail).toContain(
      `INN in the certificate «${organisation.inn}», in the signed text «${otherOrganisation.inn}»`,
    );
    expect(await newestRecord()).toMatchObject({
      code: 'organisation_mismatch',
      subject: `ogrn:${organisation.ogrn}`,
    });
  });

  it.each([
    ['with its INN', organisation.inn],
    ['with its INN filled up with zeros to twelve digits', `00${organisation.inn}`],
  ])('lets its own certificate in %s', async (_, inn) => {
    expect((await signIn(head, { inn })).body.organisation).toMatchObject({ inn: organisation.inn });
  });

  it('is not taken for that of an entrepreneur whose INN begins likewise', async () => {
    const entrepreneur = sampleSubscriber('entrepreneur');
    const signer = await setting.issue(entrepreneur);
    const inn = entrepreneur.person?.inn ?? '';
    expect((await signIn(signer, { inn })).status).toBe(200);
    expect((await signIn(signer, { inn: inn.slice(0, 10) })).body.code).toBe('organisation_mismatch');
  });

  it('by another name is told as a warning, by a name that differs in its form alone is not', async () => {
    const warned = await signIn(head, { name: 'ООО «Другая»' });
    expect(warned.status).toBe(200);
    const checks = warned.body.verdict.sections.flatMap((section) => section.checks);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'organisation.signed-text', outcome: 'warning' }),
    );
    expect((await newestRecord()).warnings).toContain('organisation.signed-text');
    const { body } = await signIn(head, { name: organisation.name.toUpperCase() });
    expect(JSON.stringify(body.verdict)).not.toContain('organisation.signed-text');
  });

  it('is signed by a representative with a power of that organisation, its INN filled up or not', async () => {
    const signer = await setting.issue(sampleSubscriber('natural-person'));
    const { document, signature } = await setting.power(head, { representatives: [employee] });
    const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
    const power = { powerOfAttorney: { document: base64(document), signature: base64(signature) } };
    expect((await signIn(signer, { inn: `00${organisation.inn}` }, power)).status).toBe(200);
    const wrong = await signIn(signer, { inn: otherOrganisation.inn }, power);
    expect(wrong.body.code).toBe('power_of_attorney_mismatch');
  });
});
