import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Reader } from '../asn1/reader.ts';
import { readName } from '../certificate/name.ts';
import { type Attribute, encodeName } from '../certificate/writer/name.ts';
import { language } from '../environment.ts';
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

/** The subject that the options give. Throws `command_invalid` where there is none, or it cannot be read. */
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
    const parsed = subjectFile.parse(JSON.parse(await readFile(path ?? '', 'utf8')));
    return parsed.map(({ type, value, as }) => ({ type, value, ...(as !== undefined && { as }) }));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw usageError({
      en: `the subject cannot be read: ${problem}`,
      ru: `имя владельца не разобрать: ${problem}`,
    });
  }
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
