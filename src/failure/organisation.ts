import type { Failure } from './failure.ts';

/** Failures of the organisation, of the person who signs for it, and of the person's power to do so. */
export const organisationFailures = {
  organisation_missing: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The certificate names no organisation',
      cause:
        'This is the certificate of a natural person, and the portal lets organisations in. Missing in the certificate: {missing:term}.',
      remedy:
        'Sign with your organisation’s certificate, or attach a power of attorney from the organisation.',
    },
    ru: {
      title: 'В сертификате нет организации',
      cause:
        'Это сертификат физического лица, а портал предназначен для организаций. В сертификате нет: {missing:term}.',
      remedy: 'Подпишите сертификатом организации или приложите доверенность от организации.',
    },
  },
  signer_unnamed: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The certificate names no person',
      cause:
        'The certificate does not say who signs: it is an organisation’s seal for automatic signing, or its data is incomplete. Missing in the certificate: {missing:term}.',
      remedy: 'Sign in with the certificate of a person, such as that of the organisation’s head.',
    },
    ru: {
      title: 'В сертификате не указан человек',
      cause:
        'Из сертификата не видно, кто подписывает: это печать организации для автоматической подписи, или данные в нём неполны. В сертификате нет: {missing:term}.',
      remedy: 'Войдите с сертификатом человека, например руководителя организации.',
    },
  },
  organisation_identifier_invalid: {
    status: 422,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'An identifier in the certificate is wrong',
      cause:
        'An identifier in the certificate has the wrong length or wrong check digits. Identifier: {field:term}. Its value: {value}. What is wrong: {problem:term}.',
      remedy: 'Ask the authority to issue a corrected certificate, and name the identifier to them.',
    },
    ru: {
      title: 'Ошибка в реквизите сертификата',
      cause:
        'Реквизит в сертификате имеет неверную длину или контрольные цифры. Реквизит: {field:term}. Значение: {value}. Что не так: {problem:term}.',
      remedy:
        'Попросите удостоверяющий центр выпустить исправленный сертификат и назовите ему этот реквизит.',
    },
  },
  organisation_unknown: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The organisation is not registered here',
      cause:
        'The organisation from the certificate is not in the portal’s register. INN: {inn}. OGRN: {ogrn}.',
      remedy:
        'Compare INN and OGRN in the portal’s profile with those in the certificate. If the organisation is new to the portal, register it first.',
    },
    ru: {
      title: 'Организация здесь не зарегистрирована',
      cause: 'Организации из сертификата нет в реестре портала. ИНН: {inn}. ОГРН: {ogrn}.',
      remedy:
        'Сверьте ИНН и ОГРН в профиле портала и в сертификате. Если организация на портале впервые, сначала зарегистрируйте её.',
    },
  },
  organisation_mismatch: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'Certificate and register differ',
      cause:
        'The organisation’s data in the certificate is not the data in the register. What differs: {differences:differences}.',
      remedy:
        'Correct the one that is wrong: the portal’s profile, or the certificate (the authority issues a new one).',
    },
    ru: {
      title: 'Сертификат и реестр расходятся',
      cause:
        'Данные организации в сертификате не совпадают с данными реестра. Расхождения: {differences:differences}.',
      remedy:
        'Исправьте то, что неверно: профиль на портале или сертификат (новый выпустит удостоверяющий центр).',
    },
  },
  organisation_blocked: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The organisation may not sign in',
      cause: 'The organisation is closed, or blocked in the portal. Its state: {state:term}.',
      remedy: 'Contact the portal’s support, and give the trace id of this message.',
    },
    ru: {
      title: 'Организации закрыт вход',
      cause: 'Организация прекратила деятельность или заблокирована на портале. Состояние: {state:term}.',
      remedy: 'Обратитесь в поддержку портала и назовите номер обращения из этого сообщения.',
    },
  },
  certificate_not_bound: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'This certificate is not connected',
      cause:
        'The certificate is valid, but is not on the organisation’s list of carriers, and the portal lets only connected ones in. The certificate: {certificate}.',
      remedy: 'Connect the carrier in the organisation’s settings, or sign in with one that is connected.',
    },
    ru: {
      title: 'Этот сертификат не подключён',
      cause:
        'Сертификат действителен, но его нет в списке носителей организации, а портал пускает только с подключёнными. Сертификат: {certificate}.',
      remedy: 'Подключите носитель в настройках организации или войдите с уже подключённым.',
    },
  },
  authority_unproven: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The right to act for the organisation is not proven',
      cause:
        'The person who signed is not the organisation’s head in the register, and no power of attorney came with the sign-in. Organisation: {organisation}.',
      remedy: 'Attach a machine-readable power of attorney, or let the head sign.',
    },
    ru: {
      title: 'Право действовать от имени организации не подтверждено',
      cause:
        'Подписавший не является руководителем организации по реестру, а доверенность не приложена. Организация: {organisation}.',
      remedy: 'Приложите машиночитаемую доверенность (МЧД) или подпишите ключом руководителя.',
    },
  },
  power_of_attorney_invalid: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The power of attorney is not valid',
      cause:
        'The power of attorney’s signature, its issuer or its form does not hold. Number: {number}. What failed: {problem:term}.',
      remedy: 'Issue the power of attorney anew, signed by the organisation’s head, and attach that one.',
    },
    ru: {
      title: 'Доверенность недействительна',
      cause:
        'Подпись, доверитель или форма доверенности не прошли проверку. Номер: {number}. Что не прошло: {problem:term}.',
      remedy: 'Оформите доверенность заново, с подписью руководителя организации, и приложите её.',
    },
  },
  power_of_attorney_expired: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The power of attorney is out of its term',
      cause:
        'The power of attorney is not in force at this time. Number: {number}. In force from {notBefore}. In force until {notAfter}.',
      remedy: 'Issue a new power of attorney with a term that covers today.',
    },
    ru: {
      title: 'Срок доверенности не действует',
      cause:
        'Доверенность в это время не действует. Номер: {number}. Действует с: {notBefore}. Действует до: {notAfter}.',
      remedy: 'Оформите новую доверенность, срок которой включает сегодняшний день.',
    },
  },
  power_of_attorney_withdrawn: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The power of attorney was withdrawn',
      cause:
        'The organisation has withdrawn the power of attorney. Number: {number}. Withdrawn {withdrawnAt}.',
      remedy: 'Ask the organisation’s head for a new power of attorney.',
    },
    ru: {
      title: 'Доверенность отозвана',
      cause: 'Организация отозвала доверенность. Номер: {number}. Отозвана: {withdrawnAt}.',
      remedy: 'Попросите руководителя организации оформить новую доверенность.',
    },
  },
  power_of_attorney_mismatch: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The power of attorney is for someone else',
      cause:
        'The power of attorney names another organisation or another representative than the certificate. Number: {number}. What differs: {differences:differences}.',
      remedy: 'Attach the power of attorney that names this organisation and this person.',
    },
    ru: {
      title: 'Доверенность выдана другим лицам',
      cause:
        'В доверенности указаны другая организация или другой представитель, чем в сертификате. Номер: {number}. Расхождения: {differences:differences}.',
      remedy: 'Приложите доверенность на эту организацию и этого представителя.',
    },
  },
  power_of_attorney_scope: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'The power of attorney does not cover this sign-in',
      cause:
        'The power of attorney does not include the power to sign in to this portal. Number: {number}. The power that is missing: {missing}.',
      remedy: 'Ask the organisation’s head for a power of attorney with this power added.',
    },
    ru: {
      title: 'Полномочий для входа недостаточно',
      cause:
        'Доверенность не включает полномочие на вход в этот портал. Номер: {number}. Недостающее полномочие: {missing}.',
      remedy: 'Попросите руководителя организации оформить доверенность с этим полномочием.',
    },
  },
} as const satisfies Record<string, Failure>;
