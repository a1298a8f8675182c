import type { Language } from '../../../failure/failure.ts';
import { type Child, type Element, element } from '../../../markup/element.ts';
import { shownDay } from '../../../markup/format.ts';
import { type SignName, status } from '../../../markup/icon.ts';
import type { TokensView, TokenView } from '../../view/model.ts';
import type { WindowWords } from '../wording.ts';
import { words as allWords } from '../words.ts';
import { choice, field, radio } from './field.ts';
import { holderFields } from './order.ts';

/** What can be done to a token; the names of its forms. */
export type CareName = 'change' | 'unblock' | 'set-up' | 'import' | 'renew' | 'order' | 'remove';

/** The tokens with what they hold and what can be done to them, and the drivers that could not be asked. */
export function tokenRows({ tokens, troubles }: TokensView, language: Language): readonly Element[] {
  const words = allWords[language];
  if (tokens.length + troubles.length === 0) return [element('li', {}, words.care.none)];
  return [
    ...tokens.map((token) => element('li', { class: 'token' }, tokenParts(token, language))),
    ...troubles.map(({ module, failure }) =>
      element('li', {}, status('warn', `${words.driver(module)}: ${failure.words.title}`)),
    ),
  ];
}

function tokenParts(token: TokenView, language: Language): Element {
  const words = allWords[language];
  const { label, model, serial, module, isInitialized, failure } = token;
  const about = [model, serial === '' ? '' : words.care.serial(serial), words.driver(module)];
  return element(
    'div',
    { class: 'stack close' },
    element(
      'div',
      { class: 'stack tight' },
      element('strong', {}, isInitialized ? label : words.care.blank),
      element('span', { class: 'small soft' }, about.filter((part) => part !== '').join(' · ')),
      isInitialized && element('span', {}, pinStatus(token, words)),
      failure !== undefined && status('bad', failure.words.title),
    ),
    token.keys.length > 0 &&
      element('ul', { class: 'keys' }, ...token.keys.map((key) => element('li', {}, keyText(key, language)))),
    caresFor(token).map((name) => careForm(name, token, words)),
  );
}

function pinStatus({ pin, mustChangePin }: TokenView, words: WindowWords): Element {
  if (mustChangePin) return status('warn', words.care.mustChange);
  const signs: Readonly<Record<TokenView['pin'], SignName>> = {
    unneeded: 'good',
    unset: 'bad',
    good: 'good',
    'few-tries': 'warn',
    'final-try': 'bad',
    locked: 'bad',
  };
  return status(signs[pin], pin === 'unneeded' || pin === 'good' ? words.care.pin[pin] : words.pinState[pin]);
}

function keyText({ label, algorithm, certificates }: TokenView['keys'][number], language: Language): string {
  const words = allWords[language];
  const name = [label, algorithm].filter((part) => part !== undefined && part !== '').join(', ');
  const held = certificates.map((each) =>
    words.care.certificate(each.name, shownDay(each.notAfter, language)),
  );
  return `${name}: ${held.length === 0 ? words.care.withoutCertificate : held.join('; ')}`;
}

/** What can be done to a token as it stands. */
function caresFor({ isInitialized, pin, officerPin, keys, algorithms }: TokenView): readonly CareName[] {
  if (!isInitialized) return ['set-up'];
  const cares: CareName[] = [];
  const isOpen = pin !== 'locked' && pin !== 'unset';
  if (isOpen && keys.some(({ certificates }) => certificates.length > 0)) cares.push('renew');
  if (isOpen && keys.some(({ certificates }) => certificates.length === 0)) cares.push('import');
  if (isOpen && algorithms.length > 0) cares.push('order');
  if (isOpen && pin !== 'unneeded') cares.push('change');
  if (pin !== 'unneeded' && officerPin !== 'locked') cares.push('unblock');
  if (isOpen && keys.length > 0) cares.push('remove');
  return cares;
}

function careForm(name: CareName, token: TokenView, words: WindowWords): Element {
  const { care } = words;
  const { title, button } = care.forms[name];
  const at = (part: string) => `${name}-${part}-${token.id}`;
  return element(
    'details',
    { class: 'care', id: at('care') },
    element('summary', {}, title),
    element(
      'form',
      {
        class: 'stack',
        autocomplete: 'off',
        'data-care': name,
        'data-token': token.id,
        'data-title': title,
      },
      element('p', { class: 'soft' }, token.hasPinPad ? words.care.atPad : care.forms[name].about),
      fieldsOf(name, token, words, at),
      element('p', {}, element('button', { class: 'button primary' }, button)),
      element('div', { class: 'outcome', 'aria-live': 'polite' }),
    ),
  );
}

function fieldsOf(
  name: CareName,
  token: TokenView,
  words: WindowWords,
  at: (part: string) => string,
): readonly Child[] {
  const { care } = words;
  const secret = (part: string, label: string): Child =>
    !token.hasPinPad && field(at(part), part, label, { type: 'password', maxlength: '255' });
  const finalTry =
    token.pin === 'final-try' &&
    element(
      'label',
      { class: 'check' },
      element('input', { type: 'checkbox', name: 'final-try', required: true }),
      element('span', {}, words.useFinalTry),
    );
  const wanted = [secret('wanted', care.newPin), secret('again', care.newPinAgain)];
  switch (name) {
    case 'change':
      return [secret('present', care.presentPin), ...wanted, finalTry];
    case 'unblock':
      return [
        element(
          'fieldset',
          { class: 'stack tight' },
          element('legend', {}, care.by),
          radio('by', 'unblock', care.officerPin, true),
          radio('by', 'unblock-by-puk', care.puk, false),
        ),
        secret('present', care.officerPinOrPuk),
        ...wanted,
      ];
    case 'set-up':
      return [
        field(at('label'), 'label', care.label, { type: 'text', maxlength: '32' }),
        secret('present', care.newOfficerPin),
        ...wanted,
      ];
    case 'import':
      return [
        field(at('file'), 'file', care.file, { type: 'file', accept: '.cer,.crt,.pem,.der' }),
        secret('present', care.presentPin),
      ];
    case 'order':
      return [
        choice(at('algorithm'), 'algorithm', care.algorithm, token.algorithms, care.kindOfKey),
        field(at('key'), 'key', care.keyName, { type: 'text', maxlength: '32' }),
        ...holderFields(care, at),
        secret('present', care.presentPin),
      ];
    case 'remove':
      return [
        element(
          'fieldset',
          { class: 'stack tight' },
          element('legend', {}, care.whatToRemove),
          ...token.keys.flatMap(({ id, label, certificates }) => [
            radio('removed', `key ${id}`, care.removeKey(label, certificates.length), false),
            ...certificates.map(({ fingerprint, name: holder }) =>
              radio(
                'removed',
                `certificate ${fingerprint}`,
                care.removeCertificate(holder, fingerprint.slice(0, 16)),
                false,
              ),
            ),
          ]),
        ),
        element(
          'label',
          { class: 'check' },
          element('input', { type: 'checkbox', name: 'sure', required: true }),
          element('span', {}, care.removeSure),
        ),
        secret('present', care.presentPin),
      ];
    case 'renew':
      return [
        element(
          'fieldset',
          { class: 'stack tight' },
          element('legend', {}, care.whichCertificate),
          ...token.keys
            .flatMap(({ certificates }) => certificates)
            .map(({ fingerprint, name: holder }, index) =>
              radio('fingerprint', fingerprint, `${holder}, ${fingerprint.slice(0, 16)}`, index === 0),
            ),
        ),
        secret('present', care.presentPin),
      ];
  }
}
