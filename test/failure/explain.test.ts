import { describe, expect, it } from 'vitest';
import { failureCodes, failures } from '../../src/failure/catalogue.ts';
import { explain } from '../../src/failure/explain.ts';
import { safeText } from '../../src/failure/value.ts';
import { sampleFailure } from '../failure-code.ts';

const sentences = (text: string) => text.split(/(?<=[.!?])\s+/).length;

describe('explain', () => {
  it.each(failureCodes)('%s leaves no gap open, with all details and with none', (code) => {
    const { details: all } = sampleFailure(code);
    for (const language of ['en', 'ru'] as const) {
      for (const details of [all, {}]) {
        const { title, cause, remedy } = explain(code, details, language);
        for (const text of [title, cause, remedy]) expect(text).not.toMatch(/[{}]|undefined|\s{2}/);
        expect(remedy).not.toBe('');
        expect(cause).not.toBe('');
        if (details === all) expect(sentences(cause)).toBe(sentences(failures[code][language].cause));
      }
    }
  });

  it('leaves out the sentence whose detail is absent, and keeps the others', () => {
    const { cause } = explain('signature_malformed', { where: 'eContentType' }, 'en');
    expect(cause).toContain('The reading stopped at: eContentType.');
    expect(cause).not.toContain('What is wrong there');
  });

  it('says that the text was signed in UTF-16LE only where it was', () => {
    expect(explain('signature_content_mismatch', { encoding: 'UTF-16LE' }).cause).toContain(
      'in UTF-16LE instead of UTF-8',
    );
    expect(explain('signature_content_mismatch').cause).not.toContain('UTF-16');
    expect(explain('signature_content_mismatch').remedy).not.toContain('CADESCOM');
  });

  it('gives dates in UTC, and in Moscow time too for Russian readers', () => {
    const details = { notAfter: new Date('2025-12-31T21:30:05Z') };
    expect(explain('certificate_expired', details, 'en').cause).toContain('31 December 2025, 21:30:05 UTC');
    expect(explain('certificate_expired', details, 'ru').cause).toContain(
      '1 января 2026, 00:30:05 по Москве (31 декабря 2025, 21:30:05 UTC)',
    );
  });

  it('leaves an invalid date out', () => {
    const { cause } = explain('certificate_expired', { notAfter: new Date(Number.NaN) }, 'en');
    expect(cause).toBe('A certificate is past its term.');
  });

  it('gives durations and sizes in words', () => {
    expect(explain('clock_skewed', { difference: -7265, allowed: 300 }, 'en').cause).toContain(
      'The difference: 2 hours 1 minute. Allowed: 5 minutes.',
    );
    expect(explain('clock_skewed', { difference: 121 }, 'ru').cause).toContain(
      'Разница: 2 минуты 1 секунда.',
    );
    expect(explain('request_too_large', { limit: 393_216 }, 'en').cause).toContain('The limit: 384 KiB.');
    expect(explain('request_too_large', { limit: 100 }, 'ru').cause).toContain('Предел: 100 байт.');
  });

  it('names terms in the reader’s language', () => {
    expect(explain('certificate_revoked', { reason: 'keyCompromise' }, 'ru').cause).toContain(
      'ключ скомпрометирован',
    );
    expect(explain('certificate_revoked', { reason: 'toString' as never }, 'en').cause).toContain('toString');
  });

  it('names each field that differs with both values', () => {
    const differences = [
      { field: 'inn', certificate: '7707083893', register: '7707083894' },
      { field: 'kpp', certificate: '', register: '773601001' },
    ] as const;
    expect(explain('organisation_mismatch', { differences }, 'ru').cause).toContain(
      'ИНН в сертификате «7707083893», в реестре «7707083894»; КПП в сертификате —, в реестре «773601001».',
    );
  });

  it('shows the beginning of a long list and how much is left', () => {
    const hosts = Array.from({ length: 12 }, (_, index) => `h${index}`);
    expect(explain('revocation_unavailable', { hosts }, 'en').cause).toContain('h9 and 2 more.');
  });

  it('shows controls, bidirectional marks and lone surrogates as escapes, and cuts what is too long', () => {
    expect(safeText('a\u202Eb\nc\u0000\u200B\u{E0041}')).toBe('a\\u{202e}b\\u{a}c\\u{0}\\u{200b}\\u{e0041}');
    expect(safeText('\ud800')).toBe('\\u{d800}');
    expect(safeText('я'.repeat(1000))).toBe(`${'я'.repeat(300)}…`);
  });

  it('does not read inherited names as details', () => {
    expect(explain('request_malformed', Object.create({ field: 'inherited' }), 'en').cause).not.toContain(
      'inherited',
    );
  });
});
