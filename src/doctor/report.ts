import type { Paint } from '../terminal/table.ts';
import { type Finding, sectionNames } from './finding.ts';
import type { DoctorWords } from './words.ts';

const marks = { good: '✓', warning: '!', bad: '✗' } as const;

/** Lines of a terminal, and how far text stands in. */
const width = 80;
const indent = ' '.repeat(4);

/** The findings by section, for a terminal or for a support line; what is to be mended has its code and remedy below. */
export function reportText(findings: readonly Finding[], words: DoctorWords, paint: Paint): string {
  const sections = sectionNames.flatMap((section) => {
    const own = findings.filter((finding) => finding.section === section);
    const lines = own.map((finding) => findingLines(finding, paint));
    return own.length === 0 ? [] : [[paint.bold(words.sections[section]), ...lines].join('\n')];
  });
  return [...sections, summary(findings, words, paint)].join('\n\n');
}

function findingLines({ name, state, found, code, remedy }: Finding, paint: Paint): string {
  const colour = { good: paint.good, warning: paint.warn, bad: paint.bad }[state];
  const what = wrapped(`${name}: ${found}${code === undefined ? '' : ` [${code}]`}`);
  // The mark stands where the first line is indented, so that its colour does not count.
  const first = `  ${colour(marks[state])} ${what.slice(indent.length)}`;
  return remedy === undefined ? first : `${first}\n${wrapped(`→ ${remedy}`)}`;
}

/** Text in lines of at most 80 characters, indented; a word that is longer has a line of its own. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || [...line].length + 1 + [...word].length > width) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

function summary(findings: readonly Finding[], words: DoctorWords, paint: Paint): string {
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  const [bad, warnings] = [count('bad'), count('warning')];
  if (bad + warnings === 0) return paint.good(words.allGood);
  return (bad > 0 ? paint.bad : paint.warn)(words.summary(bad, warnings));
}
