import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { contextConstructed, tag } from '../asn1/tag.ts';
import { kindOfFile } from '../encoding/kind.ts';
import { contentOids } from '../signature/oids.ts';
import { looksLikeResponse } from '../timestamp/response.ts';

/** What a file is by its first octets. */
export type Kind = 'cms' | 'time-stamp' | 'time-stamp-answer' | 'pdf' | 'xml' | 'zip';

/** What a file is; undefined where it is of no format of signed documents. Nothing is verified. */
export function kindOf(octets: Uint8Array): Kind | undefined {
  switch (kindOfFile(octets)) {
    case 'pdf-document':
      return 'pdf';
    case 'zip-archive':
      return 'zip';
    case 'xml-document':
      return 'xml';
    default:
      if (octets[0] !== tag.sequence) return undefined;
      return looksLikeResponse(octets) ? 'time-stamp-answer' : cmsKind(octets);
  }
}

/**
 * A message without the zeros behind it: some makers write out the whole place that they had kept free for it. Anything
 * else that stands behind a message is refused where that is read.
 */
export function withoutPadding(octets: Uint8Array): Uint8Array {
  if (octets.at(-1) !== 0) return octets;
  try {
    const { length } = Reader.ber(octets).raw();
    return octets.subarray(length).every((octet) => octet === 0) ? octets.subarray(0, length) : octets;
  } catch (error) {
    if (error instanceof EncodingError) return octets;
    throw error;
  }
}

function cmsKind(octets: Uint8Array): Kind | undefined {
  try {
    const fields = Reader.ber(octets).sequence();
    // Keys, requests and certificates are sequences as well, which do not begin with the type of a content.
    if (fields.peek() !== tag.oid || fields.oid() !== contentOids.signedData) return undefined;
    const signedData = fields.constructed(contextConstructed(0)).sequence();
    signedData.raw();
    signedData.raw();
    return signedData.sequence().oid() === contentOids.timeStampInfo ? 'time-stamp' : 'cms';
  } catch (error) {
    if (error instanceof EncodingError) return 'cms';
    throw error;
  }
}
