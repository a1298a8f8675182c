import { expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { exportEvidence } from '../../src/evidence/export.ts';
import { replayReport } from '../../src/operator/evidence.ts';
import { startSetting } from '../authorisation/setting.ts';

it('evidence of a GOST sign-in replays with the same verdict', async () => {
  const setting = await startSetting({ algorithm: 'gost2012-256' });
  try {
    const portal = await setting.client('portal', { requireQualified: true });
    const { body } = await setting.signIn(portal, await setting.issue(sampleSubscriber('legal-entity')));
    const report = await replayReport(await exportEvidence(setting.database, body.sessionId), 'unsealed');
    expect(report.json).toMatchObject({ same: true, verdict: { indication: 'TOTAL-PASSED' } });
  } finally {
    await setting.dispose();
  }
});
