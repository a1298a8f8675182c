import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { atOnce } from '../../src/budget/slices.ts';
import { writeCatalogue } from '../../src/document/pades/form.ts';
import { PdfFile } from '../../src/document/pdf/file.ts';
import type { PdfValue } from '../../src/document/pdf/object.ts';
import { PdfUpdate } from '../../src/document/pdf/update.ts';
import { encodeEntries, encodeStream, nameValue } from '../../src/document/pdf/write.ts';
import { validateDocument } from '../../src/document/validate.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { signerOf } from '../signing/issued.ts';
import { samplePdf } from './samples.ts';

/** A document with a store behind it that holds one list, packed. */
function withList(document: Uint8Array, list: Uint8Array): Uint8Array {
  const update = new PdfUpdate(atOnce(PdfFile.open(document)));
  const packing = new Map<string, PdfValue>([['Filter', nameValue('FlateDecode')]]);
  const items = [update.add(encodeStream(packing, deflateSync(list)))];
  const store = new Map<string, PdfValue>([
    ['Type', nameValue('DSS')],
    ['CRLs', { kind: 'array', items }],
  ]);
  writeCatalogue(update, 'DSS', update.add(encodeEntries(store)));
  return update.finish().octets;
}

it('evidence of a PDF that is too large to be read is told, and spoils nothing', async () => {
  const authority = await createAuthority({ algorithm: 'ecdsa-p256' });
  const signer = await signerOf(await authority.issue({ subscriber: sampleSubscriber('legal-entity') }));
  const signed = await signPdf(await samplePdf(), signer, { signingTime: Date.now() });
  const warnings = async (list: Uint8Array) => {
    const { indication, signatures } = await validateDocument(
      { document: withList(signed, list), contents: [] },
      {
        anchors: [authority.root.certificate],
        ...{ untrusted: [authority.accredited.certificate], lists: [], answers: [] },
        ...{ at: Date.now(), profile: 'rfc5280', language: 'en' },
      },
    );
    const found = signatures[0]?.checks.filter(({ name }) => name === 'signature.store');
    return [indication, found?.map(({ outcome, details }) => [outcome, details])];
  };
  expect(await warnings(Buffer.alloc(3 * 1024 * 1024))).toEqual([
    'TOTAL-PASSED',
    [['warning', { count: 1 }]],
  ]);
  const [, none] = await warnings(await authority.accredited.currentCrl());
  expect(none).toEqual([]);
  await authority.close();
});
