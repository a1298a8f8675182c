import { z } from 'zod';
import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { SealgateError } from '../error.ts';
import { profileNames } from '../path/profile.ts';
import { writeZip } from './asic/write.ts';
import { readZip } from './asic/zip.ts';
import type { DocumentQuestion } from './judge.ts';
import type { DocumentReport } from './report.ts';

/** All that a verdict on a document came from, so that it can be made again where nothing else is at hand. */
export interface DocumentEvidence {
  readonly document: Uint8Array;
  readonly contents: readonly { readonly name: string | undefined; readonly octets: Uint8Array }[];
  readonly question: Omit<DocumentQuestion, 'policies'> & { readonly anchors: readonly Uint8Array[] };
  readonly report: DocumentReport;
}

const encodings = ['anchors', 'untrusted', 'lists', 'answers'] as const;

const index = z.strictObject({
  version: z.literal(1),
  at: z.int(),
  profile: z.enum(profileNames),
  language: z.enum(['en', 'ru']),
  contents: z.array(z.string().nullable()),
  ...{ anchors: z.int(), untrusted: z.int(), lists: z.int(), answers: z.int() },
});

/**
 * Puts evidence into one ZIP file: the document and what it signs as they are, anchors, certificates, lists and answers
 * that came with the question (what is inside of the document stays there), the question, and the report.
 */
export function writeBundle({ document, contents, question, report }: DocumentEvidence): Uint8Array {
  const { at, profile, language } = question;
  const counts = Object.fromEntries(encodings.map((part) => [part, question[part].length]));
  const names = contents.map(({ name }) => name ?? null);
  const texts = {
    'question.json': { version: 1, at, profile, language, contents: names, ...counts },
    'report.json': report,
  };
  return writeZip({
    entries: [
      ...Object.entries(texts).map(([name, value]) =>
        entry(name, Buffer.from(JSON.stringify(value, null, 2))),
      ),
      entry('document', document),
      ...contents.map(({ octets }, at) => entry(`contents/${at + 1}`, octets)),
      ...encodings.flatMap((part) =>
        question[part].map((octets, at) => entry(`${part}/${at + 1}.der`, octets)),
      ),
    ],
    comment: '',
  });
}

function entry(name: string, octets: Uint8Array) {
  return { name, octets, isStored: false };
}

/** Evidence out of a file that `writeBundle` made. Throws `document_malformed` for any other, and `budget_exhausted`. */
export async function readBundle(octets: Uint8Array): Promise<DocumentEvidence> {
  const { entries } = await readZip(octets, new Budget(documentCommandLimits));
  const files = new Map(entries.map((each) => [each.name, each.octets]));
  const file = (name: string): Uint8Array => {
    const found = files.get(name);
    if (found === undefined) throw malformed('it is no bundle of evidence', name);
    return found;
  };
  const { version, contents, at, profile, language, ...counts } = parsed(file('question.json'));
  const all = (part: (typeof encodings)[number]) =>
    Array.from({ length: counts[part] }, (_, each) => file(`${part}/${each + 1}.der`));
  return {
    document: file('document'),
    contents: contents.map((name, each) => ({
      name: name ?? undefined,
      octets: file(`contents/${each + 1}`),
    })),
    question: {
      ...{ at, profile, language, anchors: all('anchors'), untrusted: all('untrusted') },
      ...{ lists: all('lists'), answers: all('answers') },
    },
    report: JSON.parse(Buffer.from(file('report.json')).toString()) as DocumentReport,
  };
}

function parsed(octets: Uint8Array): z.infer<typeof index> {
  try {
    return index.parse(JSON.parse(Buffer.from(octets).toString()));
  } catch (cause) {
    throw malformed('it is no bundle of evidence', 'question.json', cause);
  }
}

function malformed(problem: string, file: string, cause?: unknown): SealgateError {
  return new SealgateError('document_malformed', { problem, file }, { cause });
}

/** Members that are words: another version may say the same in others. */
const words: ReadonlySet<string> = new Set(['title', 'cause', 'remedy']);

/**
 * In what a report differs from another one, both as JSON has them: each as the path to a value with what it was and is.
 * The order of checks is not compared, because statuses are asked for side by side.
 */
export function reportDifferences(was: unknown, is: unknown, path = 'report'): readonly string[] {
  if (Object.is(was, is)) return [];
  if (path.endsWith('.checks') && Array.isArray(was) && Array.isArray(is))
    return reportDifferences({ ...sorted(was) }, { ...sorted(is) }, path);
  if (!isObject(was) || !isObject(is)) return [`${path}: was ${shown(was)}, is ${shown(is)}`];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names]
    .filter((name) => !words.has(name))
    .flatMap((name) => reportDifferences(was[name], is[name], `${path}.${name}`));
}

function sorted(checks: readonly unknown[]): readonly unknown[] {
  return checks
    .map((each) => [JSON.stringify(each), each] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
