import type { NamedPerson } from './document.ts';

/** The numbers of a person: those that a certificate has, or a power names. */
export type PersonNumbers = Pick<NamedPerson, 'inn' | 'snils'>;

/** What a person is looked up by, for each of their numbers; empty texts, which name nobody, fill the places up. */
export function personKeys({ inn, snils }: PersonNumbers): readonly [string, string] {
  return [inn === undefined ? '' : `inn:${inn}`, snils === undefined ? '' : `snils:${snils}`];
}

/** What the powers are kept under that name this person. */
export function personKey(person: PersonNumbers): string {
  const [inn, snils] = personKeys(person);
  return inn || snils;
}
