import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { EncodingError } from '../../src/asn1/error.ts';
import { context, contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeOid, encodeSequence, encodeSetOf } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import type { CheckInput } from '../../src/revocation/check/input.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { parseOcspResponse } from '../../src/revocation/ocsp/response.ts';
import { strictPolicy } from '../../src/revocation/policy.ts';
import { Renewal } from '../../src/revocation/store/renewal.ts';
import { cloneNode, readTree, writeTree } from '../fuzz/mutation/tree.ts';
import { nonceOf } from './host.ts';
import { verdictOfAnswer } from './judge.ts';
import {
  type CertificateOrder,
  day,
  type EntryOrder,
  hour,
  makeAnswer,
  makeCertificate,
  makeExtension,
  makeList,
  makeName,
  makePoint,
  makeSigner,
  usages,
} from './maker.ts';
import { makeSetting, makeSources, personSerial, type Setting } from './setting.ts';

let setting: Setting;

beforeEach(async () => {
  setting = await makeSetting();
});

afterEach(() => setting.host.stop());

const subject = makeSigner('Person');

function person(order: Partial<CertificateOrder>): Certificate {
  const { house, at } = setting;
  const term = { notBefore: at - 10 * day, notAfter: at + 10 * day };
  return makeCertificate({ subject, issuer: house.authority, serial: personSerial, ...term, ...order });
}

function check(certificate: Certificate, more: Partial<CheckInput> = {}) {
  return checkRevocation({
    path: setting.house.path(certificate),
    sources: makeSources(),
    policy: { ...strictPolicy, patience: 5000 },
    budget: new Budget(),
    at: setting.at,
    algorithms: currentAlgorithms,
    ...more,
  });
}

async function originsOf(checked: ReturnType<typeof check>): Promise<readonly string[]> {
  const { evidence } = await checked;
  return evidence.flatMap((each) => (each.source === 'break-glass' ? [] : [new URL(each.origin).pathname]));
}

const scope = (...fields: Uint8Array[]) => makeExtension('2.5.29.28', encodeSequence(...fields), true);
const someReasons = encode(context(3), Uint8Array.of(5, 0x60));
const otherReasons = encode(context(3), Uint8Array.of(7, 0x1f, 0x80));
const points = (...all: Uint8Array[]) => makeExtension('2.5.29.31', encodeSequence(...all));
const freshest = (url: string) => makeExtension('2.5.29.46', encodeSequence(makePoint([url])));

function serveList(path: string, order: Partial<Parameters<typeof makeList>[0]> = {}): void {
  const { house, at, host } = setting;
  const list = makeList({ issuer: house.authority, thisUpdate: at - hour, nextUpdate: at + day, ...order });
  host.serve(path, () => list);
}

describe('lists at several places', () => {
  it('of which one is dead: its mirror is asked', async () => {
    serveList('/mirror.crl');
    const { host } = setting;
    host.on('/dead.crl', () => undefined);
    const certificate = person({
      extensions: [points(makePoint([host.url('/dead.crl'), host.url('/mirror.crl')]))],
    });
    const policy = { ...strictPolicy, patience: 1500 };
    expect(await originsOf(check(certificate, { policy }))).toEqual(['/mirror.crl', '/root.crl']);
  });

  it('that are parted by reason are all fetched', async () => {
    const { host } = setting;
    serveList('/some.crl', { extensions: [scope(someReasons)] });
    serveList('/other.crl', { extensions: [scope(otherReasons)] });
    const certificate = person({ listUrls: [host.url('/some.crl'), host.url('/other.crl')] });
    expect(await originsOf(check(certificate))).toEqual(['/some.crl', '/other.crl', '/root.crl']);
    host.behaviours.delete('/other.crl');
    await expect(check(certificate)).rejects.toMatchObject({ code: 'revocation_undetermined' });
  });

  it('that only the operator knows of are asked too', async () => {
    serveList('/listed.crl');
    const additionalLists = (certificate: Certificate) =>
      certificate.subject.text('2.5.4.3') === 'Person' ? [setting.host.url('/listed.crl')] : [];
    expect(await originsOf(check(person({}), { additionalLists }))).toEqual(['/listed.crl', '/root.crl']);
  });
});

describe('delta lists', () => {
  const serveBase = (entries: readonly EntryOrder[] = []) =>
    serveList('/a.crl', { number: 10, extensions: [freshest(setting.host.url('/delta.crl'))], entries });
  const serveDelta = (entries: readonly EntryOrder[]) =>
    serveList('/delta.crl', { number: 12, base: 10, entries });
  const entry = (reason: number) => ({ serial: personSerial, revokedAt: setting.at - hour, reason });

  it('that the full list names are fetched with it', async () => {
    serveBase();
    serveDelta([entry(1)]);
    await expect(check(setting.person)).rejects.toMatchObject({ code: 'certificate_revoked' });
    serveBase([entry(6)]);
    serveDelta([entry(8)]);
    expect(await originsOf(check(setting.person))).toEqual(['/a.crl', '/delta.crl', '/root.crl']);
  });

  it('that cannot be had leave the word to the full list', async () => {
    serveBase();
    expect(await originsOf(check(setting.person))).toEqual(['/a.crl', '/root.crl']);
  });

  it('are renewed in the background as full lists are', async () => {
    serveBase();
    const sources = makeSources();
    await check(setting.person, { sources });
    serveDelta([entry(1)]);
    await new Renewal(sources).renewDue(setting.at + hour);
    await expect(check(setting.person, { sources })).rejects.toMatchObject({ code: 'certificate_revoked' });
  });

  it('named by a forged list at a host that the chain does not name are not asked', async () => {
    const { house, host } = setting;
    serveList('/a.crl', {
      issuer: { ...makeSigner('x'), name: house.authority.name },
      extensions: [freshest(`http://localhost:${host.port}/inside`)],
    });
    await expect(check(setting.person)).rejects.toMatchObject({ code: 'revocation_undetermined' });
    expect(host.asked).not.toContain('/inside');
  });
});

describe('an issuer of lists that is not the authority', () => {
  const indirect = encode(context(4), Uint8Array.of(0xff));
  const office = makeSigner('List Office');

  function parts() {
    const { house, host, at } = setting;
    const url = host.url('/office.crl');
    const officeCertificate = makeCertificate({
      subject: office,
      issuer: house.root,
      serial: 60,
      keyUsage: usages.listsOnly,
      notBefore: at - day,
      notAfter: at + day,
      listUrls: [host.url('/root.crl')],
    });
    const certificate = person({ extensions: [points(makePoint([url], office.name))] });
    const extensions = [scope(indirect)];
    serveList('/office.crl', { issuer: office, extensions });
    return { certificate, officeCertificate };
  }

  it('counts where its certificate is at hand and current', async () => {
    const { certificate, officeCertificate } = parts();
    expect(await originsOf(check(certificate, { pool: [officeCertificate] }))).toEqual([
      '/office.crl',
      '/root.crl',
    ]);
    await expect(check(certificate)).rejects.toMatchObject({ code: 'revocation_undetermined' });
  });

  it('does not count once it is revoked itself', async () => {
    const { certificate, officeCertificate } = parts();
    const { house, at } = setting;
    serveList('/root.crl', { issuer: house.root, entries: [{ serial: 60, revokedAt: at - hour }] });
    await expect(check(certificate, { pool: [officeCertificate] })).rejects.toMatchObject({
      code: 'revocation_undetermined',
    });
  });

  it('has its own list fetched where that is another one', async () => {
    const { certificate } = parts();
    const { house, host, at } = setting;
    serveList('/offices.crl', { issuer: house.root });
    const elsewhere = makeCertificate({
      subject: office,
      issuer: house.root,
      serial: 61,
      keyUsage: usages.listsOnly,
      notBefore: at - day,
      notAfter: at + day,
      listUrls: [host.url('/offices.crl')],
    });
    // The list of the authority itself says nothing of the office.
    serveList('/root.crl', {
      issuer: house.root,
      extensions: [scope(encode(context(2), Uint8Array.of(0xff)))],
    });
    await expect(check(certificate, { pool: [elsewhere] })).resolves.toBeDefined();
    expect(host.asked).toContain('/offices.crl');
  });
});

describe('an OCSP answer', () => {
  const judge = (der: Uint8Array, certificate = setting.person) => {
    const response = parseOcspResponse(der);
    if (response.kind === 'refusal') throw new Error(response.refusal);
    const { authorityCertificate: issuer } = setting.house;
    return verdictOfAnswer({
      certificate,
      issuer: { name: issuer.subject, publicKey: issuer.publicKey, certificate: issuer },
      candidates: [],
      answer: response.answer,
      at: setting.at,
      algorithms: currentAlgorithms,
      freshness: strictFreshness,
      isResponderCurrent: () => false,
    });
  };
  const usual = () => ({
    responder: setting.house.authority,
    issuer: setting.house.authority,
    serial: personSerial,
    thisUpdate: setting.at - hour,
    nextUpdate: setting.at + hour,
  });

  it.each(['sha1', 'sha256'] as const)('is found by %s', (digest) => {
    expect(judge(makeAnswer({ ...usual(), digest })).status).toBe('good');
  });

  it('is asked for, and matched, by the issuer field of the certificate, and matched by the authority’s own subject', async () => {
    const { authority } = setting.house;
    const name = encodeSequence(
      encodeSetOf([
        encodeSequence(encodeOid('2.5.4.3'), encode(tag.printableString, Buffer.from('Test Authority'))),
      ]),
    );
    const renamed = { ...authority, name };
    expect(Buffer.from(name).equals(authority.name)).toBe(false);
    const certificate = person({ issuer: renamed, responderUrls: [setting.host.url('/ocsp')] });
    const requests: Buffer[] = [];
    setting.host.on('/ocsp', (_, response, body) => {
      requests.push(body);
      response.end(makeAnswer({ ...usual(), issuer: renamed, nonce: nonceOf(body) }));
    });
    expect(await originsOf(check(certificate))).toEqual(['/ocsp', '/root.crl']);
    expect(requests[0]?.includes(hash('sha1', name, 'buffer'))).toBe(true);
    expect(judge(makeAnswer(usual()), certificate).status).toBe('good');
    const other = { ...authority, name: makeName('Other Authority') };
    expect(judge(makeAnswer({ ...usual(), issuer: other }), certificate)).toMatchObject({
      problems: [{ problem: 'other-certificate' }],
    });
  });

  it('without an end is good for a day', () => {
    const { nextUpdate: _, ...endless } = usual();
    expect(judge(makeAnswer(endless)).status).toBe('good');
    expect(judge(makeAnswer({ ...endless, thisUpdate: setting.at - 2 * day })).status).toBe('undetermined');
  });

  it('that ends before it begins is refused', () => {
    const backwards = makeAnswer({ ...usual(), thisUpdate: setting.at + 60_000, nextUpdate: setting.at });
    expect(judge(backwards)).toMatchObject({ problems: [{ problem: 'malformed' }] });
  });

  it('about a certificate whose term is over counts only as far back as the responder remembers', () => {
    const over = person({ notAfter: setting.at - day });
    const cutoff = (time: string) =>
      makeExtension('1.3.6.1.5.5.7.48.1.6', encode(tag.generalizedTime, Buffer.from(time)));
    expect(judge(makeAnswer(usual()), over)).toMatchObject({ problems: [{ problem: 'status-unknown' }] });
    const remembered = makeAnswer({ ...usual(), singleExtensions: [cutoff('20000101000000Z')] });
    expect(judge(remembered, over).status).toBe('good');
    const forgotten = makeAnswer({ ...usual(), singleExtensions: [cutoff('20991231000000Z')] });
    expect(judge(forgotten, over).status).toBe('undetermined');
  });

  it('beside which another one stands where one alone belongs is refused', () => {
    const answer = makeAnswer(usual());
    expect(judge(answer).status).toBe('good');
    const tree = readTree(answer) ?? [];
    const bytes = tree[0]?.children?.[1]?.children;
    bytes?.push(...bytes.map(cloneNode));
    expect(() => parseOcspResponse(writeTree(tree))).toThrow(EncodingError);
  });

  it('with an unknown critical extension is refused', () => {
    const singleExtensions = [makeExtension('1.2.3.4', encode(contextConstructed(0)), true)];
    expect(judge(makeAnswer({ ...usual(), singleExtensions }))).toMatchObject({
      problems: [{ problem: 'unknown-critical-extension' }],
    });
  });
});
