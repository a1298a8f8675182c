import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDetached } from '../../src/authority/detached.ts';
import { assemble } from '../../src/document/cades/assemble.ts';
import { partsOf } from '../../src/document/cades/parts.ts';
import { noMaterial } from '../../src/document/examined.ts';
import { Archive, day, hour } from './archive.ts';

const start = Date.parse('2026-03-02T09:00:00Z');

let archive: Archive;
beforeAll(async () => {
  archive = await Archive.open('ecdsa-p256', start);
});
afterAll(() => archive.close());

describe('a signature whose certificate has ended since', () => {
  it('passes with a time-stamp from before its end and a list from after the time-stamp', async () => {
    const signer = await archive.issue(3 * day);
    const message = await archive.extend(await signDetached(archive.content, signer, archive.now), 'T');
    const stamped = archive.now;
    archive.pass(hour);
    const lists = await archive.lists();
    archive.pass(10 * day);
    const report = await archive.validate(message, lists);
    expect(report).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [
        {
          format: 'CAdES',
          level: 'T',
          revocation: 'good',
          provenTime: new Date(stamped).toISOString(),
          judgedAt: new Date(stamped).toISOString(),
          timestamps: [{ kind: 'signature', imprint: 'matches', indication: 'TOTAL-PASSED' }],
        },
      ],
    });
  });

  it('stays open without a time-stamp', async () => {
    const signer = await archive.issue(3 * day);
    const message = await signDetached(archive.content, signer, archive.now);
    const lists = await archive.lists();
    archive.pass(10 * day);
    expect(await archive.validate(message, lists)).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'OUT_OF_BOUNDS_NO_POE',
      failure: { code: 'existence_unproven' },
    });
  });

  it('stays open where the list was issued after that end, when lists leave it out', async () => {
    const signer = await archive.issue(3 * day);
    const message = await archive.extend(await signDetached(archive.content, signer, archive.now), 'T');
    archive.pass(10 * day);
    expect(await archive.validate(message, await archive.lists())).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'TRY_LATER',
      failure: { code: 'revocation_data_missing' },
    });
  });

  it('stays open where the list was over before the time-stamp, of which it says nothing either', async () => {
    const signer = await archive.issue(60 * day);
    const lists = await archive.lists();
    archive.pass(30 * day);
    const message = await archive.extend(await signDetached(archive.content, signer, archive.now), 'T');
    archive.pass(40 * day);
    expect(await archive.validate(message, lists)).toMatchObject({
      subIndication: 'OUT_OF_BOUNDS_NO_POE',
      signatures: [{ timestamps: [{ failure: { code: 'revocation_data_missing' } }] }],
    });
  });
});

describe('a signature whose certificate is revoked', () => {
  it.each([
    ['after the time-stamp', 1, 'TOTAL-PASSED', undefined],
    ['before the time-stamp', -1, 'TOTAL-FAILED', 'certificate_revoked'],
  ] as const)('%s is judged by that order', async (_, direction, indication, code) => {
    const signer = await archive.issue(90 * day);
    const message = await archive.extend(await signDetached(archive.content, signer, archive.now), 'T');
    const revokedAt = archive.now + direction * 60_000;
    archive.pass(hour);
    archive.authority.revoke(signer.serialNumber, 'cessationOfOperation', revokedAt);
    const report = await archive.validate(message, await archive.lists());
    expect([report.indication, report.failure?.code]).toEqual([indication, code]);
  });

  it('stays open without a time-stamp, which alone could tell the order', async () => {
    const signer = await archive.issue(90 * day);
    const message = await signDetached(archive.content, signer, archive.now);
    archive.pass(hour);
    archive.authority.revoke(signer.serialNumber, 'keyCompromise');
    expect(await archive.validate(message, await archive.lists())).toMatchObject({
      subIndication: 'REVOKED_NO_POE',
      failure: { code: 'revocation_time_unproven' },
    });
  });
});

describe('an extended message', () => {
  it('of level LT passes by what it holds alone, long after', async () => {
    const signer = await archive.issue(3 * day);
    const message = await archive.extend(await signDetached(archive.content, signer, archive.now), 'LT');
    archive.pass(20 * day);
    expect(await archive.validate(message)).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ level: 'LT', revocation: 'good' }],
    });
  });

  it('of level LTA has an archive time-stamp that covers its evidence, and no less', async () => {
    const signer = await archive.issue(3 * day);
    const message = await archive.extend(await signDetached(archive.content, signer, archive.now), 'LTA');
    expect(await archive.validate(message)).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [
        { level: 'LTA', timestamps: [{ indication: 'TOTAL-PASSED' }, { indication: 'TOTAL-PASSED' }] },
      ],
    });
    const parts = partsOf(message);
    const [, ...revocations] = parts.revocations;
    const report = await archive.validate(assemble({ ...parts, revocations }, [], noMaterial));
    const kinds = report.signatures[0]?.timestamps.map(({ kind, failure }) => [kind, failure?.code]);
    expect(kinds).toContainEqual(['archive', 'timestamp_mismatch']);
    expect(report.signatures[0]?.level).toBe('LT');
  });

  it('whose archive time-stamp is older than what it covers proves no time by it', async () => {
    const signer = await archive.issue(3 * day);
    const stamped = await archive.extend(await signDetached(archive.content, signer, archive.now), 'T');
    archive.pass(-hour);
    const message = await archive.extend(stamped, 'LTA', false);
    archive.pass(2 * hour);
    const report = await archive.validate(message, await archive.lists());
    const kinds = report.signatures[0]?.timestamps.map(({ kind, failure }) => [kind, failure?.code]);
    expect(kinds?.sort()).toEqual([
      ['archive', 'timestamp_order'],
      ['signature', undefined],
    ]);
  });

  it('is not made of one that does not hold', async () => {
    const signer = await archive.issue(3 * day);
    const message = await signDetached(Buffer.from('Another contract.'), signer, archive.now);
    await expect(archive.extend(message, 'T')).rejects.toMatchObject({
      code: 'level_not_reached',
      details: { level: 'T', reason: 'document_changed' },
    });
  });

  it('with the time-stamp of another signature is as good as without', async () => {
    const signer = await archive.issue(3 * day);
    const one = await archive.extend(await signDetached(archive.content, signer, archive.now), 'T');
    const other = partsOf(await signDetached(archive.content, signer, archive.now + 1000));
    const stolen = partsOf(one).signers[0]!.unsigned.map(({ encoding }) => encoding);
    const report = await archive.validate(assemble(other, [stolen], noMaterial), await archive.lists());
    expect(report.signatures[0]).toMatchObject({
      level: 'B',
      timestamps: [{ imprint: 'differs', failure: { code: 'timestamp_mismatch' } }],
    });
    expect(report.signatures[0]?.provenTime).toBeUndefined();
  });
});

it('under GOST R 34.10-2012 time-stamp, evidence and archive time-stamp hold too', async () => {
  const gost = await Archive.open('gost2012-256', start);
  try {
    const signer = await gost.issue(3 * day);
    const message = await gost.extend(await signDetached(gost.content, signer, gost.now), 'LTA');
    gost.pass(10 * day);
    expect(await gost.validate(message)).toMatchObject({
      indication: 'TOTAL-PASSED',
      signatures: [{ level: 'LTA', algorithm: 'GOST R 34.10-2012 with Streebog-256' }],
    });
  } finally {
    await gost.close();
  }
});
