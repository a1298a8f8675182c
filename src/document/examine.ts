import type { DigestAlgorithm } from '../algorithm/digest.ts';
import { SealgateError } from '../error.ts';
import { digestOfContent } from '../signature/content-file.ts';
import { tokenOfResponse } from '../timestamp/response.ts';
import { examineContainer } from './asic/examine.ts';
import { examineMessage } from './cades/examine.ts';
import type { Examination, ExaminedDocument } from './examined.ts';
import { examinePdf } from './pades/examine.ts';
import { kindOf, withoutPadding } from './recognise.ts';
import { examineTimestamp } from './timestamp.ts';
import { examineXml } from './xades/examine.ts';

/**
 * Examines a document of whatever format. What is wrong with one signature becomes that one's failure. Throws what
 * refuses the document as a whole: `document_unrecognised`, `document_malformed`, `signature_malformed`,
 * `signature_signer_count`, `timestamp_malformed` or `budget_exhausted`.
 */
export async function examineDocument(
  octets: Uint8Array,
  examination: Examination,
): Promise<ExaminedDocument> {
  switch (kindOf(octets)) {
    case 'cms':
      return examineCms(withoutPadding(octets), examination);
    case 'time-stamp':
      return examineToken(withoutPadding(octets), examination);
    case 'time-stamp-answer':
      return examineToken(tokenOfResponse(octets), examination);
    case 'zip':
      return examineContainer(octets, examination);
    case 'pdf':
      return examinePdf(octets, examination);
    case 'xml':
      return examineXml(octets, examination);
    default:
      throw new SealgateError('document_unrecognised');
  }
}

async function examineCms(octets: Uint8Array, examination: Examination): Promise<ExaminedDocument> {
  const detached = examination.contents[0]?.octets;
  const { form, signatures, material } = await examineMessage(octets, detached, examination);
  return { format: 'CMS', form, signatures, timestamps: [], material };
}

/** A time-stamp on its own, over what was given beside it. */
async function examineToken(token: Uint8Array, examination: Examination): Promise<ExaminedDocument> {
  const content = examination.contents[0]?.octets;
  const placed = {
    kind: 'content' as const,
    token,
    imprints: async (algorithm: DigestAlgorithm) => {
      if (content === undefined) throw new SealgateError('signed_data_missing');
      return [await digestOfContent(algorithm, content)];
    },
    covers: () => [],
  };
  const timestamp = await examineTimestamp(placed, examination);
  return { format: 'time-stamp', signatures: [], timestamps: [timestamp], material: timestamp.material };
}
