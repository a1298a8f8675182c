import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { examineXml } from '../../src/document/xades/examine.ts';

const core = 'http://www.w3.org/2000/09/xmldsig#';
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A document whose signature has one reference; nothing in it holds, so that only what is met before that is told. */
function signed(uri: string, transform: string, around = '', extra = ''): Uint8Array {
  const value = Buffer.from(publicKey.export({ type: 'spki', format: 'der' })).toString('base64');
  return Buffer.from(
    `${around}<root xmlns:ds="${core}"><part Id="a">text</part>${extra}<ds:Signature><ds:SignedInfo>` +
      '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>' +
      '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>' +
      `<ds:Reference URI="${uri}"><ds:Transforms><ds:Transform Algorithm="${transform}"/></ds:Transforms>` +
      '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>' +
      `<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>` +
      `<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature></root>`,
  );
}

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** The same with a reference to all of it but what a filter leaves out. */
function filtered(path: string): Uint8Array {
  const filter = 'http://www.w3.org/2002/06/xmldsig-filter2';
  const whole = Buffer.from(signed('', filter)).toString();
  return Buffer.from(
    whole.replace(
      `"${filter}"/>`,
      `"${filter}"><f:XPath xmlns:f="${filter}" Filter="subtract">${path}</f:XPath></ds:Transform>`,
    ),
  );
}

async function refusalOf(octets: Uint8Array) {
  const examination = { contents: [], known: [], budget: new Budget() };
  const { signatures } = await examineXml(octets, examination);
  const failure = signatures[0]?.failure;
  return [failure?.code, failure?.details];
}

describe('a reference of an XML signature', () => {
  it('is followed, and the hash is compared', async () => {
    expect(await refusalOf(signed('#a', exclusive))).toEqual(['document_changed', { file: '/root/part' }]);
  });

  it.each([['http://example.org/contract.xml'], ['file:///etc/passwd'], ['contract.xml']])(
    'to %s fetches nothing and opens nothing',
    async (uri) => {
      expect(await refusalOf(signed(uri, exclusive))).toEqual(['signed_data_missing', { files: [uri] }]);
    },
  );

  it('to the whole document is followed, by its pointer too', async () => {
    for (const uri of ['', '#xpointer(/)'])
      expect(await refusalOf(signed(uri, exclusive))).toEqual(['document_changed', { file: '/root' }]);
    const other = signed('#xpointer(/root)', exclusive);
    expect(await refusalOf(other)).toEqual(['signed_data_missing', { files: ['#xpointer(/root)'] }]);
  });

  it.each([
    '/descendant::ds:Signature',
    '//ds:Signature',
    '/*/ds:Signature',
    "/descendant::*[name()='ds:Signature']",
  ])('leaves out signatures by %s', async (path) => {
    expect(await refusalOf(filtered(path))).toEqual(['document_changed', { file: '/root' }]);
  });

  it.each(['/descendant::part', '/descendant::*', "/descendant::*[name()='x:Signature']", '/root/part'])(
    'that leaves out something else by %s is refused',
    async (path) => {
      expect(await refusalOf(filtered(path))).toEqual([
        'document_malformed',
        { problem: 'an XPath filter is not accepted' },
      ]);
    },
  );

  it('to an identifier that occurs twice is refused', async () => {
    const twice = signed('#a', exclusive, '', '<part Id="a">other</part>');
    expect(await refusalOf(twice)).toEqual([
      'document_malformed',
      { problem: 'the identifier a occurs twice' },
    ]);
  });

  it.each([
    'http://www.w3.org/TR/1999/REC-xslt-19991116',
    'http://www.w3.org/TR/1999/REC-xpath-19991116',
    'urn:unknown',
  ])('through the transform %s is refused', async (transform) => {
    const [code] = await refusalOf(signed('#a', transform));
    expect(code).toBe('document_malformed');
  });
});

describe('an XML document', () => {
  it('with a document type, and so with entities, is refused whole', async () => {
    const bomb = '<!DOCTYPE root [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    await expect(refusalOf(signed('#a', exclusive, bomb))).rejects.toMatchObject({
      code: 'document_malformed',
    });
  });

  it('in another encoding is read, as long as that says what its octets are', async () => {
    const written = (encoding: string, octet: number) => {
      const octets = Buffer.from(
        signed('#a', exclusive, `<?xml version="1.0" encoding="${encoding}"?>`, '<x>?</x>'),
      );
      octets[octets.indexOf('?</x>')] = octet;
      return refusalOf(octets);
    };
    for (const encoding of ['ISO-8859-1', 'iso-8859-2', 'windows-1251', 'Windows-1252'])
      expect(await written(encoding, 0xe9)).toEqual(['document_changed', { file: '/root/part' }]);
    for (const [encoding, octet] of [
      ['ISO-8859-1', 0x80],
      ['us-ascii', 0xe9],
      ['utf-8', 0xe9],
      ['utf-7', 0x41],
    ] as const)
      await expect(written(encoding, octet)).rejects.toMatchObject({ code: 'document_malformed' });
  });

  it('nested too deeply is refused whole', async () => {
    const deep = `${'<x>'.repeat(200)}${'</x>'.repeat(200)}`;
    await expect(refusalOf(signed('#a', exclusive, '', deep))).rejects.toMatchObject({
      code: 'document_malformed',
    });
  });
});
