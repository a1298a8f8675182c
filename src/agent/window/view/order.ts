import { type Element, element } from '../../../markup/element.ts';
import { holderKinds, orderFields } from '../holder.ts';
import type { CareWords } from '../wording.ts';
import { field, radio } from './field.ts';

/** The holder of an order: of what kind, and the fields, of which those of a legal entity are shown at first. */
export function holderFields(care: CareWords, at: (part: string) => string): readonly Element[] {
  const [first] = holderKinds;
  return [
    element(
      'fieldset',
      { class: 'stack tight' },
      element('legend', {}, care.holder),
      ...holderKinds.map((kind) => radio('holder', kind, care.holders[kind], kind === first)),
    ),
    ...orderFields.map(([part, holders, form]) => {
      const isShown = holders.split(' ').includes(first);
      return element(
        'div',
        { 'data-for': holders, hidden: !isShown },
        field(at(part), part, care.order[part], { type: 'text', disabled: !isShown, ...form }),
      );
    }),
  ];
}
