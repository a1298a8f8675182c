import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/budget/slices.ts';
import { PdfFile } from '../../src/document/pdf/file.ts';
import { isKind } from '../../src/document/pdf/object.ts';
import { PdfParser } from '../../src/document/pdf/parser.ts';

/** A PDF of these objects, numbered from 1, with a table of references and `more` in its trailer. */
function pdf(objects: readonly (string | Buffer)[], more = ''): Buffer {
  const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = pieces[0]!.length;
  const push = (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const [at, object] of objects.entries()) {
    offsets.push(length);
    push(Buffer.concat([Buffer.from(`${at + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]));
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R ${more.replace('HERE', String(length))} >>`;
  const start = length;
  push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n${trailer}\n`));
  push(Buffer.from(`startxref\n${start}\n%%EOF\n`));
  return Buffer.concat(pieces);
}

const open = (octets: Uint8Array) => atOnce(PdfFile.open(octets));

function streamOf(dictionary: string, octets: Uint8Array): Buffer {
  const head = `<< ${dictionary} /Length ${octets.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), octets, Buffer.from('\nendstream')]);
}

const catalogue = '<< /Type /Catalog /Pages 2 0 R >>';
const pages = '<< /Type /Pages /Kids [] /Count 0 >>';

describe('a PDF', () => {
  it('is read by its references', () => {
    const { revisions } = open(pdf([catalogue, pages]));
    expect(revisions).toHaveLength(1);
    const root = revisions[0]!.resolve(revisions[0]!.trailer.get('Root'));
    expect(isKind(root, 'dictionary') && root.entries.has('Pages')).toBe(true);
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
