import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import type { Access } from '../../src/database/access.ts';
import { readEvidence } from '../../src/evidence/keep.ts';
import { verifyReport } from '../../src/operator/audit.ts';
import { listReport } from '../../src/operator/audit-list.ts';
import { showReport } from '../../src/operator/audit-show.ts';
import type { Operation } from '../../src/operator/operate.ts';
import { sealReport } from '../../src/operator/records.ts';
import { clientRegistry } from '../../src/relying-party/registry.ts';
import { openState } from '../../src/service/state.ts';
import { caught } from '../failure-code.ts';

/** A database that the demo of version 0.1.0 left behind, with its secrets: two sign-ins and three refusals. */
const left = fileURLToPath(new URL('../database/version-0.1/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
writeFileSync(join(folder, 'sealgate.sqlite'), gunzipSync(readFileSync(join(left, 'sealgate.sqlite.gz'))));
writeFileSync(join(folder, 'secrets'), readFileSync(join(left, 'secrets')), { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function work<T>(act: (operation: Operation) => Promise<T>, access: Access = 'open'): Promise<T> {
  const config = toConfig(readEnvironment({ SEALGATE_DATA: folder }));
  const state = await openState(config, Date.now(), access);
  try {
    return await act({ ...state, config, at: Date.now() });
  } finally {
    await state.database.close();
  }
}

describe('a database of version 0.1.0', () => {
  it('is read as it is before it is brought up to date', async () => {
    await work(async (operation) => {
      expect(
        await listReport(operation, { after: 0, limit: 100, code: 'certificate_revoked' }),
      ).toMatchObject({
        json: [{ code: 'certificate_revoked', client: 'demo-portal' }],
      });
    }, 'read');
  });

  it('is brought up to date with an audit that holds, and wants its records sealed by the operator', async () => {
    await work(async (operation) => {
      const unsealed = await clientRegistry(operation.database).list().catch(caught);
      expect(unsealed).toMatchObject({ code: 'record_unsealed' });
      expect(await sealReport(operation, { confirm: true })).toMatchObject({
        exitCode: 0,
        json: { sealed: 4 },
      });
      expect(await verifyReport(operation)).toMatchObject({
        exitCode: 0,
        json: { intact: true, records: 13 },
      });
      const clients = await clientRegistry(operation.database).list();
      expect(clients.map(({ id }) => id)).toEqual(['demo-portal']);
    });
  });

  it('finds what was before by its index, with the evidence that was kept', async () => {
    await work(async (operation) => {
      const { database } = operation;
      const passed = [];
      for await (const { at, record } of readAudit(database)) {
        const { event, evidence, traceId } = JSON.parse(record) as Record<string, string>;
        if (event === 'login.passed') passed.push({ at, evidence, traceId });
      }
      expect(passed).toHaveLength(2);
      const [{ at, evidence = '', traceId = '' } = { at: 0 }] = passed;
      expect(await readEvidence(database, at, evidence)).toBeDefined();
      expect((await showReport(operation, traceId, {})).json).toMatchObject({
        records: [{ event: 'login.passed', verdict: { indication: 'TOTAL-PASSED' } }],
      });
    });
  });
});
