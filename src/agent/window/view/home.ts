import type { Language } from '../../../failure/failure.ts';
import { type Child, type Element, element } from '../../../markup/element.ts';
import { shownDay, shownTime } from '../../../markup/format.ts';
import { status } from '../../../markup/icon.ts';
import type { HomeState } from '../../view/model.ts';
import type { WindowWords } from '../wording.ts';
import { words as allWords } from '../words.ts';

/** What `sealgate doctor --json` prints. */
export type DoctorReport = readonly {
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly found: string;
  readonly code?: string;
  readonly remedy?: string;
}[];

/** The agent's own page, empty: what it shows comes by and by. */
export function homePage(words: WindowWords): Element {
  return element(
    'div',
    { class: 'stack loose' },
    element(
      'header',
      { class: 'masthead' },
      element('span', {}, words.agent),
      element('button', { type: 'button', class: 'button plain small', id: 'language' }, words.otherLanguage),
    ),
    element(
      'div',
      { class: 'stack tight' },
      element('h1', {}, words.homeTitle),
      element('p', { class: 'soft', id: 'about' }),
    ),
    element('div', { id: 'waiting', 'aria-live': 'polite' }),
    section(
      'certificates',
      words.certificatesTitle,
      element('div', { class: 'stack tight', role: 'status', id: 'certificates-status' }),
      element('ul', { class: 'rows', id: 'certificates' }),
      element(
        'p',
        {},
        element('button', { type: 'button', class: 'button', id: 'search' }, words.searchAgain),
      ),
      element(
        'div',
        { class: 'actions', id: 'kept', hidden: true },
        element('span', { id: 'pins' }),
        element('button', { type: 'button', class: 'button', id: 'forget' }, words.forgetPins),
      ),
    ),
    section(
      'tokens',
      words.tokensTitle,
      element('p', { class: 'soft' }, words.tokensAbout),
      element('div', { class: 'stack tight', role: 'status', id: 'tokens-status' }),
      element('ul', { class: 'rows', id: 'tokens' }),
      element('p', {}, element('button', { type: 'button', class: 'button', id: 'look' }, words.care.look)),
    ),
    section(
      'origins',
      words.originsTitle,
      element('p', { class: 'soft' }, words.originsAbout),
      element('ul', { class: 'rows', id: 'origins' }),
      element('p', { role: 'status', id: 'origins-status' }),
    ),
    section('signatures', words.signaturesTitle, element('ul', { class: 'rows', id: 'signatures' })),
    section(
      'doctor',
      words.doctorTitle,
      element('p', { class: 'soft' }, words.doctorAbout),
      element(
        'div',
        { class: 'actions' },
        element('button', { type: 'button', class: 'button', id: 'examine' }, words.examine),
        element(
          'button',
          { type: 'button', class: 'button plain', id: 'copy-report', hidden: true },
          words.copyReport,
        ),
      ),
      element('p', { role: 'status', id: 'doctor-status' }),
      element('ul', { class: 'rows', id: 'findings' }),
    ),
  );
}

function section(id: string, title: string, ...children: readonly Child[]): Element {
  return element(
    'section',
    { class: 'stack', 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title`, tabindex: '-1' }, title),
    ...children,
  );
}

/** The sites that were allowed, the newest first. */
export function originRows(origins: HomeState['origins'], language: Language): readonly Element[] {
  const words = allWords[language];
  if (origins.length === 0) return [element('li', {}, words.noOrigins)];
  return origins.toReversed().map(({ origin, allowedAt }) =>
    element(
      'li',
      {},
      element(
        'span',
        { class: 'stack tight' },
        element('strong', {}, origin),
        element('span', { class: 'small soft' }, words.allowedSince(shownDay(allowedAt, language))),
      ),
      element(
        'button',
        {
          type: 'button',
          class: 'button',
          'data-origin': origin,
          'aria-label': words.removeOrigin(origin),
        },
        words.remove,
      ),
    ),
  );
}

/** The signatures that were made, the newest first. */
export function signatureRows(signatures: HomeState['signatures'], language: Language): readonly Element[] {
  const words = allWords[language];
  if (signatures.length === 0) return [element('li', {}, words.noSignatures)];
  return signatures.map(({ at, origin, kind, name }) =>
    element(
      'li',
      {},
      element(
        'span',
        { class: 'stack tight' },
        element('span', {}, `${words.signatureKind[kind]}: `, element('strong', {}, name)),
        element('span', { class: 'small soft' }, origin),
      ),
      element('span', { class: 'small soft' }, `${shownDay(at, language)}, ${shownTime(at, language)}`),
    ),
  );
}

const signs = { good: 'good', warning: 'warn', bad: 'bad' } as const;
const order = ['bad', 'warning', 'good'];

/** What the doctor found, what is to be mended first. */
export function findingRows(report: DoctorReport, words: WindowWords): readonly Element[] {
  const sorted = report.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  return sorted.map(({ name, state, found, code, remedy }) =>
    element(
      'li',
      { class: 'finding' },
      element(
        'span',
        { class: 'stack tight' },
        element('strong', {}, name),
        element('span', {}, found),
        remedy !== undefined &&
          element('span', {}, element('strong', {}, `${words.refusal.whatToDo}: `), remedy),
        code !== undefined && element('span', { class: 'code small soft' }, code),
      ),
      status(signs[state], words.findingState[state]),
    ),
  );
}

/** The report as text that can be sent to a support line. */
export function reportText(report: DoctorReport): string {
  return report
    .map(({ name, state, found, code, remedy }) =>
      [`[${state}] ${name}: ${found}${code === undefined ? '' : ` (${code})`}`, remedy && `    ${remedy}`]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n');
}
