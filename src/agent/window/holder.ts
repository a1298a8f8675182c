/** Whom a certificate can be ordered for. */
export const holderKinds = ['legal-entity', 'entrepreneur', 'natural-person'] as const;

const everyone = holderKinds.join(' ');
const withPlace = 'legal-entity entrepreneur';

/** What an order names, in the form that the qualified profile wants it in, and of which holders. */
export const orderFields = [
  ['name', 'legal-entity', { maxlength: '200' }],
  ['inn', 'legal-entity', { pattern: '\\d{10}', inputmode: 'numeric' }],
  ['ogrn', 'legal-entity', { pattern: '\\d{13}', inputmode: 'numeric' }],
  ['ogrnip', 'entrepreneur', { pattern: '\\d{15}', inputmode: 'numeric' }],
  ['state', withPlace, { maxlength: '120' }],
  ['locality', 'legal-entity', { maxlength: '120' }],
  ['street', 'legal-entity', { maxlength: '30' }],
  ['surname', everyone, { maxlength: '40' }],
  ['givenName', everyone, { maxlength: '64' }],
  ['title', 'legal-entity', { maxlength: '64' }],
  ['snils', everyone, { pattern: '\\d{11}', inputmode: 'numeric' }],
  ['personInn', everyone, { pattern: '\\d{12}', inputmode: 'numeric' }],
] as const;

/** The names of an order's fields. */
export type OrderField = (typeof orderFields)[number][0];
