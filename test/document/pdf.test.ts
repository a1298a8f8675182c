import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/budget/slices.ts';
import { PdfFile } from '../../src/document/pdf/file.ts';
import { isKind } from '../../src/document/pdf/object.ts';
import { PdfParser } from '../../src/document/pdf/parser.ts';
import { pdfOf, streamOf } from './pdf-text.ts';

/** A PDF of these objects, numbered from 1. */
const pdf = (objects: readonly (string | Buffer)[], more = '') =>
  pdfOf(Object.fromEntries(objects.map((object, at) => [at + 1, object])), more);

const open = (octets: Uint8Array) => atOnce(PdfFile.open(octets));

const catalogue = '<< /Type /Catalog /Pages 2 0 R >>';
const pages = '<< /Type /Pages /Kids [] /Count 0 >>';

describe('a PDF', () => {
  it('is read by its references', () => {
    const { revisions } = open(pdf([catalogue, pages]));
    expect(revisions).toHaveLength(1);
    const root = revisions[0]!.resolve(revisions[0]!.trailer.get('Root'));
    expect(isKind(root, 'dictionary') && root.entries.has('Pages')).toBe(true);
  });

  it('is read where white space stands before its references', () => {
    const octets = pdf([catalogue, pages]);
    const start = octets.indexOf('xref');
    const early = Buffer.from(
      octets.toString('latin1').replace(`startxref\n${start}`, `startxref\n${start - 1}`),
    );
    expect(open(early).revisions).toHaveLength(1);
    const late = Buffer.from(
      octets.toString('latin1').replace(`startxref\n${start}`, `startxref\n${start + 1}`),
    );
    expect(() => open(late)).toThrow(expect.objectContaining({ name: 'PdfError' }));
  });

  it.each([
    ['whose sections of references lead to each other', pdf([catalogue, pages], '/Prev HERE')],
    ['that goes on behind its end', Buffer.concat([pdf([catalogue, pages]), Buffer.from('5 0 obj\n')])],
    ['without an end', pdf([catalogue, pages]).subarray(0, -8)],
  ])('%s is refused', (_, octets) => {
    expect(() => open(octets)).toThrow(expect.objectContaining({ name: 'PdfError' }));
  });

  it('whose object is not where its reference says is not repaired', () => {
    const octets = pdf([catalogue, pages]);
    octets.write('7 0 obj', octets.indexOf('1 0 obj'));
    const { revisions } = open(octets);
    expect(() => revisions[0]!.resolve(revisions[0]!.trailer.get('Root'))).toThrow('not where it should be');
  });

  it('whose stream of objects unpacks to more than one may is refused', () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
    const file = open(
      pdf([catalogue, pages, streamOf('/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', bomb)]),
    );
    expect(() => file.packedIn(3, 0, 9, file.revisions[0]!)).toThrow('too large');
  });
});

describe('a value of a PDF', () => {
  const parse = (text: string) => new PdfParser(Buffer.from(text), 0).value();

  it('nested too deeply is refused before the stack is', () => {
    expect(() => parse('['.repeat(100_000))).toThrow('nested too deeply');
    expect(() => parse('<< /A '.repeat(100_000))).toThrow('nested too deeply');
    expect(parse(`${'['.repeat(50)}${']'.repeat(50)}`)).toMatchObject({ kind: 'array' });
  });

  it('with one key twice is refused: readers differ in which they take', () => {
    expect(() => parse('<< /Contents <00> /Contents <01> >>')).toThrow('occurs twice');
  });

  it('is read with its escapes', () => {
    expect(parse('(a\\(b\\051\\n(c))')).toMatchObject({ octets: new Uint8Array(Buffer.from('a(b)\n(c)')) });
    expect(parse('/A#20B')).toMatchObject({ name: 'A B' });
  });
});
