/** One object of a PDF by its number: its text, or its octets. */
export type Objects = Readonly<Record<number, string | Buffer>>;

/** A PDF of these objects, with a table of references and `more` in its trailer, which names object 1 as the catalogue unless that does; `HERE` in that is where the table is. */
export function pdfOf(objects: Objects, more = ''): Buffer {
  return append(Buffer.from('%PDF-1.7\n'), objects, more, '0 1\n0000000000 65535 f \n');
}

/** The file with these objects written anew or in addition, as an update behind what there is (ISO 32000-2, 7.5.6). */
export function updated(file: Buffer, objects: Objects, more = ''): Buffer {
  const [, previous] = /startxref\n(\d+)\n%%EOF\n$/.exec(file.toString('latin1', file.length - 64)) ?? [];
  return append(file, objects, `/Prev ${previous} ${more}`, '');
}

function append(file: Buffer, objects: Objects, more: string, before: string): Buffer {
  const pieces: Buffer[] = [file];
  let length = file.length;
  let entries = before;
  for (const [number, object] of Object.entries(objects)) {
    const piece = Buffer.concat([
      Buffer.from(`${number} 0 obj\n`),
      Buffer.from(object),
      Buffer.from('\nendobj\n'),
    ]);
    entries += `${number} 1\n${String(length).padStart(10, '0')} 00000 n \n`;
    pieces.push(piece);
    length += piece.length;
  }
  const root = more.includes('/Root') ? '' : '/Root 1 0 R';
  const trailer = `<< /Size 100 ${root} ${more.replace('HERE', String(length))} >>`;
  pieces.push(Buffer.from(`xref\n${entries}trailer\n${trailer}\nstartxref\n${length}\n%%EOF\n`));
  return Buffer.concat(pieces);
}

/** A stream of a PDF with these entries in its dictionary. */
export function streamOf(dictionary: string, octets: Uint8Array): Buffer {
  const head = `<< ${dictionary} /Length ${octets.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), octets, Buffer.from('\nendstream')]);
}
