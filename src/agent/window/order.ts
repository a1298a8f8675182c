import { holderKinds, type OrderField } from './holder.ts';

/** Shows the fields of the kind of holder that was chosen; those of the others are left out of what is sent. */
export function showHolder(choice: HTMLInputElement): void {
  for (const kind of holderKinds) {
    for (const part of choice.form?.querySelectorAll<HTMLElement>(`[data-for~="${kind}"]`) ?? []) {
      const isShown = part.dataset.for?.split(' ').includes(choice.value) === true;
      part.hidden = !isShown;
      for (const field of part.querySelectorAll('input')) field.disabled = !isShown;
    }
  }
}

/** What `POST /v1/home/order` takes of the form. */
export function orderOf(text: (part: OrderField | 'algorithm' | 'key' | 'holder') => string) {
  return { algorithm: text('algorithm'), label: text('key'), holder: holderOf(text) };
}

function holderOf(text: (part: OrderField | 'holder') => string) {
  const kind = text('holder');
  const person = {
    surname: text('surname'),
    givenName: text('givenName'),
    snils: text('snils'),
    inn: text('personInn'),
  };
  switch (kind) {
    case 'legal-entity': {
      const [name, inn, ogrn] = [text('name'), text('inn'), text('ogrn')];
      const [state, locality, street] = [text('state'), text('locality'), text('street')];
      const organisation = { name, inn, ogrn, state, locality, street };
      return { kind, organisation, person: { ...person, title: text('title') } };
    }
    case 'entrepreneur':
      return { kind, ogrnip: text('ogrnip'), state: text('state'), person };
    default:
      return { kind, person };
  }
}
