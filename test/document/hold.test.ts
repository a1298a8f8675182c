import { deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { validateDocument } from '../../src/document/validate.ts';
import { expectBriefHold } from '../hostile/hold.ts';

const question = {
  ...{ anchors: [], untrusted: [], lists: [], answers: [] },
  at: Date.now(),
  profile: 'rfc5280',
  language: 'en',
} as const;

/** A signature over the whole document, in which `inside` stands. */
function xml(inside: string): Uint8Array {
  const core = 'http://www.w3.org/2000/09/xmldsig#';
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
  return Buffer.from(
    `<root>${inside}<Signature xmlns="${core}"><SignedInfo><CanonicalizationMethod Algorithm="${exclusive}"/>` +
      '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms>' +
      `<Transform Algorithm="${core}enveloped-signature"/><Transform Algorithm="${exclusive}"/></Transforms>` +
      '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>AAAA</DigestValue>' +
      '</Reference></SignedInfo><SignatureValue>AAAA</SignatureValue></Signature></root>',
  );
}

/** A PDF whose only section of references unpacks to as many as its length allows. */
function manyReferences(octets: number): Uint8Array {
  const packed = deflateSync(Buffer.alloc(octets, 1));
  const head = '%PDF-1.7\n';
  const dictionary = `<< /Type /XRef /W [1 2 1] /Size ${octets / 4} /Root 1 0 R /Filter /FlateDecode /Length ${packed.length} >>`;
  return Buffer.concat([
    Buffer.from(`${head}1 0 obj\n${dictionary}\nstream\n`),
    packed,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${head.length}\n%%EOF\n`),
  ]);
}

const attributes = Array.from({ length: 200 }, (_, at) => `a${at}="b"`).join(' ');
const cases: Readonly<Record<string, Uint8Array>> = {
  'XML of 17,000 elements': xml('<a b="c">d</a>'.repeat(17_000)),
  'XML of 30,000 attributes': xml(`<a ${attributes}/>`.repeat(150)),
  'a PDF of half a million references in 2 KiB': manyReferences(2_000_000),
  'a PDF whose references would unpack to 64 MiB': manyReferences(64 * 1024 * 1024),
  'a container with 16 MiB of zeros': zipSync(
    { 'zeros.bin': new Uint8Array(16 * 1024 * 1024), 'META-INF/signatures.xml': Buffer.from(xml('')) },
    { level: 1 },
  ),
};

it.each(Object.keys(cases))('%s holds nobody up', async (name) => {
  const document = cases[name]!;
  const reports = await expectBriefHold(() => validateDocument({ document, contents: [] }, question));
  for (const { indication } of reports) expect(indication).not.toBe('TOTAL-PASSED');
});
