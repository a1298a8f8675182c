import { safeText } from '../failure/value.ts';
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
export function describeAuthority(authority: ListedAuthority, at: number): string[] {
  const { name, ogrn, inn, statuses, keys } = authority;
  return [
    safeText(name),
    `  OGRN ${ogrn}, INN ${inn ?? '—'}, ${statusAt(authority, at)?.word ?? 'not yet accredited'}`,
    ...statuses.map(({ word, since }) => `  since ${day(since)}: ${word}`),
    ...keys.flatMap(({ certificates, toolClass }) =>
      certificates.map(
        ({ sha256, notBefore, notAfter }) =>
          `  key ${toolClass ?? ''} ${day(notBefore)} to ${day(notAfter)}, SHA-256 ${sha256}`,
      ),
    ),
  ];
}

/** What an import changed, in a line. */
export function describeCounts(changes: ListChanges): string {
  const words = Object.entries(countChanges(changes)).filter(([, number]) => number > 0);
  const names: Readonly<Record<string, string>> = {
    keysAdded: 'keys added',
    keysRemoved: 'keys removed',
    keys: 'with other keys',
  };
  return words.length === 0
    ? 'no changes'
    : words.map(([kind, number]) => `${number} ${names[kind] ?? kind}`).join(', ');
}

/** What an import found out about the revocation of the list's signer; nothing to say where all is well. */
export function describeSigner(status: SignerStatus): string[] {
  if (status.state === 'good') return [];
  const reason = status.state === 'unknown' ? status.problem : 'no chain to a root is known';
  return [`warning: whether the list’s signer is revoked is not known (${reason})`];
}

/** A date, in UTC, of milliseconds since the epoch. */
export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
