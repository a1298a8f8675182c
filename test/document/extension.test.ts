import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '../../src/authority/key.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { makeContainer } from '../../src/signing/container.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { signXml } from '../../src/signing/xml.ts';
import type { Signer } from '../../src/token/signer.ts';
import { signerOf } from '../signing/issued.ts';
import { Archive, day } from './archive.ts';
import { packedPdf, samplePdf, sampleXml } from './samples.ts';

const start = Date.parse('2026-03-02T09:00:00Z');
const kinds = ['ecdsa-p256', 'gost2012-256'] as const satisfies readonly KeyKind[];

const archives = new Map<KeyKind, Archive>();
beforeAll(async () => {
  for (const kind of kinds) archives.set(kind, await Archive.open(kind, start));
});
afterAll(async () => {
  for (const archive of archives.values()) await archive.close();
});

type Make = (signer: Signer, archive: Archive) => Promise<Uint8Array>;

const formats: Readonly<Record<string, Make>> = {
  'CMS, detached': (signer, { content, now }) =>
    makeMessage(content, signer, { signingTime: now, isDetached: true }),
  'CMS, attached': (signer, { content, now }) => makeMessage(content, signer, { signingTime: now }),
  'PDF with a table of references': async (signer, { now }) =>
    signPdf(await samplePdf(), signer, { signingTime: now }),
  'PDF with packed objects': (signer, { now }) => signPdf(packedPdf(), signer, { signingTime: now }),
  XML: (signer, { now }) => signXml(sampleXml, signer, { signingTime: now }),
  'ASiC-E with CAdES': (signer, { content, now }) =>
    makeContainer([{ name: 'contract.txt', octets: content }], signer, { form: 'CAdES', signingTime: now }),
  'ASiC-E with XAdES': (signer, { content, now }) =>
    makeContainer([{ name: 'contract.txt', octets: content }], signer, { form: 'XAdES', signingTime: now }),
};

const cases = Object.keys(formats).flatMap((format) => kinds.map((kind) => [format, kind] as const));

const level = ({ indication, failure, signatures }: DocumentReport) => [
  indication,
  failure?.code,
  signatures[0]?.level,
];

describe('a document that is extended', () => {
  it.each(cases)(
    'passes at each level, and by itself after its certificates: %s, %s',
    async (format, kind) => {
      const archive = archives.get(kind)!;
      const signer = await signerOf(await archive.issue(3 * day));
      const signed = await formats[format]!(signer, archive);
      const lists = await archive.lists();
      expect(level(await archive.validate(signed, lists))).toEqual(['TOTAL-PASSED', undefined, 'B']);
      const stamped = await archive.extend(signed, 'T');
      expect(level(await archive.validate(stamped, lists))).toEqual(['TOTAL-PASSED', undefined, 'T']);
      const longTerm = await archive.extend(stamped, 'LT');
      expect(level(await archive.validate(longTerm))).toEqual(['TOTAL-PASSED', undefined, 'LT']);
      const archived = await archive.extend(longTerm, 'LTA');
      expect(level(await archive.validate(archived, lists))).toEqual(['TOTAL-PASSED', undefined, 'LTA']);
      archive.pass(20 * day);
      const again = await archive.extend(archived, 'LTA');
      const report = await archive.validate(again, await archive.lists());
      expect(level(report)).toEqual(['TOTAL-PASSED', undefined, 'LTA']);
      expect(report.signatures[0]?.provenTime).toBe(new Date(archive.now - 20 * day).toISOString());
    },
  );
});
