import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DocumentReport } from '../../src/document/report.ts';
import { type Case, validateFile } from '../conformance/documents.ts';
import { readManifest } from '../conformance/manifest.ts';
import { vectors } from '../vectors.ts';

const { folder, reason, note } = vectors('documents');
const tests = readManifest<{ tests: Case[] }>(folder)?.tests ?? [];
const changes = 40;

type Range = readonly [start: number, end: number];

const after = (file: Buffer, mark: string) => file.indexOf(mark);

/** archive-time-stamp-v3, DER: what stands in the token itself nothing covers yet. */
const archiveTimestamp = Buffer.from('060604008d450204', 'hex');

/** Which octets of each file its signature answers for; the others hold evidence, padding, names of other things. */
const covered: Readonly<Record<string, (file: Buffer) => Range>> = {
  'siva-cades-lta-enveloping': (file) => [0, file.indexOf(archiveTimestamp)],
  'siva-xades-lta-detached': (file) => [after(file, '<ds:SignedInfo'), after(file, '</ds:SignatureValue')],
  'siva-xades-lt-enveloped': (file) => [after(file, '<ds:SignedInfo'), after(file, '</ds:SignatureValue')],
  'siva-asic-e-xades-lt': (file) => [0, after(file, 'PK\u0001\u0002')],
  'siva-asic-s-cades-lt': (file) => [0, after(file, 'PK\u0001\u0002')],
  'siva-asic-e-cades-lt': (file) => [0, after(file, 'PK\u0001\u0002')],
  'siva-pades-lt': (file) => [0, Number(/\/ByteRange ?\[ ?0 (\d+)/.exec(file.toString('latin1'))?.[1])],
  'notary-TimeStampToken': (file) => [0, after(file, 'GlobalSign')],
};

/** What is said to be covered, up to which level, and by whom. */
function claim({ signatures, timestamps }: DocumentReport) {
  return [...signatures, ...timestamps].map((each) => [
    each.coverage,
    'level' in each ? each.level : undefined,
    each.certificate?.sha256,
  ]);
}

describe('a document that passes, with one octet changed of those that its signature answers for', () => {
  it.skipIf(reason).each(Object.keys(covered))(
    `does not pass with the same coverage: %s${note}`,
    async (id) => {
      const test = tests.find((each) => each.id === id)!;
      const file = readFileSync(join(folder, test.file));
      const before = await validateFile(folder, test, file);
      expect(before.indication).toBe('TOTAL-PASSED');
      const [start, end] = covered[id]!(file);
      expect(end - start).toBeGreaterThan(100);
      for (let count = 0; count < changes; count++) {
        const at = start + Math.floor(((count + 0.5) * (end - start)) / changes);
        const changed = Buffer.from(file);
        changed[at]! ^= 1 << (count % 8);
        const report = await validateFile(folder, test, changed);
        const isSame = JSON.stringify(claim(report)) === JSON.stringify(claim(before));
        expect([at, report.indication === 'TOTAL-PASSED' && isSame]).toEqual([at, false]);
      }
    },
  );
});
