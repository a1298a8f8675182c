import type { SourceProblem } from './details.ts';
import type { Language } from './failure.ts';
import { safeText } from './safe-text.ts';
import { broughtAlong, noSourceTerms, problemTerms, sourceTerms } from './source-terms.ts';
import { showDate } from './value.ts';
import { nameOf } from './vocabulary.ts';

/** Most sources that a sentence tells of. */
const mostShown = 6;

/** What became of each source, in words; undefined where there is nothing to tell. */
export function showProblems(problems: readonly SourceProblem[], language: Language): string | undefined {
  const shown = [...new Set(problems.map((problem) => showProblem(problem, language)))];
  if (shown.length === 0) return undefined;
  const more = shown.length - mostShown;
  const sentence = shown.slice(0, mostShown).join('; ');
  if (more <= 0) return sentence;
  return `${sentence} ${language === 'ru' ? `и ещё ${more}` : `and ${more} more`}`;
}

function showProblem({ problem, source, details = {} }: SourceProblem, language: Language): string {
  const kind = String(details.kind ?? '');
  if (problem === 'no-source' && Object.hasOwn(noSourceTerms, kind)) return noSourceTerms[kind]![language];
  const what = Object.hasOwn(problemTerms, problem)
    ? fill(problemTerms[problem]![language], details, language)
    : safeText(problem);
  const name = sourceName(kind, source, language);
  return name === '' ? what : `${name}: ${what}`;
}

function sourceName(kind: string, source: string | undefined, language: Language): string {
  const called = Object.hasOwn(sourceTerms, kind) ? sourceTerms[kind]![language] : '';
  const place = source === 'message' ? broughtAlong[language] : safeText(source ?? '');
  return [called, place].filter((part) => part !== '').join(' ');
}

function fill(template: string, facts: Readonly<Record<string, unknown>>, language: Language): string {
  const gaps = (text: string) => {
    let isComplete = true;
    const filled = text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const shown = showFact(Object.hasOwn(facts, name) ? facts[name] : undefined, language);
      isComplete &&= shown !== undefined;
      return shown ?? '';
    });
    return { filled, isComplete };
  };
  const optional = template.replace(/\[([^\]]*)\]/g, (_, part: string) => {
    const { filled, isComplete } = gaps(part);
    return isComplete ? filled : '';
  });
  return gaps(optional).filled;
}

function showFact(value: unknown, language: Language): string | undefined {
  if (value instanceof Date) return showDate(value, language);
  if (Array.isArray(value)) return value.map((each) => nameOf(String(each), language)).join(', ');
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? safeText(nameOf(value, language)) : undefined;
}
