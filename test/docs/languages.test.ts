import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docs, type GuideStand, startGuideStand, whyNoStand } from './stand.ts';

// The guide's examples in languages whose tools few machines have.

const reason = process.env.INTEROPERATION === undefined ? 'npm run interoperation runs them' : whyNoStand;
const note = reason === undefined ? '' : ` (skipped: ${reason})`;

const languages = [
  { language: 'Java', tool: '/usr/bin/javac', runs: 'java', file: 'SignIn.java' },
  { language: 'Go', tool: '/usr/bin/go', runs: 'go run', file: 'sign-in.go' },
  { language: 'PHP', tool: '/usr/bin/php', runs: 'php', file: 'sign-in.php' },
].map((each) => ({
  ...each,
  missing: existsSync(each.tool)
    ? ''
    : ` (skipped: ${each.tool} is not installed; npm run setup -- --languages)`,
}));

describe.skipIf(reason !== undefined)(`a portal by plain HTTP${note}`, () => {
  let stand: GuideStand;
  beforeAll(() => {
    stand = startGuideStand();
  });
  afterAll(() => stand.remove());

  for (const { language, runs, file, missing } of languages)
    it.skipIf(missing !== '')(`signs an organisation in by ${language}${missing}`, () => {
      const { status, stdout, stderr } = stand.run(`${runs} '${join(docs, 'examples', file)}'`);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('ООО «Северный ветер»');
    });
});
