import type { Language } from '../failure/failure.ts';
import type { ProfileName } from '../path/profile.ts';
import type { Modification, TimestampKind } from './report.ts';

/** The same in each language. */
export type Words = Readonly<Record<Language, string>>;

/** What a report says of a document, wherever it is shown. */
export const words = {
  signature: { en: 'signature', ru: 'подпись' },
  counterSignature: { en: 'countersignature', ru: 'заверяющая подпись' },
  timestamp: { en: 'time-stamp', ru: 'штамп времени' },
  level: { en: 'level', ru: 'уровень' },
  claimed: { en: 'signed, as the signer says', ru: 'подписано, по словам подписавшего' },
  proven: { en: 'proven to have existed', ru: 'существование доказано' },
  judged: { en: 'judged as of', ru: 'проверено на момент' },
  unnamed: { en: 'does not name its certificate', ru: 'не указывает свой сертификат' },
  whole: { en: 'covers the whole document', ru: 'охватывает документ целиком' },
  part: { en: 'covers a part of the document', ru: 'охватывает часть документа' },
  covered: { en: 'covered', ru: 'охвачено' },
  uncovered: { en: 'not covered', ru: 'не охвачено' },
  revision: { en: 'revision', ru: 'редакция' },
  anchor: { en: 'the certificate is itself trusted', ru: 'сам сертификат — доверенный' },
  passed: { en: 'every signature holds', ru: 'все подписи действительны' },
  failed: { en: 'refused', ru: 'недействительна' },
  open: { en: 'undecided', ru: 'не установлено' },
  title: { en: 'Validation report', ru: 'Отчёт о проверке' },
  document: { en: 'Document', ru: 'Документ' },
  checkedAt: { en: 'Checked as of', ru: 'Проверено на момент' },
  rules: { en: 'Rules', ru: 'Правила' },
  verdict: { en: 'Verdict (ETSI EN 319 102-1)', ru: 'Заключение (ETSI EN 319 102-1)' },
  remedy: { en: 'What to do', ru: 'Что делать' },
  signer: { en: 'Certificate', ru: 'Сертификат' },
  issuer: { en: 'Issued by', ru: 'Кем выдан' },
  serialNumber: { en: 'Serial number', ru: 'Серийный номер' },
  term: { en: 'Term', ru: 'Срок действия' },
  algorithm: { en: 'Algorithm', ru: 'Алгоритм' },
  format: { en: 'Format and level', ru: 'Формат и уровень' },
  time: { en: 'Time', ru: 'Время' },
  root: { en: 'Trusted root', ru: 'Доверенный корень' },
  revocation: { en: 'Revocation', ru: 'Отзыв' },
  good: { en: 'not revoked, as of', ru: 'не отозван по состоянию на' },
  unchecked: { en: 'not checked', ru: 'не проверялся' },
  qualified: { en: 'Qualified certificate', ru: 'Квалифицированный сертификат' },
  yes: { en: 'yes', ru: 'да' },
  no: { en: 'no', ru: 'нет' },
} as const satisfies Record<string, Words>;

/** What a time-stamp is for. */
export const kinds: Readonly<Record<TimestampKind, Words>> = {
  content: { en: 'over the document', ru: 'на документ' },
  signature: { en: 'over the signature', ru: 'на подпись' },
  'signature-and-references': {
    en: 'over the signature and references to its evidence',
    ru: 'на подпись и ссылки на доказательства',
  },
  references: { en: 'over references to the evidence', ru: 'на ссылки на доказательства' },
  archive: { en: 'for the archive', ru: 'архивный' },
  document: { en: 'over the document with its signatures', ru: 'на документ вместе с подписями' },
};

/** What was done to a PDF after a signature. */
export const modifications: Readonly<Record<Modification, Words>> = {
  none: { en: 'nothing was changed after it', ru: 'после неё ничего не менялось' },
  allowed: {
    en: 'after it only what may be added was added',
    ru: 'после неё добавлено только то, что можно добавлять',
  },
  annotations: { en: 'after it notes were added to pages', ru: 'после неё на страницы добавлены пометки' },
  forbidden: { en: 'after it the document was changed', ru: 'после неё документ изменён' },
};

/** By what rules certificates were judged: what a profile is called where people read of it. */
export const profiles: Readonly<Record<ProfileName, Words>> = {
  rfc5280: { en: 'RFC 5280', ru: 'RFC 5280' },
  'qualified-gost': { en: 'qualified certificates, GOST', ru: 'квалифицированные сертификаты, ГОСТ' },
  'web-pki': { en: 'certificates of the web', ru: 'сертификаты веб-сайтов' },
};
