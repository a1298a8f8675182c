import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { validPaths } from '../../src/path/find.ts';
import type { PathInput } from '../../src/path/input.ts';
import { profiles } from '../../src/path/profile.ts';
import { type Check, Checks } from '../../src/report/check.ts';
import { commonName, issue, newKeys, simpleChain, usage, usualTime } from './certificates.ts';

const { root, middle, signer, keys } = simpleChain();

function rowsOf(changes: Partial<PathInput> = {}): readonly Check[] {
  const report = new Checks();
  const input: PathInput = {
    target: signer,
    pool: [middle],
    anchors: [anchorOf(root)],
    at: usualTime,
    profile: profiles['qualified-gost'],
    budget: new Budget(),
    report,
    ...changes,
  };
  for (const paths = validPaths(input); !paths.next().done; );
  return report.list;
}

function short({ name, outcome, subject }: Check): string {
  return [name, outcome, subject === undefined ? '' : String(subject).replace('CN=', '')].join(' ').trim();
}

describe('the report', () => {
  it('has every step of a path from the anchor down', () => {
    expect(rowsOf().map(short)).toEqual([
      'path.tried passed',
      'path.signature passed Authority',
      'path.term passed Authority',
      'path.purpose passed Authority',
      'path.authority passed Authority',
      'path.signature passed Signer',
      'path.term passed Signer',
      'path.purpose passed Signer',
      'path.usage passed Signer',
      'path.valid passed',
    ]);
  });

  it('says which path and which certificate of it a row belongs to', () => {
    const places = rowsOf().map(({ details }) => [details?.path, details?.position]);
    expect(new Set(places.map(([path]) => path))).toEqual(new Set([1]));
    expect(places.slice(1, 3)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(places.at(-2)).toEqual([1, 2]);
  });

  it('is JSON without further ado', () => {
    const [tried] = JSON.parse(JSON.stringify(rowsOf())) as [{ details: unknown }];
    expect(tried.details).toMatchObject({
      path: 1,
      certificates: ['CN=Signer', 'CN=Authority'],
      anchor: 'CN=Root',
    });
  });

  it('says that the target itself is refused, before any path', () => {
    const rows = rowsOf({ at: signer.notAfter + 1000 });
    expect(rows.map(short)).toEqual(['path.target failed Signer']);
    expect(rows[0]?.code).toBe('certificate_expired');
  });

  it('says which possible issuer did not sign, and that none is left', () => {
    const target = issue({
      subject: commonName('Signer'),
      issuer: commonName('Authority'),
      keys: keys.signer,
      signer: newKeys(),
      extensions: [usage(0xc0)],
    });
    expect(rowsOf({ target }).map(short)).toEqual([
      'path.candidate failed Signer',
      'path.issuer failed Signer',
    ]);
  });

  it('says where a whole path breaks a rule', () => {
    const rows = rowsOf({
      anchors: [
        anchorOf(
          issue({
            subject: commonName('Root'),
            issuer: commonName('Root'),
            keys: keys.root,
            signer: keys.root,
            notAfter: new Date('2026-02-01T00:00:00Z'),
          }),
        ),
      ],
    });
    const failed = rows.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ name, code }) => [name, code])).toContainEqual(['path.rule', 'certificate_expired']);
  });
});
