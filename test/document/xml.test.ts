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

  it('nested too deeply is refused whole', async () => {
    const deep = `${'<x>'.repeat(200)}${'</x>'.repeat(200)}`;
    await expect(refusalOf(signed('#a', exclusive, '', deep))).rejects.toMatchObject({
      code: 'document_malformed',
    });
  });
});
