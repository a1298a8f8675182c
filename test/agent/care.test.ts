import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TokensView, TokenView } from '../../src/agent/view/model.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { Person } from '../../src/authority/subscriber.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { blocksIn } from '../../src/encoding/textual.ts';
import { readSubject } from '../../src/subject/subject.ts';
import { browserMissing, browserNote, startBrowser } from '../page/browser.ts';
import { picture } from '../page/picture.ts';
import { noSoftHsm, officerPin } from '../token/softhsm.ts';
import { expectAccessible, languages, personContext } from './browser.ts';
import { type Answer, ownHeaders, pageKey, send, type TestAgent, testAgent } from './setting.ts';
import { type CertifiedToken, certifiedToken } from './token.ts';

/** Invented holders as the page's form names them. */
const holders = {
  'legal-entity': withoutEmail(sampleSubscriber('legal-entity')),
  entrepreneur: withoutEmail(sampleSubscriber('entrepreneur')),
  'natural-person': withoutEmail(sampleSubscriber('natural-person')),
};

function withoutEmail<T extends { readonly person: Person }>(subscriber: T) {
  const { email: _, ...person } = subscriber.person;
  return { ...subscriber, person };
}

const note = noSoftHsm ? ` (skipped: ${noSoftHsm})` : '';

describe.skipIf(noSoftHsm)(`tokens on the agent’s page${note}`, () => {
  let token: CertifiedToken;
  let agent: TestAgent;
  beforeEach(async () => {
    token = await certifiedToken('ec-p256', 'Бухгалтерия');
    agent = await testAgent([token.choice], { keepPin: 60_000 });
  });
  afterEach(async () => {
    await agent.remove();
    await token.remove();
  });

  async function ask(path: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
    const key = await pageKey(agent.port, '/');
    const isOctets = typeof body !== 'string';
    return send(agent.port, {
      method: 'POST',
      path: `/v1/home/${path}`,
      headers: {
        ...ownHeaders(agent.port, key),
        ...(isOctets && { 'content-type': 'application/octet-stream' }),
        ...headers,
      },
      body,
    });
  }

  const codeOf = ({ text }: Answer): unknown => JSON.parse(text).code;
  const parts = (first: string, second: string | Uint8Array) =>
    Buffer.concat([Buffer.from(first), Buffer.from([0]), Buffer.from(second)]);

  async function tokens(): Promise<readonly TokenView[]> {
    const { text } = await ask('tokens', JSON.stringify({ language: 'ru' }));
    return (JSON.parse(text) as TokensView).tokens;
  }

  async function own(): Promise<TokenView> {
    const found = (await tokens()).find(({ label }) => label === 'Бухгалтерия');
    if (found === undefined) throw new Error('the token is not there');
    return found;
  }

  const carePin = async (care: string, present: string, wanted: string) =>
    ask('pin', parts(present, wanted), { 'sealgate-token': (await own()).id, 'sealgate-care': care });

  it('are listed with how their PINs stand, their keys and certificates, and those that are not set up', async () => {
    expect(await own()).toMatchObject({
      isInitialized: true,
      pin: 'good',
      hasPinPad: false,
      keys: [{ label: 'director', algorithm: 'EC P-256', certificates: [{ name: 'ООО «Северный ветер»' }] }],
    });
    expect((await tokens()).filter(({ isInitialized }) => !isInitialized)).toHaveLength(1);
  });

  it('have their PIN changed by the present one, and no kept PIN outlives that', async () => {
    expect(codeOf(await carePin('change', '000000', '271828'))).toBe('pin_incorrect');
    expect(codeOf(await carePin('change', token.pin, '1'))).toBe('pin_unacceptable');
    expect(await carePin('change', token.pin, '271828')).toMatchObject({ status: 200 });
    expect(codeOf(await carePin('change', token.pin, '314159'))).toBe('pin_incorrect');
    expect(agent.agent.pins.count).toBe(0);
  });

  it('get a new PIN by the administrator’s', async () => {
    expect(codeOf(await carePin('unblock', '000000', '271828'))).toBe('pin_incorrect');
    expect(await carePin('unblock', officerPin, '271828')).toMatchObject({ status: 200 });
    expect(await carePin('change', '271828', token.pin)).toMatchObject({ status: 200 });
  });

  it('are set up where they never were, and never anew from here', async () => {
    const [blank] = (await tokens()).filter(({ isInitialized }) => !isInitialized);
    const label = { 'sealgate-label': encodeURIComponent('Склад') };
    const used = await ask('set-up', parts('11223344', '556677'), {
      'sealgate-token': (await own()).id,
      ...label,
    });
    expect(codeOf(used)).toBe('request_malformed');
    expect((await own()).keys).toHaveLength(1);
    const fresh = { 'sealgate-token': blank?.id ?? '', ...label };
    expect(await ask('set-up', parts('11223344', '556677'), fresh)).toMatchObject({ status: 200 });
    expect((await tokens()).map((each) => each.label)).toContain('Склад');
  });

  it('renew: a new key and a request with the same subject, and the certificate issued for it is imported', async () => {
    const { id, keys } = await own();
    const fingerprint = keys[0]?.certificates[0]?.fingerprint ?? '';
    const renewed = await ask('renew', parts(token.pin, fingerprint), { 'sealgate-token': id });
    expect(renewed.status).toBe(200);
    const { request: pem, isInTerm } = JSON.parse(renewed.text);
    expect(isInTerm).toBe(true);
    const request = blocksIn(pem)[0]?.octets ?? new Uint8Array();
    const issued = await token.authority.issue({ request, subscriber: sampleSubscriber('legal-entity') });
    const { subject } = parseCertificate(token.certificate);
    expect(parseCertificate(issued.certificate).subject.toString()).toBe(subject.toString());

    const imported = await ask('import', parts(token.pin, issued.certificate), { 'sealgate-token': id });
    expect(JSON.parse(imported.text)).toEqual({ isNew: true });
    expect((await own()).keys.flatMap(({ certificates }) => certificates)).toHaveLength(2);
    const unknown = await ask('renew', parts(token.pin, 'f'.repeat(64)), { 'sealgate-token': id });
    expect(codeOf(unknown)).toBe('key_not_found');
  });

  /** Orders a certificate for a holder, with a new key. */
  const order = async (holder: object, change: object = {}) =>
    ask(
      'order',
      parts(
        token.pin,
        JSON.stringify({
          language: 'ru',
          order: { algorithm: 'ec-p256', label: 'second', holder, ...change },
        }),
      ),
      { 'sealgate-token': (await own()).id },
    );

  it('generate a first key, with a request whose subject keeps to the profile, and no key where it does not', async () => {
    const { id, algorithms } = await own();
    expect(algorithms).toContain('ec-p256');
    const head = holders['legal-entity'];
    const foreign = { ...head, organisation: { ...head.organisation, inn: '9901001014' } };
    expect(JSON.parse((await order(foreign)).text).breaches).toContainEqual(
      expect.stringMatching(/^правильные ИНН/),
    );
    expect(codeOf(await order(head, { algorithm: 'dsa' }))).toBe('request_malformed');
    expect((await own()).keys).toHaveLength(1);
    const { request: pem } = JSON.parse((await order(head)).text);
    const request = blocksIn(pem)[0]?.octets ?? new Uint8Array();
    const issued = await token.authority.issue({ request, subscriber: sampleSubscriber('legal-entity') });
    const imported = await ask('import', parts(token.pin, issued.certificate), { 'sealgate-token': id });
    expect(JSON.parse(imported.text)).toEqual({ isNew: true });
    expect((await own()).keys.map(({ label }) => label).toSorted()).toEqual(['director', 'second']);
  });

  it.each([
    ['entrepreneur', 'ogrnip', '304500116000158'],
    ['natural-person', 'snils', '11223344500'],
  ] as const)(
    'request a certificate of the kind %s, and none with a wrong %s',
    async (kind, field, wrong) => {
      const holder = holders[kind];
      const flawed =
        field === 'ogrnip'
          ? { ...holder, ogrnip: wrong }
          : { ...holder, person: { ...holder.person, snils: wrong } };
      expect(JSON.parse((await order(flawed)).text).breaches).not.toHaveLength(0);
      expect(codeOf(await order({ ...holder, person: { ...holder.person, title: 'Head' } }))).toBe(
        'request_malformed',
      );
      expect((await own()).keys).toHaveLength(1);
      const answer = await order(holder);
      const request = blocksIn(JSON.parse(answer.text).request)[0]?.octets ?? new Uint8Array();
      const issued = await token.authority.issue({ request, subscriber: sampleSubscriber(kind) });
      const subject = readSubject(parseCertificate(issued.certificate).subject);
      expect(subject).toMatchObject({ kind: kind === 'entrepreneur' ? kind : 'person', flaws: [] });
      expect(subject.organisation).toBeUndefined();
    },
  );

  it('lose a certificate, or a key with its certificates, that was named, and nothing by a wrong PIN', async () => {
    const { id, keys } = await own();
    const remove = (what: string, text = token.pin) =>
      ask('remove', parts(text, what), { 'sealgate-token': id });
    const certificate = `certificate ${keys[0]?.certificates[0]?.fingerprint}`;
    expect(codeOf(await remove(certificate, '000000'))).toBe('pin_incorrect');
    expect(codeOf(await remove('everything'))).toBe('request_malformed');
    expect((await own()).keys[0]?.certificates).toHaveLength(1);
    expect(await remove(certificate)).toMatchObject({ status: 200 });
    expect((await own()).keys).toMatchObject([{ label: 'director', certificates: [] }]);
    expect(await remove(`key ${keys[0]?.id}`)).toMatchObject({ status: 200 });
    expect((await own()).keys).toEqual([]);
  });

  it('are left alone by what is no request of the page', async () => {
    const { id } = await own();
    const headers = { 'sealgate-token': id, 'sealgate-care': 'change' };
    expect(codeOf(await ask('pin', Buffer.from('314159'), headers))).toBe('request_malformed');
    expect(codeOf(await ask('pin', parts('1', '2'), { ...headers, 'sealgate-token': 'other' }))).toBe(
      'token_not_present',
    );
    expect(codeOf(await ask('pin', parts('1', '2'), { ...headers, 'sealgate-care': 'erase' }))).toBe(
      'request_malformed',
    );
    const bridge = await pageKey(agent.port, '/bridge');
    const foreign = await ask('pin', parts('1', '2'), { ...headers, 'sealgate-key': bridge });
    expect(codeOf(foreign)).toBe('agent_request_foreign');
    expect((await own()).pin).toBe('good');
  });

  describe.skipIf(browserMissing)(`as people see them${browserNote}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());

    it.each(languages)('in %s: a wrong PIN, a changed PIN, and a request to save', async (language) => {
      const context = await personContext(browser, { language, theme: 'light' });
      const page = await context.newPage();
      await page.goto(agent.agent.base);
      const changing = await opened(page, 'change');
      const enter = async (present: string, wanted: string, again = wanted) => {
        for (const [name, value] of Object.entries({ present, wanted, again })) {
          await changing.locator(`[name=${name}]`).fill(value);
        }
        await changing.locator('button').click();
      };
      await enter('000000', '271828', '271829');
      await changing.locator('.outcome .bad').waitFor();
      await enter('000000', '271828');
      expect(await changing.locator('#failure-code').textContent()).toBe('pin_incorrect');
      expect(await changing.locator('[name=present]').inputValue()).toBe('');
      await picture(page, `agent/care-wrong-pin-${language}`);
      await expectAccessible(page);
      await enter(token.pin, '271828');
      await page.locator('#tokens-status .good').waitFor();

      const renewal = await opened(page, 'renew');
      await renewal.locator('[name=present]').fill('271828');
      await renewal.locator('button').click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        renewal.locator('a[download]').click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^director \d{4}-\d\d-\d\d\.csr$/);
      await picture(page, `agent/care-renewed-${language}`);
      await expectAccessible(page);
      for (const care of ['order', 'remove', 'unblock']) await opened(page, care);
      await picture(page, `agent/care-forms-${language}`);
      await expectAccessible(page);
      const form = page.locator('li.token', { hasText: 'Бухгалтерия' }).locator('[data-care=order]');
      const shown = () =>
        form
          .locator('input[type=text]')
          .evaluateAll((fields) =>
            (fields as unknown as { name: string; disabled: boolean; offsetParent: unknown }[])
              .filter(({ disabled, offsetParent }) => !disabled && offsetParent !== null)
              .map(({ name }) => name),
          );
      const person = ['surname', 'givenName', 'snils', 'personInn'];
      expect(await shown()).toEqual(expect.arrayContaining([...person, 'ogrn', 'title']));
      await form.locator('[value=entrepreneur]').check();
      expect(await shown()).toEqual(['key', 'ogrnip', 'state', ...person]);
      await form.locator('[value=natural-person]').check();
      expect(await shown()).toEqual(['key', ...person]);
      await picture(page, `agent/care-order-person-${language}`);
      await expectAccessible(page);
      await context.close();
    });

    /** The form for one kind of care of the token with keys, unfolded. */
    async function opened(page: Page, care: string) {
      const part = page.locator('li.token', { hasText: 'Бухгалтерия' });
      await part.locator(`details:has([data-care=${care}]) > summary`).click();
      return part.locator(`[data-care=${care}]`);
    }
  });
});
