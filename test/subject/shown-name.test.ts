import { describe, expect, it } from 'vitest';
import { shownName } from '../../src/subject/shown-name.ts';

describe('shownName', () => {
  it.each([
    'Общество с ограниченной ответственностью «Ромашка»',
    'ПАО СБЕРБАНК',
    'ООО «BMW Рус»',
    'АО «1С-Битрикс № 5»',
    'Акционерное общество «Ёлка»',
    'Romashka LLC',
  ])('finds nothing odd in %s', (name) => {
    expect(shownName(name)).toEqual({ text: name, suspicions: [] });
  });

  it('marks a word that mixes Latin and Cyrillic letters', () => {
    expect(shownName('ООО «Pомашка»').suspicions).toEqual(['mixed-scripts']);
  });

  it('marks a Latin word that passes for Cyrillic in a Cyrillic name', () => {
    expect(shownName('OOO «Ромашка» Москва').suspicions).toEqual(['look-alike-word']);
  });

  it('shows bidirectional overrides as escapes and marks them', () => {
    expect(shownName('ООО «\u202eакшамоР»')).toEqual({
      text: 'ООО «\\u{202e}акшамоР»',
      suspicions: ['hidden-characters'],
    });
  });

  it('marks invisible joiners and compatibility letters', () => {
    expect(shownName('Ром\u200bашка').suspicions).toContain('hidden-characters');
    expect(shownName('ＲＯＭＡＳＨＫＡ').suspicions).toEqual(['not-normalised']);
  });

  it('cuts a name that never ends', () => {
    expect(shownName('я'.repeat(10_000)).text.length).toBeLessThan(400);
  });
});
