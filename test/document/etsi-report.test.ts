import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { etsiReport } from '../../src/document/etsi-report.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { signerOf } from '../signing/issued.ts';
import { Archive, day } from './archive.ts';
import { samplePdf } from './samples.ts';

/**
 * Folder with the schemas of TS 119 102-2 (`TS119102-2-v141.xsd`) and those that it imports (`XAdES.xsd`,
 * `xmldsig-core-schema.xsd`, `xml.xsd`, `ts_119612v020401_xsd.xsd`), which ETSI and W3C publish; the specifications’ own licences
 * keep them out of this project.
 */
const schemas = process.env.ETSI_SCHEMAS;
const schemaNote = schemas === undefined ? ' (skipped: ETSI_SCHEMAS names no folder with the schemas)' : '';
const folder = mkdtempSync(join(tmpdir(), 'sealgate-etsi-'));

const reports = new Map<string, string>();
beforeAll(async () => {
  const archive = await Archive.open('ecdsa-p256', Date.parse('2026-03-02T09:00:00Z'));
  const signer = await signerOf(await archive.issue(3 * day));
  const signingTime = archive.now;
  const message = await makeMessage(archive.content, signer, { signingTime, isDetached: true });
  const pdf = await signPdf(await samplePdf(), signer, { signingTime });
  const add = async (name: string, document: Uint8Array, content?: Uint8Array) =>
    reports.set(name, etsiReport(await archive.validate(document, [], content)));
  await add('a message of level LTA', await archive.extend(message, 'LTA'));
  await add('a PDF of level LTA', await archive.extend(pdf, 'LTA'));
  await add('a changed document', message, Buffer.from('<Another & contract.>'));
  await add('what is no document', Buffer.from('nothing'));
  await archive.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = [
  'a message of level LTA',
  'a PDF of level LTA',
  'a changed document',
  'what is no document',
] as const;

/** Values of an attribute, or contents of an element without children, in their order. */
const all = (name: string, expression: RegExp) =>
  [...(reports.get(name) ?? '').matchAll(expression)].map(([, value]) => value);

describe('a report as XML of ETSI', () => {
  it.each(names)('is well-formed, and refers to objects that it has, each once: %s', (name) => {
    writeFileSync(join(folder, 'report.xml'), reports.get(name) ?? '');
    execFileSync('xmllint', ['--nonet', '--noout', join(folder, 'report.xml')]);
    const ids = all(name, / id="([^"]+)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    for (const reference of all(name, / VOReference="([^"]+)"/g)) expect(ids).toContain(reference);
  });

  it.skipIf(schemas === undefined).each(names)(`validates against the schema: %s${schemaNote}`, (name) => {
    if (schemas === undefined) throw new Error('it is skipped without them');
    writeFileSync(join(folder, 'report.xml'), reports.get(name) ?? '');
    writeFileSync(join(folder, 'catalog.xml'), catalog(schemas));
    const { status, stderr } = spawnSync(
      'xmllint',
      ['--nonet', '--noout', '--schema', join(schemas, 'TS119102-2-v141.xsd'), join(folder, 'report.xml')],
      { encoding: 'utf8', env: { ...process.env, XML_CATALOG_FILES: join(folder, 'catalog.xml') } },
    );
    expect([status, stderr]).toEqual([0, expect.stringContaining('validates')]);
  });

  it('tells verdict, times, path, time-stamps and levels by the standard’s own names', () => {
    const [message, pdf] = names;
    const statuses = all(message, /<SignatureValidationStatus><MainIndication>([^<]+)</g);
    expect(statuses).toEqual(Array(statuses.length).fill('urn:etsi:019102:mainindication:total-passed'));
    expect(statuses.length).toBe(3);
    expect(all(message, /validationprocess:(\w+)</g)).toEqual(['LTA']);
    expect(all(message, /<(SignatureTimeStamp|ArchiveTimeStamp) Signed="false">/g)).toEqual([
      ...['SignatureTimeStamp', 'ArchiveTimeStamp'],
    ]);
    expect(all(message, /validationObject:(timestamp)</g)).toHaveLength(2);
    expect(all(pdf, /<NameElement>([^<]+)</g)).toEqual(['Signature1']);
  });

  it('tells what is wrong by sub-indication, code and words', () => {
    const [, , changed, none] = names;
    expect(all(changed, /subindication:(\w+)</g)).toEqual(['HASH_FAILURE']);
    expect(all(changed, /<Type>urn:sealgate:failure:(\w+)</g)).toEqual(['document_changed']);
    expect(all(none, /mainindication:([a-z-]+)</g)).toEqual(['total-failed']);
  });
});

/** Where the schemas stand that the schema imports by their addresses. */
function catalog(place: string): string {
  const files = {
    'http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
    'http://www.w3.org/TR/2008/REC-xmldsig-core-20080610/xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
    'http://uri.etsi.org/01903/v1.3.2/XAdES.xsd': 'XAdES.xsd',
    'http://uri.etsi.org/19612/v2.2.1/ts_119612v020201_201601xsd.xsd': 'ts_119612v020401_xsd.xsd',
    'http://www.w3.org/2001/xml.xsd': 'xml.xsd',
  };
  const rows = Object.entries(files).map(
    ([address, file]) => `<system systemId="${address}" uri="file://${join(place, file)}"/>`,
  );
  return `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">${rows.join('')}</catalog>`;
}
