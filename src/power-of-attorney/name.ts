import { defined } from '../optional.ts';
import type { PowerOfAttorney } from './document.ts';

/**
 * What names a power: its number and whoever gave it, of which one without the other says nothing, because anybody may
 * write any number into a document of their own.
 */
export interface PowerName {
  /** The organisation in whose name it lets somebody act, `ogrn:…`. */
  readonly principal: string;
  /** The principal itself, or `power:…` with a number: the representative of that power, which the principal gave. */
  readonly giver: string;
  /** GUID in lower case. */
  readonly number: string;
}

/** The name of a power that the principal gave itself. */
export function givenName(principal: string, number: string): PowerName {
  return { principal, giver: principal, number };
}

/** The giver of powers that the representative of the power with the number `first` handed on. */
export function handingOn(first: string): string {
  return `power:${first}`;
}

/** Number of the power that another was handed on from; undefined where the principal gave it itself. */
export function firstNumber({ giver }: Pick<PowerName, 'giver'>): string | undefined {
  return giver.startsWith('power:') ? giver.slice('power:'.length) : undefined;
}

/** The name of a power of that principal, `ogrn:…`. */
export function powerName({ giver, number }: PowerOfAttorney, principal: string): PowerName {
  if (giver.kind === 'principal') return givenName(principal, number);
  return { principal, giver: handingOn(giver.first), number };
}

/** What the audit keeps of a name beside its principal: no giver is a person's number. */
export function auditedName(name: PowerName): { readonly number: string; readonly first?: string } {
  const first = firstNumber(name);
  return { number: name.number, ...defined({ first }) };
}
