import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Reader } from '../asn1/reader.ts';
import { readName } from '../certificate/name.ts';
import { type Attribute, encodeName } from '../certificate/writer/name.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { problemIn } from '../failure/problem-terms.ts';
import { schemaProblem } from '../failure/schema-problem.ts';
import { nameOf } from '../failure/vocabulary.ts';
import { examineName } from '../qualified/rules.ts';
import { usageError } from '../terminal/command.ts';
import { parseSubject } from './subject.ts';

/** How a command is told the subject of a request. */
export interface SubjectOptions {
  readonly subject?: string;
  readonly subjectFile?: string;
}

const subjectFile = z
  .array(
    z.strictObject({
      type: z.string(),
      value: z.string().min(1),
      as: z.enum(['utf8', 'printable', 'numeric', 'ia5', 'bmp']).optional(),
    }),
  )
  .min(1);

/** The subject that the options give. Throws `command_invalid` where there is none, or it cannot be read, and `file_unreadable`. */
export async function readSubjectOption({
  subject,
  subjectFile: path,
}: SubjectOptions): Promise<Attribute[]> {
  if ((subject === undefined) === (path === undefined))
    throw usageError({
      en: 'give either --subject or --subject-file',
      ru: 'укажите либо --subject, либо --subject-file',
    });
  try {
    if (subject !== undefined) return parseSubject(subject);
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(error.message);
    throw error;
  }
  return readSubjectFile(path ?? '');
}

async function readSubjectFile(file: string): Promise<Attribute[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  const { data, error } = subjectFile.safeParse(jsonIn(text), { error: schemaProblem });
  if (data !== undefined)
    return data.map(({ type, value, as }) => ({ type, value, ...(as !== undefined && { as }) }));
  const [issue] = error.issues;
  throw unreadable(issue?.message ?? 'wrong', issue?.path.join('.'));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('not JSON');
  }
}

/** `place` is where in the file it is. */
function unreadable(problem: string, place = ''): SealgateError {
  const at = place === '' ? '' : `${place}: `;
  return usageError({
    en: `the subject cannot be read: ${at}${problem}`,
    ru: `имя владельца не разобрать: ${at}${problemIn(problem, 'ru')}`,
  });
}

/**
 * Throws `command_invalid` if a subject breaks the qualified profile, so that nobody learns it from the authority weeks
 * later; gives what the profile only warns of.
 */
export function checkQualifiedSubject(attributes: readonly Attribute[]): readonly string[] {
  const findings = examineName(readName(Reader.der(encodeName(attributes))));
  const told = (severity: 'error' | 'warning') =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ rule, evidence }) => `${nameOf(rule, language())} (${evidence})`);
  const errors = told('error');
  if (errors.length > 0)
    throw usageError({
      en: `the subject is not that of a qualified certificate: ${errors.join('; ')}`,
      ru: `имя владельца не подходит для квалифицированного сертификата: ${errors.join('; ')}`,
    });
  return told('warning');
}
