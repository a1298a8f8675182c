import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { exportPrivateKey } from '../../src/authority/key.ts';
import { Budget } from '../../src/budget/budget.ts';
import { toPem } from '../../src/encoding/textual.ts';
import { SealgateError } from '../../src/error.ts';
import type { CanonicalForm } from '../../src/xml/canonical.ts';
import { XmlError } from '../../src/xml/error.ts';
import { XmlSignatureError } from '../../src/xml/signature-element.ts';
import { type SignedXml, verifyEnveloped } from '../../src/xml/verify.ts';
import { createMinistry, type Ministry, signList } from '../trust-list/authority.ts';
import { ask, missing } from './tool.ts';

const limits = { octets: 1_000_000, depth: 16, elements: 10_000, attributes: 16 };
const plain = '<list xmlns:q="urn:q"><entry q:a="1">один</entry><entry>два &amp; три</entry></list>';

function verify(document: string | Uint8Array): SignedXml {
  const octets = typeof document === 'string' ? Buffer.from(document) : document;
  return verifyEnveloped(octets, limits, currentAlgorithms, new Budget());
}

function ruleOf(document: string): string {
  try {
    verify(document);
  } catch (error) {
    if (error instanceof XmlSignatureError) return error.rule;
    if (error instanceof SealgateError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('verifyEnveloped', () => {
  let ministry: Ministry;
  let signed: string;
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-xml-'));

  beforeAll(async () => {
    ministry = await createMinistry();
    signed = Buffer.from(await signList(ministry, plain)).toString();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('returns what was signed, in canonical form and without the signature', () => {
    const { content, signer, certificates } = verify(signed);
    expect(Buffer.from(content).toString()).toBe(
      '<list><entry xmlns:q="urn:q" q:a="1">один</entry><entry>два &amp; три</entry></list>',
    );
    expect(Buffer.from(signer.der)).toEqual(Buffer.from(ministry.signer.certificate));
    expect(certificates).toHaveLength(3);
  });

  it.each<readonly [string, CanonicalForm]>([
    ['inclusive', { kind: 'inclusive' }],
    ['exclusive', { kind: 'exclusive', prefixes: new Set() }],
  ])('accepts the %s form', async (_, form) => {
    expect(verify(await signList(ministry, plain, form)).certificates).toHaveLength(3);
  });

  it('takes what canonical form does away with for unchanged', () => {
    expect(ruleOf(signed.replace('<entry>', '<entry  >').replace('один', '&#x43e;дин'))).toBe('accepted');
    expect(ruleOf(`<?xml version="1.0"?>\n${signed}\n<!-- after -->`)).toBe('accepted');
  });

  it('finds a changed text', () => {
    expect(ruleOf(signed.replace('один', 'одна'))).toMatch(/^the digest differs/);
  });

  it('finds a changed attribute, an added element, a removed one, a processing instruction', () => {
    expect(ruleOf(signed.replace('q:a="1"', 'q:a="2"'))).toMatch(/^the digest differs/);
    expect(ruleOf(signed.replace('<entry>', '<entry/><entry>'))).toMatch(/^the digest differs/);
    expect(ruleOf(signed.replace('<entry>два &amp; три</entry>', ''))).toMatch(/^the digest differs/);
    expect(ruleOf(signed.replace('<entry>', '<?x y?><entry>'))).toMatch(/^the digest differs/);
  });

  it('reads comments inside of text as nothing, before and after verification alike', () => {
    const { content } = verify(signed.replace('один', 'од<!-- -->ин'));
    expect(Buffer.from(content).toString()).toContain('>один<');
  });

  it('finds a changed SignedInfo', () => {
    const digest = /<DigestValue>(.)/.exec(signed)?.[1] === 'A' ? 'B' : 'A';
    expect(ruleOf(signed.replace(/<DigestValue>./, `<DigestValue>${digest}`))).toMatch(/does not hold$/);
  });

  const signatureOf = (text: string): string => /<Signature .*<\/Signature>/s.exec(text)?.[0] ?? '';

  it('refuses a document without a signature', () => {
    expect(ruleOf(plain)).toBe('the document has no signature');
  });

  it('refuses a signature twice', () => {
    expect(ruleOf(signed.replace('</list>', `${signatureOf(signed)}</list>`))).toBe(
      'there is more than one signature',
    );
  });

  it('refuses a second signature deep inside of the signed content', () => {
    expect(ruleOf(signed.replace('один', signatureOf(signed)))).toMatch(
      /more than one signature|not a child of the root/,
    );
  });

  it('refuses a signature that was moved into another element', () => {
    const moved = signed
      .replace(signatureOf(signed), '')
      .replace('</list>', `<x>${signatureOf(signed)}</x></list>`);
    expect(ruleOf(moved)).toBe('the signature is not a child of the root');
  });

  it('refuses the signed document wrapped in another root', () => {
    const wrapped = `<list><entry>подмена</entry>${signed}</list>`;
    expect(ruleOf(wrapped)).toBe('the signature is not a child of the root');
    const lifted = `<list><entry>подмена</entry><x>${plain}</x>${signatureOf(signed)}</list>`;
    expect(ruleOf(lifted)).toMatch(/^the digest differs/);
  });

  it('refuses a signature that is the root', () => {
    expect(ruleOf(signatureOf(signed))).toBe('the signature is not a child of the root');
  });

  it('refuses a signature that hides the original in an Object', () => {
    const hidden = signatureOf(signed).replace('</Signature>', `<Object>${plain}</Object></Signature>`);
    expect(ruleOf(`<list>подмена${hidden}</list>`)).toBe('Signature holds Object');
  });

  const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
  it.each<readonly [string, string, string, string]>([
    ['a reference to a part', 'URI=""', 'URI="#x"', 'the reference is not to the whole document'],
    [
      'a reference to elsewhere',
      'URI=""',
      'URI="http://127.0.0.1:1/"',
      'the reference is not to the whole document',
    ],
    ['no URI', ' URI=""', '', 'Reference has no attribute URI'],
    ['a type of reference', 'URI=""', 'URI="" Type="x"', 'Reference has the attribute Type'],
    [
      'XPath in the place of a canonical form',
      '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">',
      '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">',
      'the second transform is no accepted canonical form',
    ],
    [
      'a stylesheet as a third transform',
      '</Transforms>',
      '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></Transforms>',
      'transforms are not those of an enveloped signature',
    ],
    [
      'no enveloped transform',
      `<Transform Algorithm="${enveloped}"></Transform>`,
      '',
      'the first transform is not that of an enveloped signature',
    ],
    [
      'an unknown canonical form',
      '<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">',
      '<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments">',
      'the canonical form of SignedInfo is not accepted',
    ],
    ['an unknown digest', 'xmlenc#sha256', 'xmlenc#sha257', 'digest algorithm'],
    ['an unknown signature algorithm', '#ecdsa-sha256', '#ecdsa-sha257', 'signature algorithm'],
    [
      'HMAC',
      'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
      'signature algorithm',
    ],
    ['a second reference', '</SignedInfo>', '<Reference URI=""/></SignedInfo>', 'SignedInfo holds Reference'],
    ['a manifest', '</SignedInfo>', '<Manifest/></SignedInfo>', 'SignedInfo holds Manifest'],
    [
      'an instruction in the signature',
      '<SignatureValue>',
      '<?x?><SignatureValue>',
      'the signature holds a processing instruction',
    ],
    [
      'an element in the value',
      '<SignatureValue>',
      '<SignatureValue><x/>',
      'SignatureValue holds an element',
    ],
    ['a value that is no base64', '<SignatureValue>', '<SignatureValue>?', 'SignatureValue is no base64'],
    ['an empty value', /<SignatureValue>[^<]*/.source, '<SignatureValue>', 'SignatureValue is no base64'],
    [
      'no certificate',
      /<X509Data>.*<\/X509Data>/.source,
      '<KeyName>x</KeyName>',
      'the signature comes without a certificate',
    ],
  ])('refuses %s', (_, from, to, rule) => {
    const pattern = from.includes('[^<]*') || from.includes('.*') ? new RegExp(from, 's') : from;
    const changed = signed.replace(pattern, to);
    expect(changed).not.toBe(signed);
    expect(ruleOf(changed).startsWith(rule), ruleOf(changed)).toBe(true);
  });

  it('lets no change of an octet through but one that leaves the signed content as it was', () => {
    const original = Buffer.from(verify(signed).content);
    const octets = Buffer.from(signed);
    let refused = 0;
    // Every octet but those of certificates, each with another bit, so that the run is the same every time.
    const end = octets.indexOf('<KeyInfo>');
    for (let at = 0; at < end; at++) {
      const changed = Buffer.from(octets);
      changed[at] = changed[at]! ^ (1 << (at % 7));
      try {
        expect(Buffer.from(verify(changed).content).equals(original), `octet ${at}`).toBe(true);
      } catch (error) {
        if (
          !(error instanceof XmlError || error instanceof XmlSignatureError || error instanceof SealgateError)
        ) {
          throw error;
        }
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(end * 0.9);
  });

  it('refuses a signature made by another key', async () => {
    const other = Buffer.from(await signList(await createMinistry(), plain)).toString();
    const value = /<SignatureValue>[^<]*/;
    expect(ruleOf(signed.replace(value, value.exec(other)?.[0] ?? ''))).toMatch(/does not hold$/);
  });

  it('names SHA-1 as forbidden', async () => {
    const weak = await createMinistry('rsa-2048-sha1');
    expect(ruleOf(Buffer.from(await signList(weak, plain)).toString())).toBe('algorithm_forbidden');
  });

  const reason = missing('xmlsec1', 'xmlsec1');
  describe.skipIf(reason)(`agrees with xmlsec${reason ? ` (skipped: ${reason})` : ''}`, () => {
    const forms: readonly CanonicalForm[] = [
      { kind: 'inclusive' },
      { kind: 'exclusive', prefixes: new Set() },
    ];
    const documents = [
      plain,
      '<a xmlns="urn:a" xmlns:b="urn:b"><b:c d="1\t2&#10;3" b:d=""/>x&#13;<e xmlns="">«я»</e></a>',
    ];

    it.each(['ecdsa-p256', 'ecdsa-p384', 'rsa-2048'] as const)(
      'on signatures that we make with %s',
      async (kind) => {
        const maker = await createMinistry(kind);
        const root = join(folder, `${kind}.pem`);
        writeFileSync(root, toPem('CERTIFICATE', maker.authority.root.certificate));
        for (const form of forms) {
          for (const document of documents) {
            const file = join(folder, 'signed.xml');
            writeFileSync(file, await signList(maker, document, form));
            const time = '2026-02-01 00:00:00';
            ask('xmlsec1', ['--verify', '--trusted-pem', root, '--verification-time', time, file]);
          }
        }
      },
    );

    it.each([
      ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', ''],
      ['http://www.w3.org/2006/12/xml-c14n11', ''],
      ['http://www.w3.org/2001/10/xml-exc-c14n#', ''],
      [
        'http://www.w3.org/2001/10/xml-exc-c14n#',
        '<InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="b #default"/>',
      ],
    ])('on signatures that it makes in the form %s %s', async (form, parameter) => {
      const maker = await createMinistry('rsa-2048');
      const key = join(folder, 'key.pem');
      const certificate = join(folder, 'certificate.pem');
      writeFileSync(key, toPem('PRIVATE KEY', await exportPrivateKey(maker.signer.key!)));
      writeFileSync(certificate, toPem('CERTIFICATE', maker.signer.certificate));
      const template = [
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>',
        `<CanonicalizationMethod Algorithm="${form}">${parameter}</CanonicalizationMethod>`,
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/><Reference URI="">',
        `<Transforms><Transform Algorithm="${enveloped}"/><Transform Algorithm="${form}">${parameter}</Transform>`,
        '</Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><DigestValue/></Reference>',
        '</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>',
      ].join('');
      for (const [at, document] of documents.entries()) {
        const file = join(folder, `template-${at}.xml`);
        const end = document.lastIndexOf('</');
        writeFileSync(file, `${document.slice(0, end)}${template}${document.slice(end)}`);
        const output = join(folder, `made-${at}.xml`);
        ask('xmlsec1', ['--sign', '--privkey-pem', `${key},${certificate}`, '--output', output, file]);
        expect(verify(readFileSync(output)).certificates).toHaveLength(1);
      }
    });
  });
});
