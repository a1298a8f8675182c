import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { type Subject, subjectOf } from '../subject/subject.ts';

/** A stamp as a PDF of one page of its size, in points. */
export interface StampPicture {
  readonly file: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Letters of both alphabets; what is used of it goes into the document. */
const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf');
const colour = '#1f3f8f';
const width = 226;
const padding = 8;
const sizes = { heading: 8, text: 7 } as const;
const gap = 2;

/**
 * Draws the stamp of a signature as Russian office work has it (GOST R 7.0.97-2016, section 5.23): that the document is
 * signed electronically, number, owner and term of the certificate. The text is Russian whatever language is spoken.
 */
export async function drawStamp(certificate: Uint8Array): Promise<StampPicture> {
  const document = new PDFDocument({ autoFirstPage: false, font });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  const rows = rowsOf(parseCertificate(certificate));
  const inner = width - 2 * padding;
  const sized = rows.map(({ text, isHeading }) => {
    const options = { width: inner, align: isHeading ? ('center' as const) : ('left' as const) };
    document.fontSize(isHeading ? sizes.heading : sizes.text);
    return { text, isHeading, options, height: document.heightOfString(text, options) };
  });
  const height = Math.ceil(sized.reduce((sum, row) => sum + row.height + gap, 2 * padding - gap));
  document.addPage({ size: [width, height], margin: 0 });
  document.lineWidth(1).strokeColor(colour);
  document.roundedRect(0.5, 0.5, width - 1, height - 1, 6).stroke();
  let y = padding;
  for (const row of sized) {
    document.fontSize(row.isHeading ? sizes.heading : sizes.text).fillColor(colour);
    document.text(row.text, padding, y, row.options);
    y += row.height + gap;
  }
  document.end();
  await ended;
  return { file: Buffer.concat(chunks), width, height };
}

interface Row {
  readonly text: string;
  readonly isHeading: boolean;
}

function rowsOf(certificate: Certificate): readonly Row[] {
  const subject = subjectOf(certificate);
  const term = `${dateOf(certificate.notBefore)} по ${dateOf(certificate.notAfter)}`;
  const texts = [
    `Сертификат: ${certificate.serialNumberHex.toUpperCase()}`,
    `Владелец: ${ownerOf(subject) ?? certificate.subject.toString()}`,
    ...(subject.organisation === undefined ? [] : [`Организация: ${subject.organisation}`]),
    `Действителен: с ${term}`,
  ];
  const heading = { text: 'ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ', isHeading: true };
  return [heading, ...texts.map((text) => ({ text, isHeading: false }))];
}

/** The person, or what the certificate is named after. */
function ownerOf({ surname, givenName, commonName }: Subject): string | undefined {
  return surname === undefined
    ? commonName
    : [surname, givenName].filter((part) => part !== undefined).join(' ');
}

/** Days change when they do in Moscow. */
function dateOf(time: number): string {
  return new Date(time).toLocaleDateString('ru-RU', {
    timeZone: 'Europe/Moscow',
    ...{ day: '2-digit', month: '2-digit', year: 'numeric' },
  });
}
