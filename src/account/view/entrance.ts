import { type Element, element } from '../../markup/element.ts';
import { accountWords } from './choose.ts';
import { type AccountFacts, accountMasthead, doneNotice, linkTo } from './frame.ts';
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
      doneNotice(words, done),
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
