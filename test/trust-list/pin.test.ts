import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { isFailure } from '../../src/error.ts';
import { readPins } from '../../src/trust-list/pin.ts';
import { russianCertificates } from '../russian-ca.ts';

const { octets, reason, note } = russianCertificates;

describe.skipIf(reason)(`the supplied pins${note}`, () => {
  const roots = octets.map((der) => parseCertificate(der)).filter(({ isSelfIssued }) => isSelfIssued);

  it('name every root of the state’s list but that of the passport system', () => {
    const { roots: pinned } = readPins();
    const unpinned = roots.filter(({ sha256 }) => !pinned.has(sha256));
    expect(unpinned.map(({ subject }) => subject.toString()).join()).toMatch(/CN=ГУЦ ГС ПВДНП/);
    expect(unpinned).toHaveLength(1);
    expect(pinned.size).toBe(roots.length - 1);
  });

  it('state each root’s true term and a source', () => {
    const content = JSON.parse(
      readFileSync(new URL('../../certs/trusted/russia.json', import.meta.url), 'utf8'),
    ) as { roots: { sha256: string; notBefore: string; notAfter: string; source: string }[] };
    for (const { sha256, notBefore, notAfter, source } of content.roots) {
      const root = roots.find((candidate) => candidate.sha256 === sha256)!;
      expect(new Date(root.notBefore).toISOString()).toContain(notBefore);
      expect(new Date(root.notAfter).toISOString()).toContain(notAfter);
      expect(source.length).toBeGreaterThan(40);
    }
  });

  it('name the ministry as the signer of lists, by the number in its own roots', () => {
    const { signerOgrns } = readPins();
    expect([...signerOgrns]).toEqual(['1047702026701']);
    const newest = roots.toSorted((left, right) => right.notBefore - left.notBefore)[0]!;
    expect(newest.subject.toString()).toContain('OGRN=1047702026701');
  });
});

describe('readPins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-pins-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['no JSON', '{', ''],
    [
      'a fingerprint of false length',
      '{"description":"","roots":[{"name":"x","sha256":"ab","notBefore":"2026-01-01","notAfter":"2027-01-01","source":"y"}]}',
      'roots.0.sha256 in ',
    ],
    ['a field that nobody knows', '{"description":"","roots":[],"root":[]}', 'root in '],
  ])('refuses a file with %s', (_, content, where) => {
    const file = join(folder, 'pins.json');
    writeFileSync(file, content);
    try {
      readPins(folder);
      expect.unreachable();
    } catch (error) {
      expect(isFailure(error, 'configuration_invalid')).toBe(true);
      expect(error).toMatchObject({ details: { field: `${where}${file}` } });
    }
  });
});
