import { describe, expect, it } from 'vitest';
import { parseSubject } from '../../src/token/subject.ts';

describe('a subject in text', () => {
  it.each([
    ['CN=Ромашка', [{ type: 'CN', value: 'Ромашка' }]],
    [
      ' c = RU , inn=7707083893 ',
      [
        { type: 'C', value: 'RU' },
        { type: 'INN', value: '7707083893' },
      ],
    ],
    ['O="ООО ""Рога"", копыта"', [{ type: 'O', value: 'ООО ""Рога"", копыта' }]],
    ['O=ООО \\"Рога\\"\\, копыта', [{ type: 'O', value: 'ООО "Рога", копыта' }]],
    [
      'surname=Иванов, GN=Иван, street=a=b',
      [
        { type: 'SN', value: 'Иванов' },
        { type: 'G', value: 'Иван' },
        { type: 'street', value: 'a=b' },
      ],
    ],
    ['1.2.643.100.1=1027700132195', [{ type: '1.2.643.100.1', value: '1027700132195' }]],
  ])('%s', (text, attributes) => {
    expect(parseSubject(text)).toEqual(attributes);
  });

  it.each(['', ' , ', 'Ромашка', '=x', 'CN=', 'XX=1', 'O="open'])('%j is refused with a reason', (text) => {
    expect(() => parseSubject(text)).toThrow(RangeError);
  });
});
