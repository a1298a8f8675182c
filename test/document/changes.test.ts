import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/budget/slices.ts';
import { compareRevisions } from '../../src/document/pades/compare.ts';
import { PdfFile } from '../../src/document/pdf/file.ts';
import { type Objects, pdfOf, streamOf, updated } from './pdf-text.ts';

/** What a file's last update did to it. */
function changesOf(file: Buffer) {
  const { revisions } = atOnce(PdfFile.open(file));
  return atOnce(compareRevisions(revisions.at(-2)!, revisions.at(-1)!));
}

describe('the structure of a tagged document', () => {
  const objects: Objects = {
    1: '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] >> /StructTreeRoot 4 0 R >>',
    2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    3: '<< /Type /Page /Parent 2 0 R /StructParents 0 >>',
    4: '<< /Type /StructTreeRoot /K [5 0 R] /ParentTree 6 0 R /ParentTreeNextKey 1 >>',
    5: '<< /Type /StructElem /S /Document /P 4 0 R /K [7 0 R] >>',
    6: '<< /Nums [0 [7 0 R]] >>',
    7: '<< /Type /StructElem /S /P /P 5 0 R /Pg 3 0 R /K 0 >>',
  };
  const widget = '<< /Subtype /Widget /FT /Sig /T (Second) /StructParent 1 /P 3 0 R >>';
  const element = '<< /Type /StructElem /S /Form /P 5 0 R /Pg 3 0 R /K << /Type /OBJR /Obj 8 0 R >> >>';
  const addition: Objects = {
    1: '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [8 0 R] >> /StructTreeRoot 4 0 R >>',
    3: '<< /Type /Page /Parent 2 0 R /StructParents 0 /Annots [8 0 R] >>',
    4: '<< /Type /StructTreeRoot /K [5 0 R] /ParentTree 6 0 R /ParentTreeNextKey 2 >>',
    5: '<< /Type /StructElem /S /Document /P 4 0 R /K [7 0 R 9 0 R] >>',
    6: '<< /Nums [0 [7 0 R] 1 9 0 R] >>',
    8: widget,
    9: element,
  };
  const added = (other: Objects = {}) => changesOf(updated(pdfOf(objects), { ...addition, ...other }));

  it('may take in the field of a signature', () => {
    expect(added()).toMatchObject({ modification: 'allowed', changes: [] });
  });

  it.each<[string, Objects]>([
    ['an element that says something', { 9: element.replace('/S /Form', '/S /Form /ActualText (Pay more)') }],
    ['an element of a page', { 9: '<< /Type /StructElem /S /P /P 5 0 R /Pg 3 0 R /K 1 >>' }],
    ['an element of another field', { 8: widget.replace('/Sig', '/Tx') }],
    [
      'an element before those that there are',
      { 5: addition[5]!.toString().replace('7 0 R 9 0 R', '9 0 R 7 0 R') },
    ],
    ['fewer elements', { 5: '<< /Type /StructElem /S /Document /P 4 0 R /K [] >>' }],
    ['another element under a number that there is', { 6: '<< /Nums [0 [9 0 R] 1 9 0 R] >>' }],
    ['a number in place of another', { 6: '<< /Nums [2 [7 0 R] 1 9 0 R] >>' }],
    [
      'words for an element that there is',
      { 7: objects[7]!.toString().replace('/K 0', '/K 0 /Alt (Pay more)') },
    ],
    ['other names of elements', { 4: addition[4]!.toString().replace('/K', '/RoleMap << /P /H1 >> /K') }],
  ])('may not take in %s', (_, other) => {
    expect(added(other)).toMatchObject({ modification: 'forbidden' });
  });
});

describe('the source that LibreOffice puts into a document', () => {
  const objects: Objects = {
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: '<< /Type /Pages /Kids [] /Count 0 >>',
    4: streamOf('/Type /EmbeddedFile', Buffer.from('source')),
  };
  const file = pdfOf(objects, '/AdditionalStreams [/application#2Fodt 4 0 R]');
  const changed = (objects: Objects, entry: string) =>
    changesOf(updated(file, objects, `/AdditionalStreams [${entry}]`)).modification;

  it('may go, or stay', () => {
    expect(changed({}, '/application#2Fodt 9 0 R')).toBe('allowed');
    expect(changed({}, '/application#2Fodt 4 0 R')).toBe('allowed');
  });

  it('may not become another, which is what that program would open', () => {
    const other = streamOf('/Type /EmbeddedFile', Buffer.from('other!'));
    expect(changed({ 9: other }, '/application#2Fodt 9 0 R')).toBe('forbidden');
    expect(changed({ 4: other }, '/application#2Fodt 4 0 R')).toBe('forbidden');
    expect(changed({ 9: other }, '/application#2Fodt 4 0 R /other 9 0 R')).toBe('forbidden');
  });
});
