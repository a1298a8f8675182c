import type { Language } from '../failure/failure.ts';
import { safeText, showDate } from '../failure/value.ts';
import type { Verdict } from '../report/verdict.ts';
import type { Paint } from '../terminal/table.ts';
import type { CertificateFacts, PathFacts } from '../validation/certificate.ts';
import {
  type Branch,
  draw,
  looseBranches,
  mark,
  pathBranches,
  revocationBranch,
} from '../validation/tree.ts';
import type { Coverage, DocumentReport, Modification, SignatureReport, TimestampReport } from './report.ts';
import { kinds, modifications, type Words, words } from './wording.ts';

/** The report on a document as a tree for a terminal: every signature with its time-stamps and paths. */
export function documentTree(report: DocumentReport, language: Language, paint: Paint): string {
  const { at, profile, format } = report;
  const time = showDate(new Date(at), language) ?? at;
  const below = [
    ...report.signatures.map((each) => signatureBranch(each, words.signature, language, paint)),
    ...report.timestamps.map((each) => timestampBranch(each, language, paint)),
  ];
  const facts = [format, time, profile].filter((fact) => fact !== undefined);
  return [...heading(report, language, paint), paint.dim(facts.join(', ')), '', ...draw(below, '')].join(
    '\n',
  );
}

function heading(
  { indication, subIndication, failure }: Verdict,
  language: Language,
  paint: Paint,
): string[] {
  const full = subIndication === undefined ? indication : `${indication}, ${subIndication}`;
  if (failure === undefined) return [`${paint.good(full)}: ${words.passed[language]}`];
  const { title, cause, remedy } = failure;
  return [`${paint.bad(full)}: ${title} ${paint.dim(`[${failure.code}]`)}`, cause, paint.bold(remedy)];
}

function signatureBranch(report: SignatureReport, title: Words, language: Language, paint: Paint): Branch {
  const { name, format, level, certificate, signingTime, provenTime, judgedAt, coverage } = report;
  const facts = [
    level === undefined ? format : `${format} ${words.level[language]} ${level}`,
    report.algorithm,
    report.namesCertificate === false ? words.unnamed[language] : undefined,
  ];
  const times = [
    [words.claimed, signingTime],
    [words.proven, provenTime],
    [words.judged, judgedAt],
  ] as const;
  return {
    text: `${headline(report, name ?? '', title, language, paint)}  ${paint.dim(joined(facts))}`,
    below: [
      ...failureBranch(report, paint),
      ...certificateBranch(certificate),
      ...coverageBranches(coverage, language, paint),
      ...modificationBranch(report.modifications, language, paint),
      ...times.flatMap(([word, time]) =>
        time === undefined ? [] : [{ text: paint.dim(`${word[language]}: ${time}`), below: [] }],
      ),
      ...trustBranches(report, language, paint),
      ...report.timestamps.map((each) => timestampBranch(each, language, paint)),
      ...report.counterSignatures.map((each) =>
        signatureBranch(each, words.counterSignature, language, paint),
      ),
    ],
  };
}

function timestampBranch(report: TimestampReport, language: Language, paint: Paint): Branch {
  const { kind, time, certificate, algorithm, coverage } = report;
  return {
    text: `${headline(report, kinds[kind][language], words.timestamp, language, paint)}  ${paint.dim(joined([time, algorithm]))}`,
    below: [
      ...failureBranch(report, paint),
      ...certificateBranch(certificate),
      ...coverageBranches(coverage, language, paint),
      ...trustBranches(report, language, paint),
    ],
  };
}

function headline(verdict: Verdict, name: string, title: Words, language: Language, paint: Paint): string {
  const outcome = verdict.indication === 'TOTAL-PASSED' ? 'passed' : 'failed';
  const text = name === '' ? title[language] : `${title[language]} ${safeText(name)}`;
  return `${mark(outcome, paint)} ${paint.bold(text)}`;
}

function joined(facts: readonly (string | undefined)[]): string {
  return facts.filter((fact) => fact !== undefined).join(', ');
}

function failureBranch({ indication, subIndication, failure }: Verdict, paint: Paint): readonly Branch[] {
  if (failure === undefined) return [];
  const { title, cause, remedy } = failure;
  const full = subIndication === undefined ? indication : `${indication}, ${subIndication}`;
  const below = [cause, remedy].map((text) => ({ text, below: [] }));
  return [{ text: `${paint.bad(full)}: ${title} ${paint.dim(`[${failure.code}]`)}`, below }];
}

function certificateBranch(certificate: CertificateFacts | undefined): readonly Branch[] {
  return certificate === undefined ? [] : [{ text: safeText(certificate.subject), below: [] }];
}

function coverageBranches(
  coverage: Coverage | undefined,
  language: Language,
  paint: Paint,
): readonly Branch[] {
  if (coverage === undefined) return [];
  const below = (['covered', 'uncovered'] as const).flatMap((part) =>
    coverage[part].map((name) => ({
      text: `${words[part][language]}: ${safeText(name.replace(/^revision /, `${words.revision[language]} `))}`,
      below: [],
    })),
  );
  const isWhole = coverage.extent === 'whole';
  return [
    { text: `${mark(isWhole ? 'passed' : 'warning', paint)} ${words[coverage.extent][language]}`, below },
  ];
}

function modificationBranch(
  modification: Modification | undefined,
  language: Language,
  paint: Paint,
): readonly Branch[] {
  if (modification === undefined) return [];
  const outcome =
    modification === 'forbidden' ? 'failed' : modification === 'annotations' ? 'warning' : 'passed';
  return [{ text: `${mark(outcome, paint)} ${modifications[modification][language]}`, below: [] }];
}

function trustBranches(report: Verdict & PathFacts, language: Language, paint: Paint): readonly Branch[] {
  if (report.path?.length === 0)
    return [{ text: `${mark('passed', paint)} ${words.anchor[language]}`, below: [] }];
  return [
    ...pathBranches(report, language, paint),
    ...looseBranches(report.checks, language, paint),
    ...revocationBranch(report, language, paint),
  ];
}
