import { describe, expect, it } from 'vitest';
import { budgetRefusals } from '../../src/budget/refusals.ts';
import type { FailureCode } from '../../src/failure/catalogue.ts';
import { failures } from '../../src/failure/catalogue.ts';
import { detailKinds } from '../../src/failure/details.ts';
import { explain } from '../../src/failure/explain.ts';
import type { Wording } from '../../src/failure/failure.ts';
import { validationWordings } from '../../src/failure/validation-wordings.ts';
import { pathRefusals } from '../../src/path/refusals.ts';
import { revocationRefusals } from '../../src/revocation/refusals.ts';
import { signatureRefusals } from '../../src/signature/refusals.ts';

/** Whatever the verdict on a certificate or a document can end with. */
const codes: readonly FailureCode[] = [
  ...new Set([...signatureRefusals, ...pathRefusals, ...revocationRefusals, ...budgetRefusals]),
];

function textOf(code: FailureCode, language: 'en' | 'ru'): string {
  const usual = failures[code][language];
  const { title, cause, remedy } = { ...usual, ...validationWordings[code]?.[language] };
  return `${title} ${cause} ${remedy}`;
}

describe('a verdict on a certificate or a document', () => {
  it.each(codes)('%s speaks of no sign-in, portal, page or USB port', (code) => {
    expect(textOf(code, 'en')).not.toMatch(/sign(ing|ed)? in\b|sign-in|portal|this page|USB|let in/i);
    expect(textOf(code, 'ru')).not.toMatch(/\bвход|портал|войди|этой страниц|USB/i);
  });

  it.each(Object.entries(validationWordings))(
    '%s has gaps that its details fill, and whole sentences',
    (name, reworded) => {
      const known = Object.keys(detailKinds(name as FailureCode));
      const all: readonly (readonly [string, Partial<Wording>])[] = Object.entries(reworded);
      for (const [language, { title = '', cause, remedy }] of all) {
        const texts = [cause, remedy].filter((text) => text !== undefined);
        for (const [, gap = ''] of texts.join(' ').matchAll(/\{(\w+)\}/g)) expect(known).toContain(gap);
        for (const text of texts) expect(text).toMatch(/^[\p{Lu}{].*\.$/su);
        const isRussian = /\p{Script=Cyrillic}/u.test(title + texts.join());
        expect(isRussian).toBe(language === 'ru');
        expect(title).not.toMatch(/[{.]/);
      }
      expect(Object.keys(reworded.en).sort()).toEqual(Object.keys(reworded.ru).sort());
    },
  );
});

it('the same failure is told of a sign-in in the words of a sign-in', () => {
  const told = explain('signature_signer_count', { count: 2 });
  expect(told.cause).toBe('A sign-in carries exactly one signature. Signatures found in this message: 2.');
  expect(explain('signature_signer_count', { count: 0 }, 'en', 'validation').title).toMatch(
    /^Nobody has signed/,
  );
});
