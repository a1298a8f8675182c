import { createHash } from 'node:crypto';
import { explain } from '../failure/explain.ts';
import type { Indication, Language } from '../failure/failure.ts';
import { safeText, showDate } from '../failure/value.ts';
import { type Child, type Element, element } from '../markup/element.ts';
import { shownDay, shownSerialNumber } from '../markup/format.ts';
import { toHtml } from '../markup/html.ts';
import { stylesheet } from '../markup/stylesheet.ts';
import type { Verdict } from '../report/verdict.ts';
import type { CertificateFacts, PathFacts } from '../validation/certificate.ts';
import type { Qualified } from '../validation/service.ts';
import type { Coverage, DocumentReport, SignatureReport, TimestampReport } from './report.ts';
import type { ServiceReport } from './service.ts';
import { kinds, modifications, profiles, type Words, words } from './wording.ts';

/** A report as a page of its own, with the policy under which it may be shown. */
export interface ReportPage {
  readonly html: string;
  /** Content-Security-Policy: nothing is loaded, nothing runs, the one style is known by its hash. */
  readonly policy: string;
}

/** Most characters of one text that somebody else has chosen. */
const longestText = 2_000;

/** The report on a document as one HTML page, in Russian and in English, the language that is asked for first. */
export function documentPage(report: DocumentReport | ServiceReport, language: Language): ReportPage {
  const style = `\n${stylesheet('tokens', 'report')}`;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const languages: readonly Language[] = language === 'ru' ? ['ru', 'en'] : ['en', 'ru'];
  const articles = languages.map((each) => toHtml(reportArticle(report, each)));
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title[language]}</title>
<style>${style}</style>
</head>
<body class="report">
<main>
${articles.join('\n')}
</main>
</body>
</html>
`;
  return { html, policy };
}

/** The report as a part of a page, of style `report`; `name` is that of the file, as whoever gave it calls it. */
export function reportArticle(
  report: DocumentReport | ServiceReport,
  language: Language,
  name?: string,
): Element {
  const { at, profile, format, signatures, timestamps } = report;
  return element(
    'article',
    { lang: language },
    element('h1', {}, name === undefined ? words.title[language] : shown(name)),
    verdictPart(report, words.passed, language),
    facts(
      language,
      [words.document, format],
      [words.checkedAt, dateOf(at, language)],
      [words.rules, profiles[profile][language]],
    ),
    signatures.map((each) => signaturePart(each, words.signature, 'h2', language)),
    timestamps.map((each) => timestampPart(each, 'h2', language)),
  );
}

type Heading = 'h2' | 'h3';

function signaturePart(
  report: Qualified<SignatureReport>,
  title: Words,
  heading: Heading,
  language: Language,
): Element {
  const { name, format, level, signingTime, provenTime, judgedAt, modifications: modified } = report;
  const named = name === undefined ? title[language] : `${title[language]} ${shown(name)}`;
  const { qualification } = report;
  return element(
    'section',
    {},
    element(heading, {}, capitalised(named)),
    verdictPart(report, undefined, language),
    certificateFacts(report, language),
    facts(
      language,
      [words.format, [format, level].filter((part) => part !== undefined).join(' ')],
      [words.algorithm, report.algorithm],
      [words.claimed, dateOf(signingTime, language)],
      [words.proven, dateOf(provenTime, language)],
      [words.judged, dateOf(judgedAt, language)],
      [words.qualified, qualification && words[qualification.qualified ? 'yes' : 'no'][language]],
    ),
    report.namesCertificate === false && element('p', {}, capitalised(words.unnamed[language])),
    coveragePart(report.coverage, language),
    modified !== undefined && element('p', {}, capitalised(modifications[modified][language])),
    report.timestamps.map((each) => timestampPart(each, 'h3', language)),
    report.counterSignatures.map((each) => signaturePart(each, words.counterSignature, 'h3', language)),
  );
}

function timestampPart(report: TimestampReport, heading: Heading, language: Language): Element {
  const { kind, time, algorithm, coverage } = report;
  return element(
    'section',
    {},
    element(heading, {}, capitalised(`${words.timestamp[language]} ${kinds[kind][language]}`)),
    verdictPart(report, undefined, language),
    facts(language, [words.time, dateOf(time, language)], [words.algorithm, algorithm]),
    certificateFacts(report, language),
    coveragePart(coverage, language),
  );
}

const signs: Readonly<Record<Indication, readonly [sign: string, style: string]>> = {
  'TOTAL-PASSED': ['✓', 'passed'],
  INDETERMINATE: ['?', 'open'],
  'TOTAL-FAILED': ['✗', 'failed'],
};

/** What came out, in a word beside a sign, and for what is wrong its cause and remedy. */
function verdictPart(
  { indication, subIndication, failure }: Verdict,
  passed: Words | undefined,
  language: Language,
): Child {
  const [sign, style] = signs[indication];
  const full = subIndication === undefined ? indication : `${indication}, ${subIndication}`;
  const told = failure && explain(failure.code, failure.details, language, 'validation');
  const said = told?.title ?? passed?.[language];
  return [
    element(
      'p',
      { class: `outcome ${style}` },
      `${sign} ${full}${said === undefined ? '' : `: ${shown(said)}`}`,
    ),
    told !== undefined && element('p', {}, shown(told.cause)),
    told !== undefined &&
      element('p', {}, element('strong', {}, `${words.remedy[language]}: `), shown(told.remedy)),
    failure !== undefined && element('p', {}, element('code', {}, failure.code)),
  ];
}

function certificateFacts(
  report: PathFacts & { readonly certificate?: CertificateFacts },
  language: Language,
): Child {
  const { certificate, anchor } = report;
  if (certificate === undefined) return undefined;
  const { subject, issuer, serialNumber, notBefore, notAfter } = certificate;
  const term = [notBefore, notAfter].map((time) => shownDay(Date.parse(time), language, 'Europe/Moscow'));
  return facts(
    language,
    [words.signer, subject],
    [words.issuer, issuer],
    [words.serialNumber, shownSerialNumber(serialNumber)],
    [words.term, term.join(' – ')],
    [words.root, anchor],
    [words.revocation, revocationText(report, language)],
  );
}

function revocationText({ revocation, revocationAsOf }: PathFacts, language: Language): string {
  if (revocation === 'undetermined') return words.open[language];
  if (revocation === 'unchecked' || revocationAsOf === undefined) return words.unchecked[language];
  return `${words.good[language]} ${dateOf(revocationAsOf, language)}`;
}

function coveragePart(coverage: Coverage | undefined, language: Language): Child {
  if (coverage === undefined) return undefined;
  const listed = (['covered', 'uncovered'] as const).flatMap((part) =>
    coverage[part].map((name) => {
      const named = name.replace(/^revision /, `${words.revision[language]} `);
      return element('li', {}, `${words[part][language]}: ${shown(named)}`);
    }),
  );
  return [
    element('p', {}, capitalised(words[coverage.extent][language])),
    listed.length > 0 && element('ul', {}, listed),
  ];
}

type Fact = readonly [name: Words, value: string | undefined];

/** Facts that are known, as terms with their values. */
function facts(language: Language, ...given: readonly Fact[]): Child {
  const known = given.filter(([, value]) => value !== undefined && value !== '');
  if (known.length === 0) return undefined;
  const rows = known.flatMap(([name, value = '']) => [
    element('dt', {}, capitalised(name[language])),
    element('dd', {}, shown(value)),
  ]);
  return element('dl', {}, rows);
}

function dateOf(time: string | undefined, language: Language): string | undefined {
  return time === undefined ? undefined : (showDate(new Date(time), language) ?? time);
}

function shown(text: string): string {
  return safeText(text, longestText);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
