import type { FailureCode } from './catalogue.ts';
import type { Language, Wording } from './failure.ts';

/** Who reads a verdict on somebody's certificate or document, and what of the usual wording stands as it is. */
type Reworded = Readonly<Record<Language, Partial<Wording>>>;

/**
 * What is told of a failure where a certificate or a document is validated: whoever reads it signs nothing and signs in
 * nowhere, may not be the signer, and has no portal. What is not here is told as everywhere.
 */
export const validationWordings: Partial<Record<FailureCode, Reworded>> = {
  signature_malformed: {
    en: {
      remedy:
        'See that the file is whole and is the signature itself, as it left the signing program. If it is, ask the signer for another one.',
    },
    ru: {
      remedy:
        'Проверьте, что файл полон и что это сама подпись в том виде, в каком её создала программа. Если это так, запросите у подписавшего другую.',
    },
  },
  signature_content_mismatch: {
    en: {
      title: 'The signature is over another document',
      cause:
        'The document is not the one that was signed, or was changed afterwards. What was signed is this document, but in {encoding} instead of UTF-8.',
      remedy:
        'Take the document exactly as it was signed: not opened and saved again, not converted. If you have no such file, ask the signer for it.',
    },
    ru: {
      title: 'Подпись относится к другому документу',
      cause:
        'Это не тот документ, который подписывали, или его потом изменили. Подписан этот же документ, но в кодировке {encoding} вместо UTF-8.',
      remedy:
        'Возьмите документ точно в том виде, в каком его подписали: не пересохранённый и не преобразованный. Если такого файла нет, запросите его у подписавшего.',
    },
  },
  signature_invalid: {
    en: {
      cause:
        'The signature does not fit the public key of the certificate. The algorithm checked: {algorithm}. The signature was changed, or was made wrongly or with another key.',
      remedy: 'Do not rely on the document. Ask the signer to sign it again.',
    },
    ru: {
      cause:
        'Подпись не соответствует открытому ключу сертификата. Проверенный алгоритм: {algorithm}. Подпись изменили, либо она вычислена неправильно или другим ключом.',
      remedy: 'Не полагайтесь на этот документ. Попросите подписавшего подписать его заново.',
    },
  },
  signature_signer_count: {
    en: {
      title: 'Nobody has signed this message',
      cause:
        'The file has the form of a signed message, but no signature in it: it is a collection of certificates.',
      remedy: 'Give the file with the signature. To look at the certificates use sealgate certificate show.',
    },
    ru: {
      title: 'Это сообщение никто не подписал',
      cause: 'Файл имеет вид подписанного сообщения, но подписи в нём нет: это набор сертификатов.',
      remedy: 'Передайте файл с подписью. Посмотреть сертификаты можно командой sealgate certificate show.',
    },
  },
  signature_attributes_missing: {
    en: {
      cause:
        'The signature has signed attributes, but not all that the standard demands (RFC 5652, section 11). Missing or wrong: {attributes}.',
      remedy: 'Ask the signer to sign again with another program, as CAdES-BES for example.',
    },
    ru: {
      cause:
        'В подписи есть подписанные атрибуты, но не все, которых требует стандарт (RFC 5652, раздел 11). Нет или неверны: {attributes}.',
      remedy: 'Попросите подписавшего подписать заново другой программой, например в виде CAdES-BES.',
    },
  },
  signature_attributes_unsorted: {
    en: {
      remedy:
        'Ask the signer to sign again with another program or a newer one. To its maker: sort the signed attributes by their encoding before hashing them.',
    },
    ru: {
      remedy:
        'Попросите подписавшего подписать заново другой или обновлённой программой. Её разработчику: перед вычислением хэша упорядочьте подписанные атрибуты по их кодированию.',
    },
  },
  signature_digests_differ: {
    en: { remedy: 'Ask the signer to sign again with another program. The certificate need not be changed.' },
    ru: { remedy: 'Попросите подписавшего подписать заново другой программой. Сертификат менять не нужно.' },
  },
  signature_algorithm_mislabelled: {
    en: {
      cause:
        'The message calls the signature GOST R 34.10-2001, but key and hash function are those of {algorithm}. Some signing tools write it so. Here it is not accepted.',
      remedy: 'Ask the signer to sign again with a newer program.',
    },
    ru: {
      cause:
        'В сообщении подпись названа ГОСТ Р 34.10-2001, но ключ и хэш-функция относятся к {algorithm}. Так пишут некоторые программы подписи. Здесь это не допускается.',
      remedy: 'Попросите подписавшего подписать заново обновлённой программой.',
    },
  },
  signature_attributes_ambiguous: {
    en: { remedy: 'Do not rely on the document, and tell whoever is responsible for security about it.' },
    ru: { remedy: 'Не полагайтесь на этот документ и сообщите о нём ответственному за безопасность.' },
  },
  signer_certificate_missing: {
    en: {
      cause:
        'The message does not contain the certificate it was signed with, and it was not given beside it. It names this certificate: {identifier}.',
      remedy: 'Give the signer’s certificate beside the message, or ask for a signature that contains it.',
    },
    ru: {
      cause:
        'В сообщении нет сертификата, которым оно подписано, и отдельно он не передан. Сообщение ссылается на сертификат: {identifier}.',
      remedy:
        'Передайте сертификат подписавшего вместе с сообщением или запросите подпись, в которую он включён.',
    },
  },
  signer_certificate_substituted: {
    en: { remedy: 'Do not rely on the document. Ask the signer to sign it again.' },
    ru: { remedy: 'Не полагайтесь на этот документ. Попросите подписавшего подписать его заново.' },
  },
  algorithm_forbidden: {
    en: {
      remedy: 'A signature by an accepted algorithm is needed: ask the signer, or the authority, for one.',
    },
    ru: {
      remedy:
        'Нужна подпись по допустимому алгоритму: запросите её у подписавшего или удостоверяющего центра.',
    },
  },
  certificate_malformed: {
    en: {
      remedy: 'Give the rule named here to the authority that issued the certificate; only it can mend that.',
    },
    ru: {
      remedy:
        'Сообщите указанное здесь правило удостоверяющему центру, выдавшему сертификат: исправить это может только он.',
    },
  },
  certificate_expired: {
    en: {
      remedy:
        'To know how it stood at an earlier time, give that time. To rely on it today, ask its holder for the new certificate.',
    },
    ru: {
      remedy:
        'Чтобы узнать состояние на более раннее время, укажите это время. Чтобы полагаться на сертификат сегодня, запросите у владельца новый.',
    },
  },
  certificate_not_yet_valid: {
    en: {
      remedy:
        'Look at the time of the check, and at the clock of this computer. Otherwise wait until the term begins.',
    },
    ru: {
      remedy:
        'Проверьте время, на которое выполнена проверка, и часы компьютера. Иначе дождитесь начала срока.',
    },
  },
  private_key_period_over: {
    en: { remedy: 'Ask the holder for a certificate with a new key, or give the time at which it was used.' },
    ru: {
      remedy: 'Запросите у владельца сертификат с новым ключом или укажите время, когда ключ применялся.',
    },
  },
  certificate_revoked: {
    en: { remedy: 'Do not rely on it. Ask its holder for another certificate.' },
    ru: { remedy: 'Не полагайтесь на этот сертификат. Запросите у владельца другой.' },
  },
  certificate_usage_forbidden: {
    en: {
      title: 'The certificate is for another use',
      cause:
        'The certificate’s key usage or extended key usage does not allow what is asked. The certificate: {certificate}. It allows: {allowed}. What is needed: {needed}.',
      remedy: 'See that it is the right certificate and the right profile of rules.',
    },
    ru: {
      title: 'Сертификат предназначен для другого',
      cause:
        'Назначение ключа в сертификате не допускает того, что требуется. Сертификат: {certificate}. Он допускает: {allowed}. Требуется: {needed}.',
      remedy: 'Проверьте, тот ли это сертификат и тот ли набор правил проверки.',
    },
  },
  chain_incomplete: {
    en: {
      remedy: 'Give the certificates of the authorities above it too. The authority’s site offers them.',
    },
    ru: {
      remedy: 'Передайте и сертификаты вышестоящих удостоверяющих центров. Их можно скачать на сайте центра.',
    },
  },
  root_untrusted: {
    en: {
      cause: 'The certificate’s path ends in a root that is not among the trusted ones. The root: {root}.',
      remedy:
        'If you trust that root, name it as trusted. Compare its fingerprint with its owner’s before you do.',
    },
    ru: {
      cause: 'Путь сертификата ведёт к корню, которого нет среди доверенных. Корень: {root}.',
      remedy:
        'Если вы доверяете этому корню, укажите его как доверенный, сверив сначала отпечаток с его владельцем.',
    },
  },
  path_budget_exhausted: {
    en: { remedy: 'Give only the certificates of the one path, from the signer’s up to the root.' },
    ru: { remedy: 'Передайте только сертификаты одной цепочки, от сертификата подписи до корневого.' },
  },
  budget_exhausted: {
    en: {
      remedy:
        'Give only what belongs to this signature: its own certificates up to the root, and no lists or answers of others.',
    },
    ru: {
      remedy:
        'Передайте только то, что относится к этой подписи: её собственные сертификаты до корневого, без чужих списков отзыва и ответов OCSP.',
    },
  },
  revocation_undetermined: {
    en: {
      remedy:
        'Give lists or OCSP answers that cover this certificate and this time. One that cannot be used is for the authority to mend; an address that is not allowed, for the operator of the service (SEALGATE_REVOCATION_NETWORKS, SEALGATE_REVOCATION_HOSTS).',
    },
    ru: {
      remedy:
        'Передайте списки отзыва или ответы OCSP, которые относятся к этому сертификату и этому времени. Непригодные должен исправить удостоверяющий центр, неразрешённый адрес должен разрешить оператор сервиса (SEALGATE_REVOCATION_NETWORKS, SEALGATE_REVOCATION_HOSTS).',
    },
  },
  revocation_unavailable: {
    en: { remedy: 'Try again later. Try again in {retryAfter}. Or give a list or an OCSP answer beside it.' },
    ru: {
      remedy:
        'Повторите попытку позже. Повторить можно через такое время: {retryAfter}. Или передайте список отзыва либо ответ OCSP.',
    },
  },
  revocation_stale: {
    en: { remedy: 'Get the authority’s present list or answer. Try again in {retryAfter}.' },
    ru: {
      remedy:
        'Получите у удостоверяющего центра новый список или ответ. Повторить можно через такое время: {retryAfter}.',
    },
  },
  certificate_not_qualified: {
    en: {
      cause: 'The certificate is valid, but lacks the marks of a qualified one. What is missing: {missing}.',
    },
    ru: {
      cause: 'Сертификат действителен, но не имеет признаков квалифицированного. Чего не хватает: {missing}.',
    },
  },
};
