import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareOctets } from '../../src/asn1/writer.ts';
import { vectors } from '../vectors.ts';
import { suite as chains } from './chains.ts';
import { suite as pkits } from './pkits.ts';
import { suite as pkitsWithGost } from './pkits-gost.ts';
import { gostPairFor, reissueCertificate, signedFields, spkiOf } from './reissue.ts';
import { suite as reports } from './reports.ts';
import { suite as russian } from './russian-ca.ts';
import type { CaseResult, Suite } from './suite.ts';
import { suite as webEid } from './web-eid.ts';
import { suite as wycheproof } from './wycheproof.ts';
import { suite as limbo } from './x509-limbo.ts';

async function resultsOf(suite: Suite, folder: string): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of suite.run(folder)) results.push(result);
  return results;
}

describe('a public suite passes whole', () => {
  for (const [name, suite] of [
    ['pkits', pkits],
    ['pkits', pkitsWithGost],
    ['chains', chains],
    ['x509-limbo', limbo],
    ['russian-ca', russian],
    ['web-eid', webEid],
    ['wycheproof', wycheproof],
    ['reports', reports],
  ] as const) {
    const { folder, reason, note } = vectors(name);
    it.skipIf(reason)(`${name}${note}`, async () => {
      expect(suite.recognises(folder)).toBe(true);
      const results = await resultsOf(suite, folder);
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const skipped = results.filter(({ outcome }) => outcome === 'skipped');
      expect(skipped.every(({ reason: why }) => why !== undefined && why.length > 20)).toBe(true);
      if (name !== 'chains') expect(skipped).toEqual([]);
    });
  }
});

const { folder, reason, note } = vectors('pkits');

it.skipIf(reason)(`re-issuing a certificate changes its key and signature and nothing else${note}`, () => {
  for (const file of readdirSync(join(folder, 'certs')).slice(0, 30)) {
    const original = readFileSync(join(folder, 'certs', file));
    const pair = gostPairFor(spkiOf(original));
    const [before, after] = [original, reissueCertificate(original, pair, pair, false)].map(signedFields);
    const differing = before!.filter((field, at) => compareOctets(field, after![at]!) !== 0);
    expect([differing.length, after!.length]).toEqual([2, before!.length]);
  }
});

it('no suite takes the folder of another for its own', () => {
  const suites = [pkits, chains, limbo, reports, russian, webEid, wycheproof];
  const names = [
    'pkits',
    'chains',
    'x509-limbo',
    'russian-ca',
    'web-eid',
    'wycheproof',
    'reports',
    'crl',
    'ocsp',
    'cms',
    'gost',
  ];
  for (const name of names) {
    const found = suites.filter((suite) => suite.recognises(vectors(name).folder)).map((suite) => suite.name);
    expect(found).toEqual(
      suites.some((suite) => suite.name === name) && vectors(name).reason === undefined ? [name] : [],
    );
  }
});
