import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthority, loadAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';

const parent = mkdtempSync(join(tmpdir(), 'sealgate-authority-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const subscriber = sampleSubscriber('legal-entity');

describe.each(['ecdsa-p256', 'gost2012-256'] as const)('authority in a folder, on %s', (algorithm) => {
  const folder = join(parent, algorithm);

  it('goes on after a restart: same keys, numbers and revocations, same address', async () => {
    const first = await createAuthority({ algorithm, folder, serve: {} });
    const kept = await first.issue({ subscriber });
    const lost = await first.issue({ subscriber });
    first.revoke(lost.serialNumber, 'keyCompromise');
    await first.accredited.currentCrl();
    await first.createSubordinate({ slug: 'branch', parent: first.accredited });
    await first.close();

    const second = await loadAuthority({ folder, serve: {} });
    try {
      expect(second.url).toBe(first.url);
      expect(second.root.certificate).toEqual(Buffer.from(first.root.certificate));
      expect(second.issuers.get('branch')?.parent?.slug).toBe('accredited');
      expect(second.accredited.statusOf(kept.serialNumber)).toEqual({ kind: 'good' });
      expect(second.accredited.statusOf(lost.serialNumber).kind).toBe('revoked');
      expect(second.accredited.register.listNumber).toBe(1);
      expect((await fetch(second.accredited.crlUrl)).status).toBe(200);
    } finally {
      await second.close();
    }
  });

  it('a line that a crash cut off is left out, and the next one is whole', async () => {
    appendFileSync(join(folder, 'register.jsonl'), '{"event":"revoked","issuer":"accre');
    const loaded = await loadAuthority({ folder });
    const { serialNumber } = await loaded.issue({ subscriber });
    const again = await loadAuthority({ folder });
    expect(again.accredited.statusOf(serialNumber)).toEqual({ kind: 'good' });
  });

  it('keys are readable by their owner alone, and the folder too', () => {
    expect(statSync(join(folder, 'root.key')).mode & 0o077).toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(readFileSync(join(folder, 'root.key'), 'utf8')).toContain('BEGIN PRIVATE KEY');
  });

  it('is not overwritten by a new one', async () => {
    await expect(createAuthority({ algorithm, folder })).rejects.toThrow('already');
  });
});
