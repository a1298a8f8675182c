import { describe, expect, it } from 'vitest';
import {
  type IdentifierKind,
  identifierFlaw,
  maskedIdentifier,
  unpaddedInn,
} from '../../src/subject/identifier.ts';

const valid: readonly (readonly [IdentifierKind, string])[] = [
  ['innLegalEntity', '7710474375'],
  ['innLegalEntity', '7702235133'],
  ['innLegalEntity', '7707083893'],
  ['inn', '500100732259'],
  ['ogrn', '1047702026701'],
  ['ogrn', '1037700013020'],
  ['ogrn', '1027700132195'],
  ['ogrnip', '304500116000157'],
  ['snils', '11223344595'],
  ['snils', '00100199800'],
  ['kpp', '770701001'],
  ['kpp', '7707AB001'],
];

describe('identifierFlaw', () => {
  it.each(valid)('accepts %s %s', (kind, text) => {
    expect(identifierFlaw(kind, text)).toBeUndefined();
  });

  // Only the last digit: modulo 11 and then 10 lets some single changes elsewhere through, by its making.
  it.each(valid.filter(([kind, text]) => kind !== 'kpp' && text !== '00100199800'))(
    'refuses %s %s with any other last digit',
    (kind, text) => {
      const others = '0123456789'.replace(text.at(-1) ?? '', '');
      for (const digit of others) {
        expect(identifierFlaw(kind, text.slice(0, -1) + digit)).toBe('identifier-check-digits');
      }
    },
  );

  it.each<readonly [IdentifierKind, string, string]>([
    ['inn', '007710474375', 'identifier-form'],
    ['inn', '7710474375', 'identifier-length'],
    ['innLegalEntity', '770701001', 'identifier-length'],
    ['innLegalEntity', '0000000000', 'identifier-form'],
    ['innLegalEntity', '771047437５', 'identifier-form'],
    ['ogrn', ' 047702026701', 'identifier-form'],
    ['ogrn', '1047702026700', 'identifier-check-digits'],
    ['ogrnip', '304500116000158', 'identifier-check-digits'],
    ['snils', '11223344500', 'identifier-check-digits'],
    ['snils', '00000000000', 'identifier-check-digits'],
    ['snils', '112-233-445 95', 'identifier-length'],
    ['kpp', '000001001', 'identifier-form'],
  ])('refuses %s %s: %s', (kind, text, flaw) => {
    expect(identifierFlaw(kind, text)).toBe(flaw);
  });
});

describe('unpaddedInn', () => {
  it('takes the organisation’s INN out of twelve digits that begin with 00', () => {
    expect(unpaddedInn('007710474375')).toBe('7710474375');
  });

  it('leaves a person’s INN alone', () => {
    expect(unpaddedInn('500100732259')).toBeUndefined();
  });
});

describe('maskedIdentifier', () => {
  it('shows the last two digits', () => {
    expect(maskedIdentifier('11223344595')).toBe('*********95');
  });
});
