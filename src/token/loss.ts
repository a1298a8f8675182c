import type { Language } from '../failure/failure.ts';
import { safeText } from '../failure/safe-text.ts';
import type { TokenContents } from './pairing.ts';
import type { Loss } from './removal.ts';
import { nameOfCertificate, nameOfKey } from './selection.ts';

/** What people are told would be lost, before anything is. */
const words = {
  en: {
    key: (name: string, token: string) =>
      `From ${token} this would remove the key ${name} for good: nobody can restore it or sign with it again, and what was encrypted for it can no longer be read.`,
    with: (list: string) => `With it go its certificates: ${list}.`,
    certificate: (name: string, token: string) =>
      `From ${token} this would remove the certificate ${name}. Its key stays; to sign with it again, the certificate has to be imported again.`,
    everything: (token: string) => `Initialising ${token} destroys everything on it for good.`,
    seen: (list: string) => `Without the PIN it shows: ${list}.`,
    nothingSeen: 'Without the PIN it shows nothing, which does not mean that it is empty.',
    untouched: 'Nothing has been removed; to go on, add',
  },
  ru: {
    key: (name: string, token: string) =>
      `С носителя ${token} был бы навсегда удалён ключ ${name}: восстановить его и подписать им больше нельзя, а зашифрованное для него не прочитать.`,
    with: (list: string) => `Вместе с ним удаляются его сертификаты: ${list}.`,
    certificate: (name: string, token: string) =>
      `С носителя ${token} был бы удалён сертификат ${name}. Ключ останется; чтобы снова им подписывать, сертификат придётся записать заново.`,
    everything: (token: string) =>
      `Инициализация носителя ${token} навсегда уничтожает всё, что на нём есть.`,
    seen: (list: string) => `Без PIN-кода на нём видно: ${list}.`,
    nothingSeen: 'Без PIN-кода на нём ничего не видно, но это не значит, что он пуст.',
    untouched: 'Ничего не удалено; чтобы продолжить, добавьте',
  },
} as const;

/** What a removal would lose, in words. */
export function describeLoss({ key, certificates }: Loss, token: string, language: Language): string {
  const say = words[language];
  const names = certificates.map((certificate) => safeText(nameOfCertificate(certificate)));
  const parts =
    key === undefined
      ? names.map((name) => say.certificate(name, safeText(token)))
      : [
          say.key(safeText(nameOfKey(key)), safeText(token)),
          ...(names.length > 0 ? [say.with(names.join(', '))] : []),
        ];
  return [...parts, say.untouched].join(' ');
}

/** What initialising a token would lose, as far as it shows without the PIN. */
export function describeErasure({ keys, loose }: TokenContents, token: string, language: Language): string {
  const say = words[language];
  const names = [
    ...keys.flatMap((key) =>
      key.certificates.length > 0 ? key.certificates.map(nameOfCertificate) : [nameOfKey(key)],
    ),
    ...loose.map(nameOfCertificate),
  ].map((name) => safeText(name));
  return [
    say.everything(safeText(token)),
    names.length > 0 ? say.seen(names.join(', ')) : say.nothingSeen,
    say.untouched,
  ].join(' ');
}
