import type { Carrier } from '../carrier/carrier.ts';
import type { Language } from '../failure/failure.ts';
import { safeText, showDate } from '../failure/value.ts';
import type { NoticeText } from './notice.ts';

/** What a notice of expiry says: which certificate, whose, when it ends, what to do. */
export function expiryText(carrier: Carrier, days: number, language: Language): NoticeText {
  const { serialNumber, expiresAt } = carrier;
  const [name, holder, issuer] = [carrier.name, carrier.holder, carrier.issuer].map((text) => safeText(text));
  const ends = showDate(new Date(expiresAt), language) ?? '';
  if (language === 'en') {
    return {
      subject: `Certificate ends in ${days === 1 ? 'a day' : `${days} days`}: ${name}`,
      text: [
        `The certificate on the carrier “${name}” ends on ${ends}.`,
        '',
        `Holder: ${holder}`,
        `Serial number: ${serialNumber}`,
        `Issuer: ${issuer}`,
        '',
        'Renew it at an accredited authority and connect the new one before that; afterwards nobody can sign in with it.',
      ].join('\n'),
    };
  }
  return {
    subject: `Сертификат закончится ${days === 1 ? 'через день' : `через ${days} дней`}: ${name}`,
    text: [
      `Срок сертификата на носителе «${name}» закончится ${ends}.`,
      '',
      `Владелец: ${holder}`,
      `Серийный номер: ${serialNumber}`,
      `Издатель: ${issuer}`,
      '',
      'Получите новый сертификат в аккредитованном удостоверяющем центре и подключите его до этого срока: потом войти с прежним будет нельзя.',
    ].join('\n'),
  };
}
