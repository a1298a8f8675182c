import PDFDocument from 'pdfkit';

/** A PDF of so many pages with text on each, nothing signed; each is turned clockwise by so many degrees. */
export async function samplePdf(
  pages = 2,
  degrees = 0,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const document = new PDFDocument({ ...options, autoFirstPage: false, info: { Title: 'Contract' } });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  for (let page = 1; page <= pages; page++) {
    document.addPage({ size: 'A4' });
    if (degrees !== 0) Object.assign(document.page.dictionary.data, { Rotate: degrees });
    document.text(`A contract, page ${page} of ${pages}`);
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/** A PDF of one page whose references are a stream and whose page tree is packed. */
export function packedPdf(): Buffer {
  const packed = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
  ];
  const starts = packed.map((_, at) => packed.slice(0, at).join(' ').length + (at === 0 ? 0 : 1));
  const index = starts.map((start, at) => `${at + 1} ${start}`).join(' ');
  const body = `${index} ${packed.join(' ')}`;
  const head = '%PDF-1.7\n';
  const first = index.length + 1;
  const stream = `4 0 obj\n<< /Type /ObjStm /N 3 /First ${first} /Length ${body.length} >>\nstream\n${body}\nendstream\nendobj\n`;
  const place = head.length + stream.length;
  const rows = [[0, 0, 0], ...[0, 1, 2].map((at) => [2, 4, at]), [1, head.length, 0], [1, place, 0]].flatMap(
    ([kind = 0, two = 0, three = 0]) => [kind, two >> 8, two & 255, three],
  );
  const entries = `/Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Length ${rows.length}`;
  return Buffer.concat([
    Buffer.from(`${head}${stream}5 0 obj\n<< ${entries} >>\nstream\n`),
    Buffer.from(rows),
    Buffer.from(`\nendstream\nendobj\nstartxref\n${place}\n%%EOF\n`),
  ]);
}

/** XML with namespaces, attributes, comments and text that markup could be mistaken for. */
export const sampleXml = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\n<!-- <a> --><c:contract xmlns:c="urn:contract" Id="contract"><c:party name="ООО &quot;Ромашка&quot; > 1"/><![CDATA[</c:contract>]]><c:text>Text</c:text></c:contract>\n',
);
