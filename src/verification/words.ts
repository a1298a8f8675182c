import type { Language } from '../failure/failure.ts';

/** What the page of verification says. */
export interface VerificationWords {
  readonly service: string;
  readonly switchLanguage: string;
  readonly title: string;
  readonly about: string;
  readonly files: string;
  readonly hint: string;
  /** Megabytes of all files together. */
  readonly limit: (megabytes: number) => string;
  readonly check: string;
  readonly checking: string;
  readonly whichFiles: string;
  readonly kinds: readonly string[];
  readonly kept: string;
  readonly print: string;
  readonly again: string;
}

const en: VerificationWords = {
  service: 'Verification of signed documents',
  switchLanguage: 'Русский',
  title: 'Check a signed document',
  about:
    'You will see who signed it, when, what the signature covers, and whether the certificate was in force.',
  files: 'Document, and its signature where that is a file of its own',
  hint: 'You can also drop the files here.',
  limit: (megabytes) => `Up to ${megabytes} MB together.`,
  check: 'Check',
  checking: 'The files are being sent and checked. This page then shows the report.',
  whichFiles: 'Which files can be checked',
  kinds: [
    'PDF with signatures inside',
    'a signature file (.sig, .p7s, .sgn) together with the document that it signs',
    'a message with the document inside (.p7m, .sig)',
    'signed XML, also of SMEV',
    'ASiC containers (.asice, .asics)',
    'time-stamps (.tst, .tsr) together with the document',
  ],
  kept: 'Nothing is kept: the files are gone from this server once the report is made. Only the authorities are asked whether certificates were revoked.',
  print: 'Print the report',
  again: 'Check another document',
};

const ru: VerificationWords = {
  service: 'Проверка подписанных документов',
  switchLanguage: 'English',
  title: 'Проверить подписанный документ',
  about: 'Вы увидите, кто и когда подписал документ, что охватывает подпись и действовал ли сертификат.',
  files: 'Документ и файл подписи, если она в отдельном файле',
  hint: 'Файлы можно перетащить сюда.',
  limit: (megabytes) => `Не больше ${megabytes} МБ вместе.`,
  check: 'Проверить',
  checking: 'Файлы передаются и проверяются. Затем здесь появится отчёт.',
  whichFiles: 'Какие файлы можно проверить',
  kinds: [
    'PDF с подписями внутри',
    'файл подписи (.sig, .p7s, .sgn) вместе с документом, который он подписывает',
    'сообщение с документом внутри (.p7m, .sig)',
    'подписанный XML, в том числе СМЭВ',
    'контейнеры ASiC (.asice, .asics)',
    'штампы времени (.tst, .tsr) вместе с документом',
  ],
  kept: 'Ничего не хранится: как только отчёт готов, файлов на сервере больше нет. Запрашивается только отзыв сертификатов у их удостоверяющих центров.',
  print: 'Напечатать отчёт',
  again: 'Проверить другой документ',
};

const words: Readonly<Record<Language, VerificationWords>> = { en, ru };

/** The words of the page in a language. */
export function verificationWords(language: Language): VerificationWords {
  return words[language];
}
