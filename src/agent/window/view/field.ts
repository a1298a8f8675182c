import { type Element, element } from '../../../markup/element.ts';

/** An input that has to be filled in, under its label. */
export function field(
  id: string,
  name: string,
  label: string,
  more: Readonly<Record<string, string | boolean>>,
): Element {
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label),
    element('input', { id, name, required: true, autocomplete: 'off', spellcheck: 'false', ...more }),
  );
}

/** A list of values of which one is taken. */
export function choice(
  id: string,
  name: string,
  label: string,
  values: readonly string[],
  shown: (value: string) => string,
): Element {
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label),
    element(
      'select',
      { id, name, required: true },
      ...values.map((value) => element('option', { value }, shown(value))),
    ),
  );
}

/** One of several values of that name. */
export function radio(name: string, value: string, label: string, checked: boolean): Element {
  return element(
    'label',
    { class: 'check' },
    element('input', { type: 'radio', name, value, checked, required: true }),
    element('span', {}, label),
  );
}
