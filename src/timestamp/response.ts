import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';
import { SealgateError } from '../error.ts';

/** Statuses under which a token comes: granted, and granted with modifications (RFC 3161, section 2.4.2). */
const mostGranted = 1;

/**
 * The token in a TimeStampResp, DER, not verified. Throws `timestamp_malformed` where it is none, or the authority has
 * refused to give one.
 */
export function tokenOfResponse(response: Uint8Array): Uint8Array {
  try {
    const reader = Reader.ber(response);
    const fields = reader.sequence();
    reader.finish();
    const status = fields.sequence().smallInteger();
    if (status > mostGranted || fields.isAtEnd)
      throw new SealgateError('timestamp_malformed', { problem: `refused with status ${status}` });
    const token = fields.raw();
    fields.finish();
    return token;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new SealgateError('timestamp_malformed', { problem: error.rule }, { cause: error });
  }
}

/** Whether octets begin as a TimeStampResp does, with a status where a CMS message has its type. */
export function looksLikeResponse(octets: Uint8Array): boolean {
  try {
    const fields = Reader.ber(octets).sequence();
    return fields.peek() === tag.sequence && fields.sequence().peek() === tag.integer;
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}
