import type { Failure } from './failure.ts';

/**
 * Failures of a certificate, its path to a trusted root, its revocation and its qualification.
 * Sub-indications follow ETSI EN 319 102-1, section 5.1.3: `TOTAL-FAILED` with `EXPIRED`, `NOT_YET_VALID`
 * and `REVOKED` is right for a sign-in, because the fresh challenge proves when the signature was made.
 */
export const certificateFailures = {
  certificate_malformed: {
    status: 422,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    details: { certificate: 'text?', serialNumber: 'text?', rule: 'text', where: 'text?', offset: 'number?' },
    en: {
      title: 'A certificate is built wrongly',
      cause:
        'A certificate does not keep to the rules for its form (DER, RFC 5280). The certificate: {certificate}. The rule broken: {rule}. Where: {where}.',
      remedy: 'Ask the authority that issued it for a new certificate, and give them the rule named here.',
    },
    ru: {
      title: 'Сертификат составлен с ошибкой',
      cause:
        'Сертификат не соответствует правилам его формы (DER, RFC 5280). Сертификат: {certificate}. Нарушенное правило: {rule}. Место: {where}.',
      remedy:
        'Попросите удостоверяющий центр, который его выдал, выпустить новый и сообщите центру указанное здесь правило.',
    },
  },
  certificate_expired: {
    status: 401,
    stage: 'path',
    indication: 'TOTAL-FAILED',
    subIndication: 'EXPIRED',
    details: { certificate: 'text', serialNumber: 'text', notAfter: 'date', at: 'date' },
    en: {
      title: 'The certificate has expired',
      cause:
        'A certificate is past its term. The certificate: {certificate}. It was valid until {notAfter}. Time of the check: {at}.',
      remedy: 'Renew the certificate at an accredited authority, and sign in with the new one.',
    },
    ru: {
      title: 'Срок действия сертификата истёк',
      cause:
        'Срок действия сертификата закончился. Сертификат: {certificate}. Он действовал до: {notAfter}. Время проверки: {at}.',
      remedy: 'Продлите сертификат в аккредитованном удостоверяющем центре и войдите с новым.',
    },
  },
  certificate_not_yet_valid: {
    status: 401,
    stage: 'path',
    indication: 'TOTAL-FAILED',
    subIndication: 'NOT_YET_VALID',
    details: {
      certificate: 'text',
      serialNumber: 'text',
      notBefore: 'date',
      at: 'date',
      difference: 'seconds?',
    },
    en: {
      title: 'The certificate is not valid yet',
      cause:
        'A certificate’s term has not begun. The certificate: {certificate}. It is valid from {notBefore}. Time of the check: {at}. The difference is only {difference}, so a clock may be wrong.',
      remedy:
        'Wait until the term begins, or choose another certificate. The difference is small ({difference}): check the clock and time zone of the computer.',
    },
    ru: {
      title: 'Сертификат ещё не действует',
      cause:
        'Срок действия сертификата ещё не начался. Сертификат: {certificate}. Он действует с: {notBefore}. Время проверки: {at}. Разница невелика, {difference}, поэтому дело может быть в неверных часах.',
      remedy:
        'Подождите начала срока или выберите другой сертификат. Разница мала ({difference}): проверьте часы и часовой пояс компьютера.',
    },
  },
  private_key_period_over: {
    status: 401,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { certificate: 'text', serialNumber: 'text', notAfter: 'date', at: 'date' },
    en: {
      title: 'The signing key’s own term is over',
      cause:
        'The certificate is still valid, but its key may no longer sign: the term of the key itself is shorter. The certificate: {certificate}. The key could sign until {notAfter}. Time of the check: {at}.',
      remedy: 'Renew the certificate with a new key at an accredited authority.',
    },
    ru: {
      title: 'Срок действия ключа подписи закончился',
      cause:
        'Сертификат ещё действует, но подписывать его ключом уже нельзя: срок самого ключа короче. Сертификат: {certificate}. Ключом можно было подписывать до: {notAfter}. Время проверки: {at}.',
      remedy: 'Перевыпустите сертификат с новым ключом в аккредитованном удостоверяющем центре.',
    },
  },
  certificate_revoked: {
    status: 401,
    stage: 'revocation',
    indication: 'TOTAL-FAILED',
    subIndication: 'REVOKED',
    details: {
      certificate: 'text',
      serialNumber: 'text',
      revokedAt: 'date',
      reason: 'term',
      invalidSince: 'date?',
      source: 'text?',
    },
    en: {
      title: 'The certificate is revoked',
      cause:
        'The authority has revoked a certificate. The certificate: {certificate}. Revoked since {revokedAt}. The reason given: {reason}.',
      remedy:
        'Ask the authority for a new certificate. If you did not ask for the revocation, ask the authority why it was made.',
    },
    ru: {
      title: 'Сертификат отозван',
      cause:
        'Удостоверяющий центр отозвал сертификат. Сертификат: {certificate}. Отозван с: {revokedAt}. Указанная причина: {reason}.',
      remedy:
        'Получите в удостоверяющем центре новый сертификат. Если вы не просили об отзыве, узнайте в центре его причину.',
    },
  },
  certificate_usage_forbidden: {
    status: 401,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { certificate: 'text', serialNumber: 'text', allowed: 'label[]', needed: 'label[]' },
    en: {
      title: 'This certificate is not for signing in',
      cause:
        'The certificate’s key usage or extended key usage does not allow signing in. The certificate: {certificate}. It allows: {allowed}. What is needed: {needed}.',
      remedy:
        'Choose your signing certificate. Certificates for encryption, for a web server or for a device cannot be used.',
    },
    ru: {
      title: 'Этот сертификат не предназначен для входа',
      cause:
        'Назначение ключа в сертификате не допускает вход. Сертификат: {certificate}. Он допускает: {allowed}. Требуется: {needed}.',
      remedy:
        'Выберите сертификат для подписи. Сертификаты для шифрования, веб-сервера или устройства не подходят.',
    },
  },
  chain_incomplete: {
    status: 401,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    details: { certificate: 'text', serialNumber: 'text', issuer: 'text?' },
    en: {
      title: 'The certificate’s issuer is unknown here',
      cause:
        'No path leads from the certificate to a trusted root. The certificate: {certificate}. The missing issuer: {issuer}.',
      remedy:
        'Include the intermediate certificates when signing, and install the authority’s root and intermediate certificates on the computer. The authority’s site offers them.',
    },
    ru: {
      title: 'Издатель сертификата здесь неизвестен',
      cause:
        'От сертификата нет пути к доверенному корню. Сертификат: {certificate}. Недостающий издатель: {issuer}.',
      remedy:
        'Включите в подпись промежуточные сертификаты и установите на компьютер корневой и промежуточные сертификаты удостоверяющего центра. Их можно скачать на сайте центра.',
    },
  },
  chain_invalid: {
    status: 401,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    details: { certificate: 'text', serialNumber: 'text', rule: 'term', found: 'text?' },
    en: {
      title: 'The chain of certificates breaks a rule',
      cause:
        'A path to a root exists, but it breaks a rule of certification. The certificate: {certificate}. The rule broken: {rule}. What it is about: {found}.',
      remedy:
        'Contact the authority that issued the certificate, and give them the certificate and the rule named here.',
    },
    ru: {
      title: 'Цепочка сертификатов нарушает правило',
      cause:
        'Путь к корню есть, но он нарушает правило сертификации. Сертификат: {certificate}. Нарушенное правило: {rule}. К чему относится: {found}.',
      remedy:
        'Обратитесь в удостоверяющий центр, выдавший сертификат, и сообщите ему указанные здесь сертификат и правило.',
    },
  },
  path_budget_exhausted: {
    status: 422,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    details: { certificate: 'text?', serialNumber: 'text?', limit: 'term', allowed: 'number' },
    en: {
      title: 'The certificates form too large a maze',
      cause:
        'No path to a trusted root was found within the work that one check may cost. The certificate: {certificate}. The limit reached: {limit}. Allowed: {allowed}.',
      remedy:
        'Send only the certificates of the one path, from the signer’s up to the root. If that does not help, ask the portal’s operator to look at the limit named here.',
    },
    ru: {
      title: 'Связи между сертификатами слишком запутанны',
      cause:
        'Путь к доверенному корню не найден в пределах работы, допустимой для одной проверки. Сертификат: {certificate}. Достигнутый предел: {limit}. Допустимо: {allowed}.',
      remedy:
        'Передайте только сертификаты одной цепочки, от сертификата подписи до корневого. Если это не поможет, попросите оператора портала обратить внимание на указанный здесь предел.',
    },
  },
  root_untrusted: {
    status: 401,
    stage: 'path',
    indication: 'INDETERMINATE',
    subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    details: { certificate: 'text', serialNumber: 'text', root: 'text?', rootSerialNumber: 'text' },
    en: {
      title: 'The root certificate is not trusted',
      cause: 'The certificate’s path ends in a root that this service does not trust. The root: {root}.',
      remedy: 'Use a certificate of an accredited authority.',
    },
    ru: {
      title: 'Корневому сертификату нет доверия',
      cause: 'Путь сертификата ведёт к корню, которому этот сервис не доверяет. Корень: {root}.',
      remedy: 'Используйте сертификат аккредитованного удостоверяющего центра.',
    },
  },
  authority_not_accredited: {
    status: 401,
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { issuer: 'text' },
    en: {
      title: 'The issuer is not an accredited authority',
      cause:
        'The authority that issued the certificate was never on the list of accredited authorities. The issuer: {issuer}.',
      remedy:
        'Choose an accredited authority and get a certificate there. The ministry publishes the list of them.',
    },
    ru: {
      title: 'Издатель не аккредитован',
      cause:
        'Удостоверяющего центра, выдавшего сертификат, никогда не было в перечне аккредитованных. Издатель: {issuer}.',
      remedy:
        'Выберите аккредитованный удостоверяющий центр и получите сертификат там. Перечень публикует Минцифры.',
    },
  },
  authority_accreditation_ended: {
    status: 401,
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { issuer: 'text', status: 'text', endedAt: 'date', issuedAt: 'date', at: 'date' },
    en: {
      title: 'The issuer was no longer accredited',
      cause:
        'The authority’s accreditation had ended or was suspended when it issued this certificate, or has ended since. The issuer: {issuer}. Not accredited since {endedAt}. The certificate was issued {issuedAt}. Time of the check: {at}.',
      remedy: 'Choose an accredited authority and get a new certificate there.',
    },
    ru: {
      title: 'Аккредитация издателя закончилась раньше',
      cause:
        'Аккредитация удостоверяющего центра закончилась или была приостановлена до выпуска этого сертификата или после него. Издатель: {issuer}. Не аккредитован с: {endedAt}. Сертификат выдан: {issuedAt}. Время проверки: {at}.',
      remedy: 'Выберите аккредитованный удостоверяющий центр и получите новый сертификат там.',
    },
  },
  certificate_not_qualified: {
    status: 403,
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { missing: 'term[]', evidence: 'text[]' },
    en: {
      title: 'A qualified certificate is needed',
      cause:
        'The certificate is valid, but lacks the marks of a qualified one, which this portal asks for. What is missing: {missing}.',
      remedy: 'Get a qualified certificate at an accredited authority.',
    },
    ru: {
      title: 'Нужен квалифицированный сертификат',
      cause:
        'Сертификат действителен, но не имеет признаков квалифицированного, а портал требует именно такой. Чего не хватает: {missing}.',
      remedy: 'Получите квалифицированный сертификат в аккредитованном удостоверяющем центре.',
    },
  },
  assurance_too_low: {
    status: 403,
    stage: 'qualification',
    indication: 'INDETERMINATE',
    subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
    details: { found: 'text', required: 'text' },
    en: {
      title: 'The signing tool’s class is too low',
      cause:
        'The portal asks for a signing tool of a higher class. Class of the certificate: {found}. Class asked for: {required}.',
      remedy:
        'Use a token and a certificate of the class asked for. It must be {required} or higher; the authority that issues the certificate can advise.',
    },
    ru: {
      title: 'Класс средства подписи слишком низкий',
      cause:
        'Портал требует средство подписи более высокого класса. Класс в сертификате: {found}. Требуемый класс: {required}.',
      remedy:
        'Используйте носитель и сертификат требуемого класса. Нужен {required} или выше; посоветоваться можно в удостоверяющем центре.',
    },
  },
  revocation_unavailable: {
    status: 503,
    stage: 'revocation',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: {
      certificate: 'text',
      serialNumber: 'text',
      hosts: 'text[]?',
      waited: 'seconds',
      retryAfter: 'seconds',
      problems: 'problems',
    },
    en: {
      title: 'Revocation could not be checked',
      cause:
        'The authority’s revocation service did not answer, so it is unknown whether the certificate was revoked. The certificate: {certificate}. Asked: {hosts}. Time spent asking: {waited}.',
      remedy:
        'Nothing is wrong with your signature; try again later. Try again in {retryAfter}. If it lasts, contact the authority.',
    },
    ru: {
      title: 'Не удалось проверить отзыв сертификата',
      cause:
        'Служба отзыва удостоверяющего центра не ответила, поэтому неизвестно, не отозван ли сертификат. Сертификат: {certificate}. Запрошены: {hosts}. Время ожидания: {waited}.',
      remedy:
        'С вашей подписью всё в порядке, повторите попытку позже. Повторить можно через такое время: {retryAfter}. Если не поможет, обратитесь в удостоверяющий центр.',
    },
  },
  revocation_stale: {
    status: 503,
    stage: 'revocation',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: {
      certificate: 'text',
      serialNumber: 'text',
      hosts: 'text[]?',
      waited: 'seconds',
      retryAfter: 'seconds',
      thisUpdate: 'date?',
      nextUpdate: 'date?',
      at: 'date',
      problems: 'problems',
    },
    en: {
      title: 'The revocation data is too old',
      cause:
        'The authority answered with revocation data whose term is over, so it does not show today’s state. The certificate: {certificate}. Source: {hosts}. The data was good until {nextUpdate}. Time of the check: {at}.',
      remedy:
        'Nothing is wrong with your signature; try again later. Try again in {retryAfter}. If it lasts, contact the authority.',
    },
    ru: {
      title: 'Сведения об отзыве устарели',
      cause:
        'Удостоверяющий центр прислал сведения об отзыве с истёкшим сроком, они не показывают состояние на сегодня. Сертификат: {certificate}. Источник: {hosts}. Сведения действовали до: {nextUpdate}. Время проверки: {at}.',
      remedy:
        'С вашей подписью всё в порядке, повторите попытку позже. Повторить можно через такое время: {retryAfter}. Если не поможет, обратитесь в удостоверяющий центр.',
    },
  },
} as const satisfies Record<string, Failure>;
