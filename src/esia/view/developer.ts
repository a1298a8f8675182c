import { readFailure } from '../../error.ts';
import { explain } from '../../failure/explain.ts';
import type { Language } from '../../failure/failure.ts';
import { nameOf } from '../../failure/vocabulary.ts';
import { type Child, type Element, element } from '../../markup/element.ts';
import { shownDay } from '../../markup/format.ts';
import type { CameSignature, ExpectedSignature, KeptRequest } from '../storage/request.ts';
import { type EsiaWords, esiaWords } from './words.ts';

/** The last requests of one system, for its developers. */
export function developerView(
  mnemonic: string,
  requests: readonly KeptRequest[],
  language: Language,
): readonly Element[] {
  const words = esiaWords[language];
  return [
    element('h1', {}, words.developerTitle(mnemonic)),
    element('p', {}, words.developerAbout),
    ...(requests.length === 0
      ? [element('p', {}, words.noRequests)]
      : requests.map((request) => requestView(request, language, words))),
  ];
}

function requestView(request: KeptRequest, language: Language, words: EsiaWords): Element {
  const { address, outcome, at, traceId, isProven, given, expected, came } = request;
  const state = outcome === 'passed' ? words.passed : words.refused;
  return element(
    'section',
    { class: 'panel stack close' },
    element('h2', {}, `${new Date(at).toISOString()} · ${address} · ${state}`),
    !isProven && element('p', { class: 'soft' }, words.unproven),
    refusalOf(request, language, words),
    expected && expectedView(expected, language, words),
    came && cameView(came, language, words),
    element('h3', {}, words.given),
    element(
      'dl',
      { class: 'facts' },
      ...Object.entries(given).map(([name, value]) => [
        element('dt', { class: 'code' }, name),
        element('dd', { class: 'code' }, value),
      ]),
    ),
    element('p', { class: 'small soft' }, `${words.trace}: ${traceId}`),
  );
}

function refusalOf(
  { outcome, details, told }: KeptRequest,
  language: Language,
  words: EsiaWords,
): readonly Child[] {
  const failure = outcome === 'passed' ? undefined : readFailure(outcome, details);
  if (failure === undefined) return [];
  const { title, cause, remedy } = explain(failure.code, failure.details, language);
  return [
    element(
      'dl',
      { class: 'facts' },
      told && [
        element('dt', {}, words.told),
        element('dd', { class: 'code' }, `${told.error}, ${told.description}`),
      ],
      element('dt', {}, words.why),
      element('dd', {}, `${title}. ${cause} [${failure.code}]`),
      element('dt', {}, words.whatToDo),
      element('dd', {}, remedy),
    ),
  ];
}

function expectedView(expected: ExpectedSignature, language: Language, words: EsiaWords): readonly Element[] {
  const { form, order, text, octets, certificates } = expected;
  return [
    element('h3', {}, words.expected),
    element('p', {}, words.forms[form]),
    element('p', {}, `${words.order}: ${order.map((part) => parameterNames[part]).join(', ')}`),
    element('p', {}, words.exactString(octets)),
    element('pre', { class: 'document' }, text),
    element('p', {}, words.certificates),
    element(
      'ul',
      {},
      ...certificates.map(({ hash, serialNumber, notAfter }) =>
        element(
          'li',
          {},
          words.certificate(serialNumber, shownDay(notAfter, language, 'UTC')),
          element('span', { class: 'code' }, hash),
        ),
      ),
    ),
  ];
}

/** The parts of the string by the names that the parameters have. */
const parameterNames = {
  clientId: 'client_id',
  scope: 'scope',
  scopeOrg: 'scope_org',
  timestamp: 'timestamp',
  state: 'state',
  redirectUri: 'redirect_uri',
  code: 'code',
} as const;

function cameView(came: CameSignature, language: Language, words: EsiaWords): readonly Child[] {
  const { kind, octets, signed, differences } = came;
  return [
    element('h3', {}, words.came),
    element(
      'p',
      {},
      [words.kinds[kind], octets === undefined ? '' : words.octets(octets)].filter(Boolean).join(', '),
    ),
    signed !== undefined && [
      element('p', {}, words.signedInstead),
      element('pre', { class: 'document' }, signed),
    ],
    differences.length > 0 && [
      element('p', {}, words.difference),
      element('ul', {}, ...differences.map((term) => element('li', {}, nameOf(term, language)))),
    ],
  ];
}
