import { language } from '../environment.ts';
import { safeText } from '../failure/value.ts';
import { nameOf } from '../failure/vocabulary.ts';
import { say, type Worded } from '../terminal/say.ts';
import { facts, type Line } from '../terminal/table.ts';
import type { ListChanges } from '../trust-list/change.ts';
import { type ListedAuthority, statusAt } from '../trust-list/list.ts';
import type { SignerStatus } from '../trust-list/signer.ts';
import { countChanges } from '../trust-list/snapshot.ts';

/** An authority of the list as facts for machines; `at` in ms decides its standing. */
export function factsOf({ keys, ...authority }: ListedAuthority, at: number) {
  return {
    ...authority,
    status: statusAt({ ...authority, keys }, at)?.status ?? 'not-yet',
    keys: keys.map(({ certificates, ...key }) => ({
      ...key,
      certificates: certificates.map(({ sha256, notBefore, notAfter, subject, serialNumberHex }) => ({
        sha256,
        serialNumber: serialNumberHex,
        subject: subject.toString(),
        notBefore: new Date(notBefore),
        notAfter: new Date(notAfter),
      })),
    })),
  };
}

/** The same in lines for people. */
export function describeAuthority(authority: ListedAuthority, at: number): Line[] {
  const { name, ogrn, inn, statuses, keys } = authority;
  const key = say({ en: 'key', ru: 'ключ' });
  return [
    safeText(name),
    facts(
      [
        [say({ en: 'OGRN', ru: 'ОГРН' }), ogrn],
        [say({ en: 'INN', ru: 'ИНН' }), inn ?? '—'],
        [
          say({ en: 'standing', ru: 'состояние' }),
          statusAt(authority, at)?.word ?? say({ en: 'not yet accredited', ru: 'ещё не аккредитован' }),
        ],
        ...statuses.map(
          ({ word, since }) => [say({ en: `since ${day(since)}`, ru: `с ${day(since)}` }), word] as const,
        ),
        ...keys.flatMap(({ certificates, toolClass }) =>
          certificates.map(
            ({ sha256, notBefore, notAfter }) =>
              [
                toolClass === undefined ? key : `${key} ${toolClass}`,
                `${day(notBefore)} – ${day(notAfter)}, SHA-256 ${sha256}`,
              ] as const,
          ),
        ),
      ],
      '  ',
    ),
  ];
}

/** What may have become of an authority between two lists, and of its keys. */
export const changeWords: Readonly<Record<string, Worded>> = {
  added: { en: 'added', ru: 'добавлено' },
  removed: { en: 'removed', ru: 'исключено' },
  ended: { en: 'ended', ru: 'прекращено' },
  suspended: { en: 'suspended', ru: 'приостановлено' },
  restored: { en: 'restored', ru: 'возобновлено' },
  keys: { en: 'with other keys', ru: 'с другими ключами' },
  keysAdded: { en: 'keys added', ru: 'ключей добавлено' },
  keysRemoved: { en: 'keys removed', ru: 'ключей исключено' },
};

/** What an import changed, in a line. */
export function describeCounts(changes: ListChanges): string {
  const words = Object.entries(countChanges(changes)).filter(([, number]) => number > 0);
  return words.length === 0
    ? say({ en: 'no changes', ru: 'без изменений' })
    : words
        .map(([kind, number]) =>
          say({
            en: `${number} ${changeWords[kind]?.en ?? kind}`,
            ru: `${changeWords[kind]?.ru ?? kind}: ${number}`,
          }),
        )
        .join(', ');
}

/** How many things of an imported list are odd. */
export function oddityCount(count: number): string {
  return say({ en: `${count} oddities`, ru: `странностей: ${count}` });
}

/** What an import found out about the revocation of the list's signer; nothing to say where all is well. */
export function describeSigner(status: SignerStatus): string[] {
  if (status.state === 'good') return [];
  const reason =
    status.state === 'unknown'
      ? nameOf(status.problem, language())
      : say({ en: 'no chain to a root is known', ru: 'цепочка до корня неизвестна' });
  return [
    say({
      en: `warning: whether the list’s signer is revoked is not known (${reason})`,
      ru: `Внимание: неизвестно, не отозван ли подписавший перечень (${reason})`,
    }),
  ];
}

/** A date, in UTC, of milliseconds since the epoch. */
export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
