import { expect, it } from 'vitest';
import { suite } from '../conformance/documents.ts';
import { vectors } from '../vectors.ts';

const { folder, reason, note } = vectors('documents');

const formats = ['CAdES', 'CMS with GOST', 'TST', 'TimeStampResp'];

it.skipIf(reason)(`signed documents of other projects are judged as these expect${note}`, async () => {
  const passed = new Map<string, number>();
  const failed: string[] = [];
  for await (const result of suite.run(folder)) {
    const format = result.id.split(':')[0] ?? '';
    if (!formats.includes(format)) continue;
    if (result.outcome === 'failed') failed.push(`${result.id}: ${result.reason}`);
    if (result.outcome === 'passed') passed.set(format, (passed.get(format) ?? 0) + 1);
  }
  expect(failed).toEqual([]);
  expect(Object.fromEntries(passed)).toEqual({
    CAdES: 35,
    'CMS with GOST': 1,
    TST: 10,
    TimeStampResp: 6,
  });
});
