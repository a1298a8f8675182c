import type { Language } from './failure.ts';

type Wordings = Readonly<Record<Language, string>>;

/**
 * What became of a source, by the problem's name. `{name}` stands for one of the problem's facts; what stands between
 * brackets is left out where its facts are not known.
 */
export const problemTerms: Readonly<Record<string, Wordings>> = {
  // Nobody was asked.
  'no-source': { en: 'no address is named for it', ru: 'его адрес не указан' },
  offline: {
    en: 'not asked, because this check asks nobody',
    ru: 'не запрашивался: эта проверка никуда не обращается',
  },
  'unsupported-scheme': {
    en: 'not asked, because addresses of this kind[ ({scheme})] are not fetched',
    ru: 'не запрашивался: по адресам такого вида[ ({scheme})] ничего не загружается',
  },
  'host-forbidden': {
    en: 'not asked, because the operator’s settings do not name this host',
    ru: 'не запрашивался: этого узла нет в настройках оператора',
  },
  'address-forbidden': {
    en: 'not asked, because it leads to a local address[ ({address})] that the operator’s settings do not allow',
    ru: 'не запрашивался: он ведёт на локальный адрес[ ({address})], не разрешённый в настройках оператора',
  },
  'not-asked-again': {
    en: 'not asked, because it has just failed several times',
    ru: 'не запрашивался: только что он несколько раз подряд не отвечал как следует',
  },
  'out-of-time': {
    en: 'not asked, because the time for this check was up',
    ru: 'не запрашивался: отведённое на проверку время вышло',
  },
  'over-quota': {
    en: 'not asked, because too much is being fetched at the moment',
    ru: 'не запрашивался: сейчас и так загружается слишком много',
  },
  // It was asked.
  'host-unknown': { en: 'the name of the host is unknown (DNS)', ru: 'имя узла неизвестно (DNS)' },
  'connection-failed': { en: 'no connection[ ({reason})]', ru: 'нет соединения[ ({reason})]' },
  'timed-out': { en: 'no answer in time', ru: 'ответа не было вовремя' },
  'cut-off': { en: 'the answer broke off', ru: 'ответ оборвался' },
  redirected: {
    en: 'it sends elsewhere[, to {host}], which is not followed',
    ru: 'отсылает на другой адрес[: {host}], куда обращаться нельзя',
  },
  'http-status': { en: 'it refused with HTTP status {status}', ru: 'отказ с кодом HTTP {status}' },
  'malformed-request': {
    en: 'the responder refused, because it does not understand the request (malformedRequest)',
    ru: 'служба отказала: не поняла запрос (malformedRequest)',
  },
  'internal-error': {
    en: 'the responder refused because of an error of its own (internalError)',
    ru: 'служба отказала из-за собственной ошибки (internalError)',
  },
  'try-later': {
    en: 'the responder refused, because it is too busy (tryLater)',
    ru: 'служба отказала: она перегружена (tryLater)',
  },
  'signature-required': {
    en: 'the responder refused, because it asks for signed requests (sigRequired)',
    ru: 'служба отказала: принимает только подписанные запросы (sigRequired)',
  },
  unauthorized: {
    en: 'the responder refused, because it does not answer about this authority’s certificates (unauthorized)',
    ru: 'служба отказала: не отвечает за сертификаты этого центра (unauthorized)',
  },
  // Something came.
  malformed: { en: 'it cannot be read[: {rule}]', ru: 'не читается[: {rule}]' },
  'too-large': { en: 'it is larger than is read', ru: 'больше допустимого размера' },
  'other-issuer': {
    en: 'it is a list of another authority',
    ru: 'это список другого удостоверяющего центра',
  },
  'other-certificate': { en: 'it is about another certificate', ru: 'это ответ о другом сертификате' },
  'out-of-scope': {
    en: 'it does not cover this certificate',
    ru: 'он не распространяется на этот сертификат',
  },
  'some-reasons-open': {
    en: 'not all reasons for a revocation are covered[, open are: {reasons}]',
    ru: 'охвачены не все причины отзыва[, неизвестно про: {reasons}]',
  },
  'unknown-critical-extension': {
    en: 'it has a critical extension that is unknown[ ({extension})]',
    ru: 'в нём неизвестное критическое расширение[ ({extension})]',
  },
  'issuer-unauthorised': {
    en: 'it is signed by somebody who may not sign lists for this authority',
    ru: 'подписан тем, кто не вправе подписывать списки этого центра',
  },
  'existence-unproven': {
    en: 'nothing proves that it was made before its signer’s certificate ended',
    ru: 'не доказано, что он создан до окончания сертификата подписавшего его',
  },
  'responder-unauthorised': {
    en: 'it is signed by somebody who may not answer for this authority[: {rule}]',
    ru: 'подписан тем, кто не вправе отвечать за этот центр[: {rule}]',
  },
  'signature-wrong': {
    en: 'its signature does not hold under the authority’s key',
    ru: 'его подпись не соответствует ключу удостоверяющего центра',
  },
  'algorithm-forbidden': {
    en: 'it is signed with an algorithm that is not accepted[: {algorithm}]',
    ru: 'подписан по недопустимому алгоритму[: {algorithm}]',
  },
  'not-yet-valid': {
    en: 'it is from the future[, issued {thisUpdate}]',
    ru: 'он из будущего[, выпущен {thisUpdate}]',
  },
  stale: { en: 'it is too old[, good until {nextUpdate}]', ru: 'он устарел[, действовал до {nextUpdate}]' },
  'rolled-back': {
    en: 'it is an older one than was seen before',
    ru: 'он старше того, что уже был получен',
  },
  'nonce-missing': {
    en: 'it does not show that it was made for this request',
    ru: 'не видно, что ответ дан на этот запрос',
  },
  'nonce-wrong': { en: 'it was made for another request', ru: 'это ответ на другой запрос' },
  'status-unknown': {
    en: 'the responder does not know the certificate',
    ru: 'службе этот сертификат неизвестен',
  },
};

/** Where the certificate itself names nothing to ask. */
export const noSourceTerms: Readonly<Record<string, Wordings>> = {
  crl: {
    en: 'the certificate names no address of revocation lists',
    ru: 'в сертификате нет адреса списков отзыва',
  },
  ocsp: { en: 'the certificate names no OCSP responder', ru: 'в сертификате нет адреса службы OCSP' },
};

/** What a source is called before its address. */
export const sourceTerms: Readonly<Record<string, Wordings>> = {
  crl: { en: 'revocation list', ru: 'список отзыва' },
  ocsp: { en: 'OCSP answer', ru: 'ответ OCSP' },
};

/** What takes the place of an address where the source came along with the question. */
export const broughtAlong: Wordings = { en: 'that came along', ru: 'из приложенных' };
