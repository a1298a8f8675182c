import type { Language } from '../failure/failure.ts';
import type { SectionName } from './section.ts';

type Words = Readonly<Record<Language, string>>;

/** What each part of a verdict is called, and what it means that it passed. */
interface SectionWords {
  readonly title: Words;
  readonly passed: Words;
}

const sections: Readonly<Record<SectionName, SectionWords>> = {
  signature: {
    title: { en: 'Document signature', ru: 'Подпись документа' },
    passed: {
      en: 'The signature holds and covers exactly the text that was shown.',
      ru: 'Подпись верна и относится в точности к показанному тексту.',
    },
  },
  certificate: {
    title: { en: 'Certificate', ru: 'Сертификат' },
    passed: {
      en: 'The signer’s certificate is in its term and may be used for this.',
      ru: 'Сертификат подписавшего действует и предназначен для такого применения.',
    },
  },
  trust: {
    title: { en: 'Trust', ru: 'Доверие' },
    passed: {
      en: 'The certificate leads to a trusted root, and who issued it may do so.',
      ru: 'Цепочка сертификата ведёт к доверенному корню, и издатель вправе его выдать.',
    },
  },
  revocation: {
    title: { en: 'Revocation', ru: 'Отзыв' },
    passed: {
      en: 'No certificate of the path was revoked.',
      ru: 'Ни один сертификат цепочки не отозван.',
    },
  },
  qualification: {
    title: { en: 'Qualification', ru: 'Квалификация' },
    passed: {
      en: 'The certificate keeps the form of a qualified one, and its tool reaches the class asked for.',
      ru: 'Форма сертификата соответствует квалифицированному, класс средства подписи достаточен.',
    },
  },
  organisation: {
    title: { en: 'Organisation', ru: 'Организация' },
    passed: {
      en: 'The organisation is named by identifiers that agree with each other.',
      ru: 'Организация названа реквизитами, которые не противоречат друг другу.',
    },
  },
  authority: {
    title: { en: 'Authority to sign', ru: 'Полномочия подписавшего' },
    passed: {
      en: 'Whoever signed may act for the organisation.',
      ru: 'Подписавший вправе действовать от имени организации.',
    },
  },
};

/** What it means that a part was not checked, or passed with remarks. */
const states = {
  remarked: {
    en: 'It holds, with remarks that the rows name.',
    ru: 'Проверка пройдена с замечаниями, они названы в строках.',
  },
  notAsked: { en: 'The portal does not ask for this.', ru: 'Портал этого не требует.' },
  notReached: {
    en: 'Not decided: something else refused the sign-in.',
    ru: 'Не решалось: во входе отказано по другой причине.',
  },
  remarkedRemedy: {
    en: 'Nothing has to be done now; tell the operator of the portal if it comes again.',
    ru: 'Сейчас ничего делать не нужно; если замечание повторяется, сообщите оператору портала.',
  },
  notReachedRemedy: {
    en: 'Mend the cause that is named, and try again.',
    ru: 'Устраните названную причину и повторите вход.',
  },
} as const satisfies Record<string, Words>;

/** How a part of a verdict is told in one language. */
export interface SectionWording {
  readonly title: string;
  readonly cause: string;
  /** Absent where there is nothing to be done. */
  readonly remedy?: string;
}

/** A part's standing where it did not fail; what failed is worded by its failure. */
export type Standing = 'passed' | 'remarked' | 'notAsked' | 'notReached';

function wordingOf(section: SectionName, standing: Standing, language: Language): SectionWording {
  const { title, passed } = sections[section];
  const name = title[language];
  switch (standing) {
    case 'passed':
      return { title: name, cause: passed[language] };
    case 'remarked':
      return { title: name, cause: states.remarked[language], remedy: states.remarkedRemedy[language] };
    case 'notAsked':
      return { title: name, cause: states.notAsked[language] };
    case 'notReached':
      return { title: name, cause: states.notReached[language], remedy: states.notReachedRemedy[language] };
  }
}

/** The wording of a part of a verdict that did not fail, in both languages. */
export function sectionWording(
  section: SectionName,
  standing: Standing,
): Readonly<Record<Language, SectionWording>> {
  return { en: wordingOf(section, standing, 'en'), ru: wordingOf(section, standing, 'ru') };
}

/** What a part of a verdict is called. */
export function sectionTitle(section: SectionName, language: Language): string {
  return sections[section].title[language];
}
