import type { Failure } from './failure.ts';

/** Failures of the organisation, of the person who signs for it, and of the person's power to do so. */
export const organisationFailures = {
  organisation_missing: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { missing: 'term[]' },
    en: {
      title: 'The certificate names no organisation',
      cause:
        'This is the certificate of a natural person, and the portal lets organisations in. Missing in the certificate: {missing}.',
      remedy:
        'Sign with your organisation’s certificate, or attach a power of attorney from the organisation.',
    },
    ru: {
      title: 'В сертификате нет организации',
      cause:
        'Это сертификат физического лица, а портал предназначен для организаций. В сертификате нет: {missing}.',
      remedy: 'Подпишите сертификатом организации или приложите доверенность от организации.',
    },
  },
  signer_unnamed: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { missing: 'term[]' },
    en: {
      title: 'The certificate names no person',
      cause:
        'The certificate does not say who signs: it is an organisation’s seal for automatic signing, or its data is incomplete. Missing in the certificate: {missing}.',
      remedy:
        'Sign in with the certificate of a person, such as that of the organisation’s head. To the portal’s operator: allowSystems lets in systems that sign with a seal.',
    },
    ru: {
      title: 'В сертификате не указан человек',
      cause:
        'Из сертификата не видно, кто подписывает: это печать организации для автоматической подписи, или данные в нём неполны. В сертификате нет: {missing}.',
      remedy:
        'Войдите с сертификатом человека, например руководителя организации. Оператору портала: настройка allowSystems впускает системы, подписывающие печатью организации.',
    },
  },
  organisation_identifier_invalid: {
    status: 422,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { field: 'term', value: 'text?', problem: 'term' },
    en: {
      title: 'An identifier in the certificate is wrong',
      cause:
        'An identifier in the certificate has the wrong length or wrong check digits. Identifier: {field}. Its value: {value}. What is wrong: {problem}.',
      remedy: 'Ask the authority to issue a corrected certificate, and name the identifier to them.',
    },
    ru: {
      title: 'Ошибка в реквизите сертификата',
      cause:
        'Реквизит в сертификате имеет неверную длину или контрольные цифры. Реквизит: {field}. Значение: {value}. Что не так: {problem}.',
      remedy:
        'Попросите удостоверяющий центр выпустить исправленный сертификат и назовите ему этот реквизит.',
    },
  },
  organisation_unknown: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { inn: 'text', ogrn: 'text' },
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
    details: { differences: 'differences' },
    en: {
      title: 'The organisation’s data differs',
      cause:
        'The organisation’s data in the certificate is not the data in the register, or not that in the text that was signed. What differs: {differences}.',
      remedy:
        'Sign with the certificate of the organisation that the text names. Where the register differs, correct the one that is wrong: the portal’s profile, or the certificate (the authority issues a new one).',
    },
    ru: {
      title: 'Данные организации расходятся',
      cause:
        'Данные организации в сертификате не совпадают с данными реестра или подписанного текста. Расхождения: {differences}.',
      remedy:
        'Подпишите сертификатом той организации, которая названа в тексте. Если расходится реестр, исправьте то, что неверно: профиль на портале или сертификат (новый выпустит удостоверяющий центр).',
    },
  },
  organisation_blocked: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { state: 'term' },
    en: {
      title: 'The organisation may not sign in',
      cause: 'The organisation is closed, or blocked in the portal. Its state: {state}.',
      remedy: 'Contact the portal’s support, and give the trace id of this message.',
    },
    ru: {
      title: 'Организации закрыт вход',
      cause: 'Организация прекратила деятельность или заблокирована на портале. Состояние: {state}.',
      remedy: 'Обратитесь в поддержку портала и назовите номер обращения из этого сообщения.',
    },
  },
  certificate_not_bound: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { certificate: 'text', problem: 'term?' },
    en: {
      title: 'This certificate is not connected',
      cause:
        'The certificate is valid, but is not on the organisation’s list of carriers, and the portal lets only connected ones in. The certificate: {certificate}. What is missing: {problem}.',
      remedy:
        'Connect the carrier in the organisation’s settings, or let the head confirm it there, or sign in with one that is connected.',
    },
    ru: {
      title: 'Этот сертификат не подключён',
      cause:
        'Сертификат действителен, но его нет в списке носителей организации, а портал пускает только с подключёнными. Сертификат: {certificate}. Чего не хватает: {problem}.',
      remedy:
        'Подключите носитель в настройках организации, попросите руководителя подтвердить его там или войдите с уже подключённым.',
    },
  },
  authority_unproven: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { organisation: 'text' },
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
    details: { number: 'text?', problem: 'term', field: 'term?', reason: 'code?', rule: 'text?' },
    en: {
      title: 'The power of attorney is not valid',
      cause:
        'The power of attorney’s signature, its issuer or its form does not hold. Number: {number}. What failed: {problem}. Field: {field}. Reason: {reason}. The rule broken: {rule}.',
      remedy: 'Issue the power of attorney anew, signed by the organisation’s head, and attach that one.',
    },
    ru: {
      title: 'Доверенность недействительна',
      cause:
        'Подпись, доверитель или форма доверенности не прошли проверку. Номер: {number}. Что не прошло: {problem}. Поле: {field}. Причина: {reason}. Нарушенное правило: {rule}.',
      remedy: 'Оформите доверенность заново, с подписью руководителя организации, и приложите её.',
    },
  },
  power_of_attorney_expired: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text', notBefore: 'date', notAfter: 'date' },
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
    details: { number: 'text', withdrawnAt: 'date?' },
    en: {
      title: 'The power of attorney was withdrawn',
      cause:
        'The power of attorney is not in force any more: the organisation has withdrawn it, or the certificate that signed it was revoked. Number: {number}. Withdrawn {withdrawnAt}.',
      remedy: 'Ask the organisation’s head for a new power of attorney.',
    },
    ru: {
      title: 'Доверенность отозвана',
      cause:
        'Доверенность больше не действует: организация её отозвала, или отозван сертификат, которым она подписана. Номер: {number}. Отозвана: {withdrawnAt}.',
      remedy: 'Попросите руководителя организации оформить новую доверенность.',
    },
  },
  power_of_attorney_mismatch: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text', differences: 'powerDifferences' },
    en: {
      title: 'The power of attorney is for someone else',
      cause:
        'The power of attorney names another organisation or another representative than the certificate. Number: {number}. What differs: {differences}.',
      remedy: 'Attach the power of attorney that names this organisation and this person.',
    },
    ru: {
      title: 'Доверенность выдана другим лицам',
      cause:
        'В доверенности указаны другая организация или другой представитель, чем в сертификате. Номер: {number}. Расхождения: {differences}.',
      remedy: 'Приложите доверенность на эту организацию и этого представителя.',
    },
  },
  power_of_attorney_scope: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text', missing: 'text[]', restricted: 'text[]' },
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
  power_of_attorney_delegated: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text' },
    en: {
      title: 'The power of attorney was handed on',
      cause:
        'The power of attorney was given by a representative and not by the organisation itself, and the portal does not accept that. Number: {number}.',
      remedy: 'Attach a power of attorney that the organisation’s head has signed.',
    },
    ru: {
      title: 'Доверенность выдана в порядке передоверия',
      cause:
        'Доверенность выдана представителем, а не самой организацией; портал такие не принимает. Номер: {number}.',
      remedy: 'Приложите доверенность, подписанную руководителем организации.',
    },
  },
  power_of_attorney_unconfirmed: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text', state: 'text' },
    en: {
      title: 'The register does not confirm the power of attorney',
      cause:
        'The register of powers of attorney does not say that this one is in force. Number: {number}. What it says: {state}.',
      remedy: 'Register the power of attorney, or wait until the register has it, and sign in again.',
    },
    ru: {
      title: 'Реестр не подтверждает доверенность',
      cause: 'Реестр доверенностей не сообщает, что она действует. Номер: {number}. Ответ реестра: {state}.',
      remedy: 'Зарегистрируйте доверенность или дождитесь её появления в реестре и войдите снова.',
    },
  },
  power_of_attorney_unknown: {
    status: 404,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text' },
    en: {
      title: 'There is no such power of attorney',
      cause: 'The organisation has no power of attorney with this number here. Number: {number}.',
      remedy: 'Take the number from the list of the organisation’s powers of attorney.',
    },
    ru: {
      title: 'Такой доверенности нет',
      cause: 'Доверенности с таким номером у организации здесь нет. Номер: {number}.',
      remedy: 'Возьмите номер из списка доверенностей организации.',
    },
  },
  power_of_attorney_ambiguous: {
    status: 422,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { number: 'text' },
    en: {
      title: 'Several powers of attorney have this number',
      cause:
        'The organisation and its representatives have given several powers of attorney this number. Number: {number}.',
      remedy:
        'Name the one that is meant by the number of the power that it was handed on from as well, as the list shows it.',
    },
    ru: {
      title: 'Доверенностей с таким номером несколько',
      cause: 'Организация и её представители выдали с этим номером несколько доверенностей. Номер: {number}.',
      remedy:
        'Укажите также номер доверенности, по которой выдана нужная: он показан в списке доверенностей.',
    },
  },
  power_of_attorney_quota: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'There are too many powers of attorney here',
      cause:
        'The organisation has as many powers of attorney here as are kept for one, or as many for this representative, or this one was handed on by somebody who has handed on as many as one may.',
      remedy:
        'Ask the organisation’s head to withdraw powers of attorney that are not needed any more, and sign in again. If all are needed, the service’s operator can raise the number.',
    },
    ru: {
      title: 'Слишком много доверенностей',
      cause:
        'У организации здесь уже столько доверенностей, сколько хранится для одной организации или для одного представителя, либо передоверивший выдал их столько, сколько допускается.',
      remedy:
        'Попросите руководителя организации отозвать доверенности, которые больше не нужны, и войдите снова. Если нужны все, оператор сервиса может увеличить их допустимое число.',
    },
  },
  organisation_choice_needed: {
    status: 422,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { organisations: 'text[]?' },
    en: {
      title: 'The organisation has to be chosen',
      cause:
        'It is not clear for which organisation the person signs in: several have given them powers, or one for which they have not acted here yet. INN of the organisations: {organisations}.',
      remedy: 'Choose the organisation on the portal’s page, or attach its power of attorney.',
    },
    ru: {
      title: 'Нужно выбрать организацию',
      cause:
        'Неясно, от имени какой организации выполняется вход: доверенности выдали несколько организаций или организация, от имени которой человек здесь ещё не входил. ИНН организаций: {organisations}.',
      remedy: 'Выберите организацию на странице портала или приложите её доверенность.',
    },
  },
  organisation_view_forbidden: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { organisation: 'text' },
    en: {
      title: 'This may not be changed by this sign-in',
      cause:
        'The sign-in is of another organisation, or of a representative where the head is asked for. Organisation: {organisation}.',
      remedy: 'Sign in as the head of this organisation.',
    },
    ru: {
      title: 'Этот вход не даёт таких прав',
      cause:
        'Вход выполнен другой организацией или представителем, а требуется руководитель. Организация: {organisation}.',
      remedy: 'Войдите как руководитель этой организации.',
    },
  },
  carrier_quota: {
    status: 403,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    en: {
      title: 'There are too many carriers here',
      cause: 'The organisation has as many carriers here as are kept for one, disconnected ones among them.',
      remedy:
        'Go on with the carriers that are connected. Those whose certificates ended a year ago make room by themselves.',
    },
    ru: {
      title: 'Слишком много носителей',
      cause:
        'У организации здесь уже столько носителей, сколько хранится для одной организации, вместе с отключёнными.',
      remedy:
        'Пользуйтесь уже подключёнными носителями. Те, чьи сертификаты закончились год назад, освобождают место сами.',
    },
  },
  carrier_unknown: {
    status: 404,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { certificate: 'text' },
    en: {
      title: 'There is no such carrier',
      cause: 'The certificate is not on the organisation’s list of carriers. The certificate: {certificate}.',
      remedy: 'Take the certificate’s fingerprint from the list of carriers.',
    },
    ru: {
      title: 'Такого носителя нет',
      cause: 'Сертификата нет в списке носителей организации. Сертификат: {certificate}.',
      remedy: 'Возьмите отпечаток сертификата из списка носителей.',
    },
  },
  session_unknown: {
    status: 404,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    details: { session: 'text' },
    en: {
      title: 'There is no such session',
      cause: 'The organisation has no open session with this identifier. Session: {session}.',
      remedy: 'Take the identifier from the list of sessions.',
    },
    ru: {
      title: 'Такого сеанса нет',
      cause: 'У организации нет открытого сеанса с таким идентификатором. Сеанс: {session}.',
      remedy: 'Возьмите идентификатор из списка сеансов.',
    },
  },
  register_unavailable: {
    status: 503,
    stage: 'organisation',
    indication: 'INDETERMINATE',
    subIndication: 'TRY_LATER',
    details: { host: 'text', problem: 'text' },
    en: {
      title: 'The register does not answer',
      cause:
        'The register of organisations or of powers of attorney could not be asked. Host: {host}. Problem: {problem}.',
      remedy: 'Try again in a few minutes. If it goes on, tell the portal’s support.',
    },
    ru: {
      title: 'Реестр не отвечает',
      cause:
        'Не удалось обратиться к реестру организаций или доверенностей. Узел: {host}. Причина: {problem}.',
      remedy: 'Повторите через несколько минут. Если не поможет, сообщите в поддержку портала.',
    },
  },
  register_malformed: {
    stage: 'service',
    indication: 'INDETERMINATE',
    details: { line: 'number?', field: 'label?', problem: 'term' },
    en: {
      title: 'The register cannot be imported',
      cause:
        'A row of the file is wrong, and nothing was changed. Line {line}. Field: {field}. Problem: {problem}.',
      remedy:
        'Correct the file, or import it with --skip-invalid, which leaves wrong rows out and lists them.',
    },
    ru: {
      title: 'Реестр не импортирован',
      cause:
        'В файле есть ошибочная строка; ничего не изменено. Строка {line}. Поле: {field}. Причина: {problem}.',
      remedy:
        'Исправьте файл или импортируйте его с --skip-invalid: ошибочные строки будут пропущены и перечислены.',
    },
  },
} as const satisfies Record<string, Failure>;
