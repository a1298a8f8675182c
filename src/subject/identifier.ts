/** Numbers by which Russian registers know organisations and people. */
export type IdentifierKind = 'inn' | 'innLegalEntity' | 'ogrn' | 'ogrnip' | 'snils' | 'kpp';

/** Why a text is not such a number. */
export type IdentifierFlaw = 'identifier-length' | 'identifier-form' | 'identifier-check-digits';

/** The tax service's pattern: the first four digits name region and office, and no region is 00. */
const taxPrefix = /^(?:[0-9][1-9]|[1-9][0-9])/;
const digitsOnly = /^[0-9]*$/;
const kppForm = /^(?:[0-9][1-9]|[1-9][0-9])[0-9]{2}[0-9A-Z]{2}[0-9]{3}$/;

const lengths: Readonly<Record<IdentifierKind, number>> = {
  inn: 12,
  innLegalEntity: 10,
  ogrn: 13,
  ogrnip: 15,
  snils: 11,
  kpp: 9,
};

const inn10 = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const inn12First = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const inn12Second = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const snilsWeights = [9, 8, 7, 6, 5, 4, 3, 2, 1];

/** Up to this number SNILS were given out without check digits. */
const lastUncheckedSnils = 1_001_998;

/**
 * What is wrong with `text` as an identifier of that kind, or undefined where it is one: digits alone, without
 * separators or white space, of the right length and with right check digits. `inn` is the number of a person
 * (12 digits), `innLegalEntity` that of an organisation (10). Says nothing of whether anybody bears the number.
 */
export function identifierFlaw(kind: IdentifierKind, text: string): IdentifierFlaw | undefined {
  if (text.length !== lengths[kind]) return 'identifier-length';
  if (kind === 'kpp') return kppForm.test(text) ? undefined : 'identifier-form';
  if (!digitsOnly.test(text)) return 'identifier-form';
  if ((kind === 'inn' || kind === 'innLegalEntity') && !taxPrefix.test(text)) return 'identifier-form';
  return hasCheckDigits(kind, text) ? undefined : 'identifier-check-digits';
}

function hasCheckDigits(kind: Exclude<IdentifierKind, 'kpp'>, text: string): boolean {
  switch (kind) {
    case 'innLegalEntity':
      return digit(text, 9) === weighted(text, inn10) % 10;
    case 'inn':
      return (
        digit(text, 10) === weighted(text, inn12First) % 10 &&
        digit(text, 11) === weighted(text, inn12Second) % 10
      );
    case 'ogrn':
      return digit(text, 12) === (Number(text.slice(0, 12)) % 11) % 10;
    case 'ogrnip':
      // Fourteen digits are below 2^53, so that the remainder is exact.
      return digit(text, 14) === (Number(text.slice(0, 14)) % 13) % 10;
    case 'snils':
      return isSnils(text);
  }
}

function isSnils(text: string): boolean {
  const number = Number(text.slice(0, 9));
  if (number === 0) return false;
  if (number <= lastUncheckedSnils) return true;
  const sum = snilsWeights.reduce((total, weight, at) => total + weight * digit(text, at), 0) % 101;
  return Number(text.slice(9)) === sum % 100;
}

function weighted(text: string, weights: readonly number[]): number {
  return weights.reduce((total, weight, at) => total + weight * digit(text, at), 0) % 11;
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 0x30;
}

/**
 * The organisation's INN inside a value of twelve digits that begins with two zeros, which is how certificates
 * carried it before they had an attribute of its own; undefined where the value is no such number. No person's
 * INN begins with two zeros.
 */
export function unpaddedInn(text: string): string | undefined {
  return text.length === 12 && text.startsWith('00') ? text.slice(2) : undefined;
}

/** A person's number as messages may show it: all but the last two digits hidden. */
export function maskedIdentifier(text: string): string {
  return `${'*'.repeat(Math.max(0, text.length - 2))}${text.slice(-2)}`;
}
