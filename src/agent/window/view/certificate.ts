import type { Language } from '../../../failure/failure.ts';
import { type Child, type Element, element } from '../../../markup/element.ts';
import { shownDay, shownDistance, shownInn, shownOgrn } from '../../../markup/format.ts';
import { status } from '../../../markup/icon.ts';
import type { CertificateView } from '../../view/model.ts';
import type { WindowWords } from '../wording.ts';
import { words as allWords } from '../words.ts';

/** What a certificate says of itself, as rows of name and value. */
export function certificateFacts(certificate: CertificateView, language: Language, now: number): Element {
  const words = allWords[language];
  const { organisation, inn, ogrn, person, title, authority, notAfter } = certificate;
  const term = words.termUntil(shownDay(notAfter, language), shownDistance(notAfter, now, language));
  return element(
    'dl',
    { class: 'facts' },
    row(words.organisation, organisation),
    row(words.person, [person, title].filter((part) => part !== undefined).join(', ')),
    row(words.inn, inn && shownInn(inn)),
    row(words.ogrn, ogrn && shownOgrn(ogrn)),
    row(words.authority, authority),
    row(words.term, term),
    row(words.place, placeText(certificate, words)),
  );
}

/** Two lines that tell certificates in a list apart. */
export function certificateLines(
  certificate: CertificateView,
  language: Language,
  now: number,
): readonly Child[] {
  const words = allWords[language];
  const { organisation, person, notAfter, flaw, lastUsedAt } = certificate;
  const term = words.termUntil(shownDay(notAfter, language), shownDistance(notAfter, now, language));
  return [
    element('strong', {}, organisation ?? person ?? certificate.serialNumber),
    organisation !== undefined && person !== undefined && element('span', {}, person),
    element('span', { class: 'small soft' }, `${words.term} ${term}`),
    element('span', { class: 'small soft' }, placeText(certificate, words)),
    lastUsedAt !== undefined &&
      element('span', { class: 'small soft' }, words.lastUsed(shownDay(lastUsedAt, language))),
    flaw === undefined
      ? status('good', words.usable)
      : status('bad', `${words.unusable}: ${flaw.words.title.toLocaleLowerCase(language)}`),
  ];
}

/** Where a certificate lies. */
export function placeText({ place }: CertificateView, words: WindowWords): string {
  return place.kind === 'file'
    ? words.inFile(place.label)
    : words.onToken(place.label, place.serial, place.module);
}

function row(name: string, value: string | undefined): readonly Child[] {
  return value === undefined || value === '' ? [] : [element('dt', {}, name), element('dd', {}, value)];
}
