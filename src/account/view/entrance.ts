import { type Child, type Element, element } from '../../markup/element.ts';
import { status } from '../../markup/icon.ts';
import { textPart } from '../../sign-in/view/frame.ts';
import { wordsIn } from '../../sign-in/words/choose.ts';
import { accountWords } from './choose.ts';
import { type AccountFacts, accountMasthead, linkTo } from './frame.ts';
import type { DoneName } from './words.ts';

/** The page of whoever is not signed in: what the account is, and the way in; above it a failure, where there is one. */
export function entrance(
  facts: AccountFacts,
  { done, refusal }: { readonly done?: DoneName | undefined; readonly refusal?: Element | undefined } = {},
): Element[] {
  const words = accountWords(facts.language);
  return [
    accountMasthead(facts, ''),
    element(
      'main',
      { class: 'stack loose' },
      refusal,
      done !== undefined &&
        element('p', { class: 'panel', role: 'status', id: 'done' }, status('good', words.done[done])),
      element('h1', {}, words.title),
      element('p', {}, words.welcome),
      element('p', { class: 'soft' }, words.welcomeMeans),
      element(
        'form',
        { method: 'post', action: linkTo(facts, '/sign-in'), class: 'stack' },
        element(
          'details',
          { class: 'grave' },
          element('summary', {}, words.byPower),
          element(
            'div',
            { class: 'field' },
            element('label', { for: 'inn' }, words.innOfPrincipal),
            element('input', {
              ...{ id: 'inn', name: 'inn', inputmode: 'numeric', autocomplete: 'off', maxlength: 12 },
              pattern: '[0-9]{10}|[0-9]{12}',
            }),
          ),
        ),
        element(
          'div',
          { class: 'actions' },
          element('button', { class: 'button primary', id: 'sign-in' }, words.signIn),
        ),
      ),
    ),
  ];
}

/** The text to be signed with the key of a carrier, and where the signature is handed in. */
export function connection(
  facts: AccountFacts,
  { text, challenge }: { readonly text: string; readonly challenge: string },
): Child[] {
  const words = accountWords(facts.language);
  const steps = wordsIn(facts.language).fileSteps;
  return [
    textPart(text, wordsIn(facts.language)),
    element(
      'ol',
      { class: 'file-steps' },
      element(
        'li',
        {},
        element('h2', {}, steps.download),
        element('p', { class: 'small soft' }, words.downloadMeans),
        element(
          'p',
          {},
          element(
            'a',
            {
              class: 'button',
              href: linkTo(facts, `/carriers/text?challenge=${encodeURIComponent(challenge)}`),
              download: 'sealgate-carrier.txt',
              id: 'download',
            },
            words.download,
          ),
        ),
      ),
      element(
        'li',
        {},
        element('h2', {}, steps.sign),
        element('p', { class: 'small soft' }, words.signMeans),
      ),
      element(
        'li',
        {},
        element('h2', {}, steps.upload),
        element(
          'form',
          {
            method: 'post',
            action: linkTo(facts, '/carriers/connect'),
            enctype: 'multipart/form-data',
            class: 'stack',
            id: 'upload',
          },
          element('input', { type: 'hidden', name: 'challenge', value: challenge }),
          element(
            'div',
            { class: 'field' },
            element('label', { for: 'name' }, words.nameLabel),
            element('input', { id: 'name', name: 'name', maxlength: 100, required: true }),
          ),
          element(
            'div',
            { class: 'field' },
            element('label', { for: 'file' }, words.fileLabel),
            element('input', {
              ...{ type: 'file', name: 'signature', id: 'file', required: true },
              accept: '.sig,.p7s,.p7m,.sgn,.txt,.pem,.b64',
            }),
          ),
          element(
            'div',
            { class: 'actions' },
            element('button', { class: 'button primary', id: 'send' }, words.connectButton),
          ),
        ),
      ),
    ),
  ];
}
