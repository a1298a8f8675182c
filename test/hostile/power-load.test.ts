import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { insertPower } from '../../src/power-of-attorney/keep.ts';
import { givenName } from '../../src/power-of-attorney/name.ts';
import { readPower } from '../../src/power-of-attorney/read.ts';
import {
  employee,
  head,
  memberOf,
  organisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import { writePower } from '../authority/power-of-attorney.ts';
import type { Portal } from '../service/portal.ts';
import { expectBriefHold } from './hold.ts';

/**
 * An organisation keeps 250 powers of 124 KB, each with a thousand codes, for one person. Before, they were read anew
 * for each listing and at each sign-in of whoever is named in them: 1.3 s and 0.37 s of the processor, in one go, and
 * the genuine power of that person was not even found among them.
 */

const many = 250;

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
let assertion: string;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal', { organisationView: true });
  headCertificate = await setting.issue(memberOf(organisation, head));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
  const power = await setting.power(headCertificate);
  expect((await setting.signIn(portal, employeeCertificate, { power })).status).toBe(200);
  assertion = (await setting.signIn(portal, headCertificate)).body.assertion;
  for (let done = 0; done < many; done++) await keepLarge();
});
afterAll(() => setting.dispose());

/** More than its quota would let an organisation keep for one person. */
async function keepLarge(): Promise<void> {
  const number = randomUUID();
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const document = Buffer.from(
    writePower({
      number,
      ...{ from: day(setting.now() - 86_400_000), until: '2090-01-01' },
      ...{ principal: organisation, head, representatives: [employee] },
      powers: Array.from({ length: 1_020 }, (_, index) => `CODE_OF_SOME_POWER_${index}`),
    }),
  );
  expect(document.length).toBeGreaterThan(120_000);
  await setting.database.write({
    statements: insertPower({
      name: givenName(`ogrn:${organisation.ogrn}`, number),
      power: readPower(document),
      principal: organisation,
      presented: { document, signature: Buffer.alloc(100) },
      verifiedAt: setting.now(),
      ...{ withdrawnAt: null, lastUsedAt: null, isQualified: false, signer: null, watched: null },
    }),
  });
}

interface Page {
  readonly powers: readonly { readonly number: string }[];
  readonly next?: string;
}

it('are listed page by page, and no page holds anybody up', async () => {
  const pages = await expectBriefHold(() => setting.ask<Page>('/powers', assertion));
  expect(pages[0]?.body.powers).toHaveLength(50);
  const numbers = new Set<string>();
  for (let next: string | undefined = ''; next !== undefined; ) {
    const path: string = next === '' ? '/powers' : `/powers?after=${next}`;
    const { body }: { body: Page } = await setting.ask<Page>(path, assertion);
    for (const { number } of body.powers) numbers.add(number);
    next = body.next;
  }
  expect(numbers.size).toBe(many + 1);
  for (const wrong of ['x', '1.2', `${Number.MAX_SAFE_INTEGER}.${randomUUID()}.x`]) {
    expect(await setting.ask(`/powers?after=${wrong}`, assertion)).toMatchObject({
      status: 400,
      body: { code: 'request_malformed' },
    });
  }
});

it('hold nobody up at the sign-in of whom they name, who comes in by the one that fits', async () => {
  const replies = await expectBriefHold(() => setting.signIn(portal, employeeCertificate));
  for (const { status, body } of replies) {
    expect([status, body.authority?.basis]).toEqual([200, 'power-of-attorney']);
  }
});
