import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '../../src/authority/key.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signerOf } from '../signing/issued.ts';
import { Archive, day } from './archive.ts';
import { formats } from './formats.ts';

const start = Date.parse('2026-03-02T09:00:00Z');
const kinds = [
  'ecdsa-p256',
  'gost2012-256',
  'gost2012-512',
  'rsa-2048',
] as const satisfies readonly KeyKind[];

const archives = new Map<KeyKind, Archive>();
beforeAll(async () => {
  for (const kind of kinds) archives.set(kind, await Archive.open(kind, start));
});
afterAll(async () => {
  for (const archive of archives.values()) await archive.close();
});

/** Each format under elliptic curves of both worlds; one of each library of formats under the others. */
const everywhere: ReadonlySet<KeyKind> = new Set(['ecdsa-p256', 'gost2012-256']);
const onlySome: ReadonlySet<string> = new Set(['CMS, attached', 'PDF with packed objects', 'XML']);
const cases = Object.keys(formats).flatMap((format) =>
  kinds.filter((kind) => everywhere.has(kind) || onlySome.has(format)).map((kind) => [format, kind] as const),
);

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

it('one of a signer whom its maker does not trust is refused; made without asking it proves no time elsewhere', async () => {
  const archive = archives.get('ecdsa-p256')!;
  const stranger = await Archive.open('ecdsa-p256', archive.now);
  try {
    const signer = await signerOf(await archive.issue(3 * day));
    const message = await makeMessage(archive.content, signer, { signingTime: archive.now });
    await expect(stranger.extend(message, 'T')).rejects.toMatchObject({
      code: 'level_not_reached',
      details: { level: 'T', reason: 'root_untrusted' },
    });
    const stamped = await stranger.extend(message, 'T', false);
    expect((await archive.validate(stamped, await archive.lists())).signatures[0]).toMatchObject({
      level: 'T',
      timestamps: [{ imprint: 'matches', indication: 'INDETERMINATE' }],
    });
  } finally {
    await stranger.close();
  }
});
