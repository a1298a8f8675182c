import type { Attribute } from '../certificate/writer/name.ts';

/** An organisation as its certificate names it. */
export interface Organisation {
  readonly name: string;
  /** 10 digits. */
  readonly inn: string;
  /** 13 digits. */
  readonly ogrn: string;
  readonly state?: string;
  readonly locality?: string;
  readonly street?: string;
}

/** A person as a certificate names them. */
export interface Person {
  readonly surname: string;
  /** Given name and patronymic. */
  readonly givenName: string;
  readonly title?: string;
  /** 11 digits. */
  readonly snils: string;
  /** 12 digits. */
  readonly inn: string;
  readonly email?: string;
}

/**
 * Whom a certificate is for. `employee` is the form of before September 2024, in which any employee stood where
 * the head stands now; `seal` belongs to an information system and names nobody.
 */
export type Subscriber =
  | { readonly kind: 'legal-entity'; readonly organisation: Organisation; readonly person: Person }
  | { readonly kind: 'employee'; readonly organisation: Organisation; readonly person: Person }
  | { readonly kind: 'seal'; readonly organisation: Organisation }
  | {
      readonly kind: 'entrepreneur';
      readonly person: Person;
      readonly ogrnip: string;
      readonly state?: string;
    }
  | { readonly kind: 'natural-person'; readonly person: Person };

/** What a certificate is for. */
export type SubscriberKind = Subscriber['kind'];

/** `padded-inn` is the form of before 2022: the organisation's INN in the place of the person's, after two zeros. */
export type NameForm = 'current' | 'padded-inn';

/** The subject's attributes, in the order in which real certificates bring them. */
export function attributesOf(subscriber: Subscriber, form: NameForm = 'current'): Attribute[] {
  switch (subscriber.kind) {
    case 'legal-entity':
    case 'employee':
      return [
        ...placeOf(subscriber.organisation),
        { type: 'O', value: subscriber.organisation.name },
        { type: 'CN', value: subscriber.organisation.name },
        ...nameOf(subscriber.person),
        { type: 'SNILS', value: subscriber.person.snils },
        ...organisationNumbers(subscriber.organisation, form),
        ...(form === 'current' ? [{ type: 'INN', value: subscriber.person.inn }] : []),
        ...emailOf(subscriber.person),
      ];
    case 'seal':
      return [
        ...placeOf(subscriber.organisation),
        { type: 'O', value: subscriber.organisation.name },
        { type: 'CN', value: subscriber.organisation.name },
        ...organisationNumbers(subscriber.organisation, form),
      ];
    case 'entrepreneur':
      return [
        { type: 'C', value: 'RU' },
        ...optional('ST', subscriber.state),
        { type: 'CN', value: `${subscriber.person.surname} ${subscriber.person.givenName}` },
        ...nameOf(subscriber.person),
        { type: 'SNILS', value: subscriber.person.snils },
        { type: 'INN', value: subscriber.person.inn },
        { type: 'OGRNIP', value: subscriber.ogrnip },
        ...emailOf(subscriber.person),
      ];
    case 'natural-person':
      return [
        { type: 'C', value: 'RU' },
        { type: 'CN', value: `${subscriber.person.surname} ${subscriber.person.givenName}` },
        { type: 'SN', value: subscriber.person.surname },
        { type: 'G', value: subscriber.person.givenName },
        { type: 'SNILS', value: subscriber.person.snils },
        { type: 'INN', value: subscriber.person.inn },
        ...emailOf(subscriber.person),
      ];
  }
}

function placeOf({ state, locality, street }: Organisation): Attribute[] {
  return [
    { type: 'C', value: 'RU' },
    ...optional('ST', state),
    ...optional('L', locality),
    ...optional('street', street),
  ];
}

function nameOf({ surname, givenName, title }: Person): Attribute[] {
  return [{ type: 'SN', value: surname }, { type: 'G', value: givenName }, ...optional('T', title)];
}

function organisationNumbers({ ogrn, inn }: Organisation, form: NameForm): Attribute[] {
  const number = form === 'current' ? { type: 'INNLE', value: inn } : { type: 'INN', value: `00${inn}` };
  return [{ type: 'OGRN', value: ogrn }, number];
}

function emailOf({ email }: Person): Attribute[] {
  return optional('E', email);
}

function optional(type: string, value: string | undefined): Attribute[] {
  return value === undefined ? [] : [{ type, value }];
}
