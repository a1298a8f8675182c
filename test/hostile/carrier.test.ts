import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import {
  employee,
  head,
  memberOf,
  organisation,
  register,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import { browser, type ChallengeBody, origin, type Portal } from '../service/portal.ts';

/**
 * A representative, or somebody with a certificate of the organisation, puts a certificate on its list of carriers
 * through a portal that asks for little. Before, one that asks for more let them in by it.
 */

let setting: Setting;
/** Asks for little, and lets organisations see to their carriers. */
let lax: Portal;
/** The same, and lets in only connected carriers. */
let laxBound: Portal;
/** Asks for qualified certificates, the register's word and connected carriers. */
let strict: Portal;
/** Where the organisation sees to its carriers by qualified certificates. */
let cabinet: Portal;
let headCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  lax = await setting.client('lax', { organisationView: true });
  laxBound = await setting.client('lax-bound', { organisationView: true, requireConnectedCarrier: true });
  const asked = { requireQualified: true, requireRegistered: true };
  strict = await setting.client('strict', { ...asked, requireConnectedCarrier: true });
  cabinet = await setting.client('cabinet', { ...asked, organisationView: true });
  await register(setting.database);
  headCertificate = await setting.issue(memberOf(organisation, head));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
  const power = await setting.power(headCertificate);
  expect((await setting.signIn(lax, employeeCertificate, { power })).status).toBe(200);
});
afterAll(() => setting.dispose());

const chosen = organisation.inn;
const nameOf = ({ certificate }: IssuedCertificate) => thumbprintOf(parseCertificate(certificate));
const enter = (at: Portal, signer: IssuedCertificate) => setting.signIn(at, signer, { chosen });

async function assertionOf(at: Portal, signer: IssuedCertificate): Promise<string> {
  const { body } = await enter(at, signer);
  expect(body.code).toBe(undefined);
  return body.assertion;
}

async function connect(assertion: string, signer: IssuedCertificate) {
  const asked = await setting.ask<ChallengeBody>('/carriers/challenge', assertion, { origin, browser });
  const { challenge, content } = asked.body;
  const message = await signDetached(Buffer.from(content, 'base64'), signer, setting.now());
  const signature = Buffer.from(message).toString('base64');
  return setting.ask('/carriers', assertion, { challenge, signature, origin, browser, name: 'Рутокен' });
}

const act = (assertion: string, { certificate }: { certificate: string }, what: 'confirm' | 'disconnect') =>
  setting.ask(`/carriers/${certificate}/${what}`, assertion, {});

const unconfirmed = {
  status: 403,
  body: { code: 'certificate_not_bound', detail: expect.stringContaining('the head has not confirmed it') },
};

describe('a carrier that a representative connects through a lax portal', () => {
  it('counts there, and does not satisfy a strict one until the head confirms it', async () => {
    const own = await assertionOf(lax, employeeCertificate);
    expect((await connect(own, employeeCertificate)).status).toBe(200);
    expect(await enter(strict, employeeCertificate)).toMatchObject(unconfirmed);
    expect(await enter(laxBound, employeeCertificate)).toMatchObject(unconfirmed);

    const carrier = { certificate: nameOf(employeeCertificate) };
    expect(await act(own, carrier, 'confirm')).toMatchObject({
      status: 403,
      body: { code: 'organisation_view_forbidden' },
    });
    const chief = await assertionOf(cabinet, headCertificate);
    const listed = async () =>
      (await setting.ask<{ carriers: { isConfirmed: boolean }[] }>('/carriers', chief)).body.carriers;
    expect(await listed()).toMatchObject([{ ...carrier, isConfirmed: false }]);
    expect((await act(chief, carrier, 'confirm')).status).toBe(200);
    expect(await listed()).toMatchObject([{ ...carrier, isConfirmed: true }]);
    expect((await enter(strict, employeeCertificate)).status).toBe(200);
    // What the representative says again takes nothing away.
    expect((await connect(own, employeeCertificate)).status).toBe(200);
    expect((await enter(strict, employeeCertificate)).status).toBe(200);
  });

  it('is not connected again once the head has taken it away, whoever else took one away themselves', async () => {
    const carrier = { certificate: nameOf(employeeCertificate) };
    const own = await assertionOf(lax, employeeCertificate);
    expect((await act(own, carrier, 'disconnect')).status).toBe(200);
    const again = await assertionOf(lax, employeeCertificate);
    expect((await connect(again, employeeCertificate)).status).toBe(200);
    // The head's confirmation went with the connection.
    expect(await enter(strict, employeeCertificate)).toMatchObject(unconfirmed);

    const chief = await assertionOf(cabinet, headCertificate);
    expect((await act(chief, carrier, 'disconnect')).status).toBe(200);
    const third = await assertionOf(lax, employeeCertificate);
    expect(await connect(third, employeeCertificate)).toMatchObject({
      status: 403,
      body: { code: 'organisation_view_forbidden' },
    });
    expect((await connect(chief, employeeCertificate)).status).toBe(200);
    expect((await enter(strict, employeeCertificate)).status).toBe(200);
  });
});

describe('a carrier of the head', () => {
  it('counts everywhere, through whichever portal it was connected', async () => {
    expect((await enter(strict, headCertificate)).body.code).toBe('certificate_not_bound');
    expect((await connect(await assertionOf(lax, headCertificate), headCertificate)).status).toBe(200);
    expect((await enter(strict, headCertificate)).status).toBe(200);
  });

  it('confirmed for somebody by a sign-in that was not qualified, does not count where that is asked for', async () => {
    const carrier = { certificate: nameOf(employeeCertificate) };
    const chief = await assertionOf(cabinet, headCertificate);
    expect((await act(chief, carrier, 'disconnect')).status).toBe(200);
    // The lax portal does not ask, so that its assertions do not say.
    expect((await connect(await assertionOf(lax, headCertificate), employeeCertificate)).status).toBe(200);
    expect(await enter(strict, employeeCertificate)).toMatchObject(unconfirmed);
    expect((await enter(laxBound, employeeCertificate)).status).toBe(200);
  });
});

it('a carrier that was connected before it was kept by whom counts for the head alone', async () => {
  await setting.database.write({
    statements: [{ sql: 'DELETE FROM carrier_connection', parameters: [] }],
  });
  expect((await enter(strict, headCertificate)).status).toBe(200);
  expect(await enter(strict, employeeCertificate)).toMatchObject(unconfirmed);
});
