import type { Language } from '../failure/failure.ts';
import type { FieldName } from './fields.ts';

/** Words of the pages of OpenID Connect, in one language. */
export interface OidcWords {
  readonly consentTitle: (portal: string) => string;
  readonly consentAbout: (organisation: string) => string;
  readonly handedOver: string;
  readonly field: Readonly<Record<FieldName, { readonly name: string; readonly about: string }>>;
  readonly nameOfOrganisation: string;
  readonly nothing: string;
  readonly consentKept: string;
  readonly agree: string;
  readonly decline: string;
  readonly logoutTitle: string;
  readonly logoutAbout: string;
  readonly logout: string;
  readonly loggedOutTitle: string;
  readonly loggedOutAbout: string;
}

const en: OidcWords = {
  consentTitle: (portal) => `${portal} asks for data`,
  consentAbout: (organisation) => `You are signed in for ${organisation}.`,
  handedOver: 'Will be handed over',
  field: {
    organisation: { name: 'Organisation', about: 'name, INN and OGRN, as the certificate has them' },
    organisation_register: {
      name: 'Entry in the register',
      about: 'name, INN, OGRN and whether it is active',
    },
    name: { name: 'Your name', about: 'as the certificate has it' },
    signer: { name: 'You as the signer', about: 'name, position and INN, as the certificate has them' },
    signer_snils: { name: 'Your SNILS', about: 'as the certificate has it' },
    authority: {
      name: 'Your right to act',
      about: 'head, entrepreneur, or power of attorney with its number',
    },
  },
  nameOfOrganisation: 'That this organisation signed in, by its OGRN or INN',
  nothing: 'not in the certificate',
  consentKept: 'This is remembered for the portal until your certificate changes, for a year at most.',
  agree: 'Hand over and go on',
  decline: 'Go back without handing over',
  logoutTitle: 'Sign out',
  logoutAbout: 'The session ends in this service and in every portal that it reached.',
  logout: 'Sign out everywhere',
  loggedOutTitle: 'You are signed out',
  loggedOutAbout: 'The session has ended, and the portals are being told.',
};

const ru: OidcWords = {
  consentTitle: (portal) => `${portal} запрашивает данные`,
  consentAbout: (organisation) => `Вы вошли от имени организации: ${organisation}.`,
  handedOver: 'Будет передано',
  field: {
    organisation: { name: 'Организация', about: 'название, ИНН и ОГРН из сертификата' },
    organisation_register: {
      name: 'Запись в реестре',
      about: 'название, ИНН, ОГРН и действует ли организация',
    },
    name: { name: 'Ваше имя', about: 'из сертификата' },
    signer: { name: 'Сведения о подписавшем', about: 'имя, должность и ИНН из сертификата' },
    signer_snils: { name: 'Ваш СНИЛС', about: 'из сертификата' },
    authority: {
      name: 'Ваше право действовать',
      about: 'руководитель, предприниматель или доверенность с номером',
    },
  },
  nameOfOrganisation: 'Сам факт входа этой организации: её ОГРН или ИНН',
  nothing: 'в сертификате нет',
  consentKept: 'Согласие запоминается для этого портала до смены сертификата, но не дольше года.',
  agree: 'Передать и продолжить',
  decline: 'Вернуться без передачи',
  logoutTitle: 'Выход',
  logoutAbout: 'Сеанс завершится в этом сервисе и на всех порталах, до которых он дошёл.',
  logout: 'Выйти везде',
  loggedOutTitle: 'Вы вышли',
  loggedOutAbout: 'Сеанс завершён, порталам об этом сообщается.',
};

/** Words in a language. */
export function oidcWords(language: Language): OidcWords {
  return language === 'ru' ? ru : en;
}
