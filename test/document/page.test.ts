import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { documentPage } from '../../src/document/page.ts';
import type { DocumentReport } from '../../src/document/report.ts';
import { SealgateError } from '../../src/error.ts';
import { verdictOf } from '../../src/report/verdict.ts';

const failure = new SealgateError('document_changed', { file: '<b>contract</b>' });

const report: DocumentReport = {
  ...verdictOf([], failure, 'en'),
  ...{ at: '2026-11-21T12:00:00.000Z', profile: 'rfc5280', format: 'ASiC-E', timestamps: [] },
  signatures: [
    {
      ...verdictOf([], failure, 'en'),
      ...{ format: 'CAdES', name: '<script>alert(1)</script>', revocation: 'unchecked' },
      ...{ timestamps: [], counterSignatures: [] },
      coverage: { extent: 'part', covered: ['a'], uncovered: ['b" onload="c'] },
    },
  ],
};

it('a report is told in both languages, the one that is asked for first, whatever it was made in', () => {
  const { html } = documentPage(report, 'ru');
  const [russian, english] = [
    'Документ изменён после подписания',
    'The document was changed after it was signed',
  ];
  expect(html.indexOf(russian)).toBeGreaterThan(0);
  expect(html.indexOf(english)).toBeGreaterThan(html.indexOf(russian));
  expect(html.match(/<article lang="(\w\w)"/g)).toEqual(['<article lang="ru"', '<article lang="en"']);
});

it('nothing that a document says is markup, and nothing runs or is loaded', () => {
  const { html, policy } = documentPage(report, 'en');
  expect(html).not.toMatch(/<script|<b>|onload="/);
  expect(html).toContain('&#60;script&#62;');
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  expect(html).toContain(`content="${policy}"`);
});
