import { reportArticle } from '../document/page.ts';
import type { Language } from '../failure/failure.ts';
import { type Element, element } from '../markup/element.ts';
import type { FileReport } from './judge.ts';
import { verificationWords } from './words.ts';

/** What every state of the page is made with. */
export interface VerificationFacts {
  readonly language: Language;
  /** Path of the page. */
  readonly address: string;
  /** Of all files together. */
  readonly megabytes: number;
}

/** The page that asks for files; `refusal` stands above where what was sent before could not be taken. */
export function questionView(facts: VerificationFacts, refusal?: Element): readonly Element[] {
  const { language, address, megabytes } = facts;
  const words = verificationWords(language);
  return [
    verificationMasthead(facts),
    element(
      'main',
      { class: 'stack loose' },
      refusal,
      element(
        'div',
        { class: 'stack close' },
        element('h1', {}, words.title),
        element('p', { class: 'soft' }, words.about),
      ),
      element(
        'form',
        {
          ...{ method: 'post', enctype: 'multipart/form-data', id: 'files', class: 'stack' },
          action: `${address}?language=${language}`,
        },
        element(
          'div',
          { class: 'field drop', id: 'drop' },
          element('label', { for: 'file' }, words.files),
          element('input', { type: 'file', name: 'file', id: 'file', multiple: true, required: true }),
          element('p', { class: 'small soft' }, words.limit(megabytes)),
          element('p', { class: 'small soft', hidden: true, id: 'drop-hint', role: 'status' }, words.hint),
          element('ul', { class: 'small', hidden: true, id: 'chosen' }),
        ),
        element(
          'div',
          { class: 'actions' },
          element('button', { class: 'button primary', id: 'check' }, words.check),
        ),
        element('p', { hidden: true, id: 'checking', role: 'status' }, words.checking),
      ),
      element('p', { class: 'small soft' }, words.kept),
      element(
        'details',
        {},
        element('summary', {}, words.whichFiles),
        element('ul', {}, ...words.kinds.map((kind) => element('li', {}, kind))),
      ),
    ),
  ];
}

/** The page with the reports on the files that were sent. */
export function reportView(facts: VerificationFacts, reports: readonly FileReport[]): readonly Element[] {
  const { language, address } = facts;
  const words = verificationWords(language);
  return [
    verificationMasthead(facts),
    element(
      'main',
      { class: 'stack loose' },
      element(
        'div',
        { class: 'report' },
        ...reports.map(({ name, report }) => reportArticle(report, language, name)),
      ),
      element(
        'div',
        { class: 'actions' },
        element(
          'button',
          { class: 'button primary', id: 'print', type: 'button', hidden: true },
          words.print,
        ),
        element('a', { class: 'button', href: `${address}?language=${language}` }, words.again),
      ),
      element('p', { class: 'small soft' }, words.kept),
    ),
  ];
}

/** The line on top, with the page in the other language. */
function verificationMasthead({ language, address }: VerificationFacts): Element {
  const words = verificationWords(language);
  const other = language === 'ru' ? 'en' : 'ru';
  return element(
    'header',
    { class: 'masthead' },
    element('span', {}, words.service),
    element(
      'a',
      { href: `${address}?language=${other}`, lang: other, hreflang: other, id: 'language' },
      words.switchLanguage,
    ),
  );
}
