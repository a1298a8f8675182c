import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { contentOids } from '../signature/oids.ts';
import { looksLikeResponse } from '../timestamp/response.ts';

/** What a file is by its first octets. */
export type Kind = 'cms' | 'time-stamp' | 'time-stamp-answer' | 'pdf' | 'xml' | 'zip';

/** How far into a file the header of a PDF may stand: at its very beginning, where nothing can hide before it. */
const pdfHeader = '%PDF-';
const zipHeader = 'PK\u0003\u0004';

/** What a file is; undefined where it is of no format of signed documents. Nothing is verified. */
export function kindOf(octets: Uint8Array): Kind | undefined {
  const beginning = Buffer.from(octets.subarray(0, 256)).toString('latin1');
  if (beginning.startsWith(pdfHeader)) return 'pdf';
  if (beginning.startsWith(zipHeader)) return 'zip';
  if (/^(?:\xef\xbb\xbf)?\s*</.test(beginning)) return 'xml';
  if (octets[0] !== 0x30) return undefined;
  return looksLikeResponse(octets) ? 'time-stamp-answer' : cmsKind(octets);
}

function cmsKind(octets: Uint8Array): Kind | undefined {
  try {
    const fields = Reader.ber(octets).sequence();
    if (fields.oid() !== contentOids.signedData) return undefined;
    const signedData = fields.constructed(0xa0).sequence();
    signedData.raw();
    signedData.raw();
    return signedData.sequence().oid() === contentOids.timeStampInfo ? 'time-stamp' : 'cms';
  } catch (error) {
    if (error instanceof EncodingError) return 'cms';
    throw error;
  }
}
