import type { Language } from '../failure/failure.ts';
import { safeText, showDate } from '../failure/value.ts';
import { nameOf } from '../failure/vocabulary.ts';
import { checkName } from './check-name.ts';
import { detailName } from './detail-name.ts';
import type { LoginVerdict, Row, Section } from './login-verdict.ts';
import type { Plain } from './plain.ts';
import { sectionTitle } from './section-wording.ts';

/** What a page tells of a login, beside its verdict. */
export interface PageFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly verdict: LoginVerdict;
  /** Names of the facts, in both languages, and their values. */
  readonly facts: readonly (readonly [Readonly<Record<Language, string>>, string])[];
  /** The text that was signed. */
  readonly text: string;
}

const words = {
  title: { en: 'Report on a sign-in', ru: 'Отчёт о входе' },
  passed: { en: 'The sign-in passed', ru: 'Вход выполнен' },
  refused: { en: 'The sign-in was refused', ru: 'Во входе отказано' },
  time: { en: 'Time of the check', ru: 'Время проверки' },
  indication: { en: 'Verdict (ETSI EN 319 102-1)', ru: 'Вердикт (ETSI EN 319 102-1)' },
  remedy: { en: 'What to do', ru: 'Что делать' },
  rows: { en: 'Checks', ru: 'Проверки' },
  signed: { en: 'The text that was signed', ru: 'Подписанный текст' },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

const outcomes: Readonly<Record<Section['outcome'], Readonly<Record<Language, string>>>> = {
  passed: { en: 'passed', ru: 'пройдено' },
  failed: { en: 'failed', ru: 'не пройдено' },
  warning: { en: 'passed with remarks', ru: 'пройдено с замечаниями' },
  skipped: { en: 'not checked', ru: 'не проверялось' },
};

const style = `
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:1.6rem 0 .3rem}
dl{display:grid;grid-template-columns:minmax(10rem,auto) 1fr;gap:.2rem 1rem}dt{color:#595959}dd{margin:0;overflow-wrap:anywhere}
.outcome{font-weight:600;padding:.1rem .5rem;border-radius:.3rem;font-size:.85rem}
.passed{background:#dff3e3;color:#0b5c1e}.failed{background:#fbe0dd;color:#8c1408}
.warning{background:#fff1c9;color:#6b4a00}.skipped{background:#ececec;color:#444}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{border-top:1px solid #ddd;padding:.3rem .5rem;vertical-align:top;overflow-wrap:anywhere}
pre{white-space:pre-wrap;background:#f6f6f6;padding:1rem;overflow-wrap:anywhere}
hr{margin:3rem 0;border:0;border-top:2px solid #ccc}`;

/** The report as one HTML page, in English and in Russian: nothing is loaded, nothing runs, every value is escaped. */
export function reportPage(page: PageFacts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${words.title.en} · ${words.title.ru}</title>
<style>${style}</style>
</head>
<body>
${inLanguage(page, 'en')}
<hr>
${inLanguage(page, 'ru')}
</body>
</html>
`;
}

function inLanguage({ at, verdict, facts, text }: PageFacts, language: Language): string {
  const { indication, subIndication, code } = verdict;
  const isPassed = indication === 'TOTAL-PASSED';
  const full = [indication, subIndication, code].filter((part) => part !== undefined).join(' · ');
  const shown = [
    [words.indication[language], full],
    [words.time[language], showDate(new Date(at), language) ?? String(at)],
    ...facts.map(([name, value]) => [name[language], value]),
  ];
  return `<article lang="${language}">
<h1>${words.title[language]}</h1>
<p><span class="outcome ${isPassed ? 'passed' : 'failed'}">${words[isPassed ? 'passed' : 'refused'][language]}</span></p>
<dl>${shown.map(([name = '', value = '']) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('\n')}</dl>
${verdict.sections.map((section) => sectionPart(section, language)).join('\n')}
<h2>${words.signed[language]}</h2>
<pre>${escapedLines(text)}</pre>
</article>`;
}

function sectionPart(section: Section, language: Language): string {
  const { outcome, code } = section;
  const { title, cause, remedy } = section[language];
  const name = sectionTitle(section.section, language);
  const told = outcome === 'failed' ? `${title}. ${cause}` : cause;
  const marked = code === undefined ? '' : ` <code>${escaped(code)}</code>`;
  const advice =
    remedy === undefined ? '' : `<p><strong>${words.remedy[language]}:</strong> ${escaped(remedy)}</p>`;
  const rows = section.checks.map((row) => rowPart(row, language)).join('\n');
  const table =
    rows === ''
      ? ''
      : `<details><summary>${words.rows[language]}: ${section.checks.length}</summary><table>${rows}</table></details>`;
  return `<section>
<h2>${escaped(name)} ${badge(outcome, language)}${marked}</h2>
<p>${escaped(told)}</p>
${advice}${table}
</section>`;
}

function badge(outcome: Section['outcome'], language: Language): string {
  return `<span class="outcome ${outcome}">${outcomes[outcome][language]}</span>`;
}

function rowPart({ name, outcome, subject, code, details }: Row, language: Language): string {
  const facts = [
    ...(code === undefined ? [] : [code]),
    ...(details === undefined ? [] : [detailText(details, language)]),
  ];
  return `<tr><td>${badge(outcome, language)}</td><td>${escaped(checkName(name, language))}</td><td>${escaped(
    subject ?? '',
  )}</td><td>${escaped(facts.filter((fact) => fact !== '').join(' · '))}</td></tr>`;
}

const internal = new Set(['path', 'position']);

function detailText(details: Plain, language: Language): string {
  if (typeof details !== 'object' || details === null) return String(details);
  if (Array.isArray(details)) return details.map((item) => valueText(item as Plain, language)).join(', ');
  return Object.entries(details)
    .filter(([name, value]) => !internal.has(name) && value !== undefined && value !== '')
    .map(([name, value]) => `${detailName(name, language)}: ${valueText(value as Plain, language)}`)
    .join('; ');
}

function valueText(value: Plain, language: Language): string {
  if (typeof value === 'string') {
    return isoTime.test(value) ? (showDate(new Date(value), language) ?? value) : nameOf(value, language);
  }
  return typeof value === 'object' ? detailText(value, language) : String(value);
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const longestText = 2_000;

function escaped(text: string): string {
  return safeText(text, longestText).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escapedLines(text: string): string {
  return text.split('\n').map(escaped).join('\n');
}
