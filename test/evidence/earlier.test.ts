import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { replayReport } from '../../src/operator/evidence.ts';

const folder = fileURLToPath(new URL('bundles', import.meta.url));

/** Evidence that version 0.1 exported, which kept what the database answered under the text of its questions. */
const bundles = readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`)] as const);

it.each(bundles)('evidence of version 0.1 replays with the verdict of then: %s', async (_, bundle) => {
  const { exitCode, json } = await replayReport(bundle, 'unsealed');
  expect(json).toMatchObject({ same: true, differences: [], verdict: { indication: 'TOTAL-PASSED' } });
  expect(exitCode).toBe(0);
});
