import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureCodes } from '../../src/failure/catalogue.ts';
import { docs, type GuideStand, startGuideStand, whyNoStand } from './stand.ts';

const guides = readdirSync(docs).filter((name) => name.endsWith('.md') && !name.endsWith('.ru.md'));
const note = whyNoStand === undefined ? '' : ` (skipped: ${whyNoStand})`;

const textOf = (name: string) => readFileSync(join(docs, name), 'utf8');

/** What runs an example in another language than the shell's. */
const interpreters: Readonly<Record<string, string>> = {
  python: 'python3 -',
  js: `'${process.execPath}' --input-type=module -`,
};

/** The examples of a guide as commands of the shell. */
const codeOf = (text: string) =>
  [...text.matchAll(/```(sh|python|js)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => {
    const interpreter = interpreters[language];
    return interpreter === undefined ? code : `${interpreter} <<'END'\n${code}END\n`;
  });
const headingsOf = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, marks]) => marks);
const russian = (name: string) => name.replace(/\.md$/, '.ru.md');

describe('a guide', () => {
  it.each(guides)('%s has the same headings and commands in Russian, and no more than 300 lines', (name) => {
    const [english, other] = [textOf(name), textOf(russian(name))];
    expect(codeOf(other)).toEqual(codeOf(english));
    expect(headingsOf(other)).toEqual(headingsOf(english));
    for (const text of [english, other]) expect(text.split('\n').length).toBeLessThan(300);
  });

  it.each(guides)('%s leads to pages that are there, and names codes that exist', (name) => {
    for (const text of [textOf(name), textOf(russian(name))]) {
      for (const [, target = ''] of text.matchAll(/\]\(([\w./-]+\.(?:md|java|go|php))\)/g))
        expect(existsSync(join(docs, target)), target).toBe(true);
      for (const [, code = ''] of text.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm))
        for (const [, each = ''] of code.matchAll(/`(\w+)`/g)) expect(failureCodes).toContain(each);
    }
  });
});

describe.skipIf(whyNoStand !== undefined)(`the commands of a guide${note}`, () => {
  let stand: GuideStand;
  beforeAll(() => {
    stand = startGuideStand();
  });
  afterAll(() => stand.remove());

  it.each(guides)('%s all do what they are there for', (name) => {
    const { status, stderr } = stand.run(codeOf(textOf(name)).join('\n'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('show the cause of a refusal, and each kind of certificate comes out as the stand says', () => {
    const codeIn = (key: string) => JSON.parse(readFileSync(join(stand.folder, `${key}.json`), 'utf8')).code;
    expect(['entrepreneur', 'person', 'expired', 'revoked', 'unqualified'].map(codeIn)).toEqual([
      undefined,
      'organisation_missing',
      'certificate_expired',
      'certificate_revoked',
      'certificate_not_qualified',
    ]);
  });
});
