import type { Language } from '../failure/failure.ts';
import { safeText, showDate } from '../failure/value.ts';
import { nameOf } from '../failure/vocabulary.ts';
import type { Check, Facts } from '../report/check.ts';
import { checkName } from '../report/check-name.ts';
import type { Paint } from '../terminal/table.ts';
import type { CertificateVerdict } from './certificate.ts';

/** A line of the tree with what hangs below it. */
export interface Branch {
  readonly text: string;
  readonly below: Branch[];
}

const words = {
  path: { en: 'path', ru: 'цепочка' },
  other: { en: 'other certificates', ru: 'другие сертификаты' },
  revocation: { en: 'revocation', ru: 'отзыв' },
  asOf: { en: 'as of', ru: 'по состоянию на' },
  anchor: { en: 'anchor', ru: 'доверенный корень' },
  policies: { en: 'policies', ru: 'политики' },
  unchecked: {
    en: 'not checked: neither lists nor OCSP answers were given',
    ru: 'не проверялся: не даны ни списки отзыва, ни ответы OCSP',
  },
  passed: { en: 'the certificate holds', ru: 'сертификат действителен' },
} as const satisfies Record<string, Record<Language, string>>;

/** The verdict on a certificate as a tree for a terminal, with every path that was tried. */
export function verdictTree(verdict: CertificateVerdict, language: Language, paint: Paint): string {
  const top: Branch[] = [
    ...pathBranches(verdict, language, paint),
    ...looseBranches(verdict.checks, language, paint),
    ...revocationBranch(verdict, language, paint),
  ];
  const subject = verdict.certificate === undefined ? '' : safeText(verdict.certificate.subject);
  const tree = subject === '' && top.length === 0 ? [] : [paint.bold(subject), ...draw(top, '')];
  return [heading(verdict, language, paint), ...tree].join('\n');
}

function heading(verdict: CertificateVerdict, language: Language, paint: Paint): string {
  const { indication, subIndication, failure, at, profile } = verdict;
  const full = subIndication === undefined ? indication : `${indication}, ${subIndication}`;
  const time = paint.dim(`${showDate(new Date(at), language) ?? at}, ${profile}`);
  if (failure === undefined) return `${paint.good(full)}: ${words.passed[language]}\n${time}\n`;
  const { title, cause, remedy } = failure;
  const code = paint.dim(`[${failure.code}]`);
  return `${paint.bad(full)}: ${title} ${code}\n${cause}\n${paint.bold(remedy)}\n${time}\n`;
}

/** Every path that was tried. */
export function pathBranches(
  { checks, policies }: Pick<CertificateVerdict, 'checks' | 'policies'>,
  language: Language,
  paint: Paint,
): Branch[] {
  return checks
    .filter(({ name }) => name === 'path.tried')
    .map((tried) => {
      const number = tried.details?.path;
      const rows = checks.filter(({ name, details }) => name !== 'path.tried' && details?.path === number);
      const isGood = rows.some(({ name }) => name === 'path.valid');
      const positions = [...new Set(rows.flatMap(({ details }) => details?.position ?? []))];
      const below: Branch[] = positions.map((position) => {
        const own = rows.filter(({ details }) => details?.position === position);
        return {
          text: safeText(String(own[0]?.subject)),
          below: own.map((row) => leaf(row, language, paint)),
        };
      });
      below.unshift({
        text: `${safeText(String(tried.details?.anchor))} ${paint.dim(`(${words.anchor[language]})`)}`,
        below: [],
      });
      if (isGood && policies !== undefined && policies.length > 0)
        below.push({ text: paint.dim(`${words.policies[language]}: ${policies.join(', ')}`), below: [] });
      return {
        text: `${mark(isGood ? 'passed' : 'failed', paint)} ${words.path[language]} ${number}`,
        below,
      };
    });
}

/** What failed outside of a path that reached an anchor: the certificate itself, and others that were looked at. */
export function looseBranches(checks: readonly Check[], language: Language, paint: Paint): Branch[] {
  const rows = checks.filter(({ stage, details }) => stage === 'path' && details?.path === undefined);
  const own = rows.filter(({ name }) => name === 'path.target');
  const below = rows
    .filter(({ name }) => name !== 'path.target')
    .map((row) => {
      const { text } = leaf(row, language, paint);
      const subject = row.subject === undefined ? '' : paint.dim(`: ${safeText(String(row.subject))}`);
      return { text: text + subject, below: [] };
    });
  const others = below.length === 0 ? [] : [{ text: words.other[language], below }];
  return [...own.map((row) => leaf(row, language, paint)), ...others];
}

/** What was found out about revocation. */
export function revocationBranch(
  {
    checks,
    revocation,
    revocationAsOf,
    failure,
  }: Pick<CertificateVerdict, 'checks' | 'revocation' | 'revocationAsOf' | 'failure'>,
  language: Language,
  paint: Paint,
): Branch[] {
  const heading = words.revocation[language];
  const rows = checks.filter(({ stage, outcome }) => stage === 'revocation' && outcome !== 'skipped');
  if (revocation === 'unchecked' && failure === undefined)
    return [{ text: `${mark('warning', paint)} ${heading}: ${words.unchecked[language]}`, below: [] }];
  if (rows.length === 0) return [];
  const below = rows.map((row) => {
    const { text } = leaf(row, language, paint);
    return { text: `${text}${paint.dim(`: ${safeText(row.subject?.toString() ?? '')}`)}`, below: [] };
  });
  const asOf = revocationAsOf === undefined ? '' : paint.dim(` ${words.asOf[language]} ${revocationAsOf}`);
  return [{ text: `${heading}${asOf}`, below }];
}

function leaf(row: Check, language: Language, paint: Paint): Branch {
  const facts = factsOf(row, language);
  const said = facts === '' ? '' : paint.dim(` (${facts})`);
  return { text: `${mark(row.outcome, paint)} ${checkName(row.name, language)}${said}`, below: [] };
}

/** What a row has to add: why it failed, or since when and until when an answer holds. */
function factsOf({ outcome, code, details }: Check, language: Language): string {
  if (outcome === 'failed') return failureFacts(code ?? '', details ?? {}, language);
  if (outcome === 'warning' && typeof details?.rule === 'string') return nameOf(details.rule, language);
  const dates = [details?.thisUpdate, details?.nextUpdate].filter((date) => date instanceof Date);
  return dates.map((date) => date.toISOString()).join(' – ');
}

function failureFacts(code: string, details: Facts, language: Language): string {
  const rule = typeof details.rule === 'string' ? nameOf(details.rule, language) : undefined;
  const facts = [
    details.found,
    details.issuer,
    details.root,
    details.limit,
    details.notAfter,
    details.notBefore,
  ]
    .filter((fact) => fact !== undefined)
    .map((fact) => (fact instanceof Date ? fact.toISOString() : safeText(String(fact))));
  return [code, rule, ...facts].filter((fact) => fact !== undefined && fact !== '').join(', ');
}

/** The sign of an outcome. */
export function mark(outcome: Check['outcome'], paint: Paint): string {
  switch (outcome) {
    case 'passed':
      return paint.good('✓');
    case 'failed':
      return paint.bad('✗');
    case 'warning':
      return paint.warn('!');
    case 'skipped':
      return paint.dim('–');
  }
}

/** Lines of a tree. */
export function draw(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ text, below }, at) => {
    const isLast = at === branches.length - 1;
    return [
      `${indent}${isLast ? '└─ ' : '├─ '}${text}`,
      ...draw(below, `${indent}${isLast ? '   ' : '│  '}`),
    ];
  });
}
