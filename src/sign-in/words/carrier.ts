import type { Language } from '../../failure/failure.ts';
import type { PageWords } from './words.ts';

const said = {
  en: {
    service: 'Account of the organisation',
    title: 'Connect a carrier',
    address: 'Address',
    upload: 'Check and connect',
    sign: 'Sign and connect',
    counted: (count: number) => `${count} ${count === 1 ? 'certificate' : 'certificates'}`,
    noneUsable: 'None of the certificates that were found can be connected. Each says why.',
    done: 'The carrier is connected',
    doneAbout: 'We take you to the list of carriers.',
  },
  ru: {
    service: 'Кабинет организации',
    title: 'Подключить носитель',
    address: 'Адрес',
    upload: 'Проверить и подключить',
    sign: 'Подписать и подключить',
    counted: (count: number) => `Сертификатов: ${count}`,
    noneUsable: 'Ни один из найденных сертификатов подключить нельзя. Почему, сказано у каждого.',
    done: 'Носитель подключён',
    doneAbout: 'Переходим к списку носителей.',
  },
} as const;

/** The words of the page where a carrier is connected by a signature: those of the sign-in where they are the same. */
export function carrierWords(words: PageWords, language: Language): PageWords {
  const { service, title, address, upload, sign, counted, noneUsable, done, doneAbout } = said[language];
  return {
    ...words,
    service,
    title: () => title,
    address,
    fileSteps: { ...words.fileSteps, uploadButton: upload },
    signIn: sign,
    counted,
    noneUsable,
    doneTitle: done,
    doneAbout: () => doneAbout,
  };
}
