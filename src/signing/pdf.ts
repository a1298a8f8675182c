import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { inSlices } from '../budget/slices.ts';
import { addSignatureField, pageAt } from '../document/pades/form.ts';
import { addSignature, type PlacedForm, prepare } from '../document/pades/place.ts';
import { PdfFile } from '../document/pdf/file.ts';
import { PdfError, type PdfValue } from '../document/pdf/object.ts';
import { PdfUpdate } from '../document/pdf/update.ts';
import { textValue } from '../document/pdf/write.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import type { SignatureScheme, Signer } from '../token/signer.ts';
import { makeMessage } from './message.ts';
import { addStamp, type PlacedStamp } from './stamp-appearance.ts';
import { requireUnbroken } from './unbroken.ts';

/** How a PDF is signed. */
export interface PdfOptions {
  /** Milliseconds since the epoch; a claim of the signer. */
  readonly signingTime: number;
  /** Why it is signed, and where. */
  readonly reason?: string | undefined;
  readonly location?: string | undefined;
  /** A stamp on a page; the signature is invisible without one. */
  readonly stamp?: PlacedStamp | undefined;
  readonly scheme?: SignatureScheme;
  readonly chain?: readonly Uint8Array[];
}

/** Room for the message, in octets: time-stamps and evidence stand elsewhere in the file. */
const messageRoom = 16_384;

/**
 * Signs a PDF as PAdES-B (EN 319 142-1, section 6) by an update behind the file as it is. Throws
 * `signing_breaks_signature` where one before it does not permit that, `document_malformed` for a file that is broken or
 * encrypted, an Error if the signer has no certificate, and the failures of `signer.sign`.
 */
export async function signPdf(
  document: Uint8Array,
  signer: Signer,
  options: PdfOptions,
): Promise<Uint8Array> {
  const { signingTime, reason, location, stamp, ...others } = options;
  try {
    const file = await inSlices(PdfFile.open(document), new Budget(documentCommandLimits).share);
    if (file.isEncrypted) throw new PdfError('an encrypted document is not signed');
    const update = new PdfUpdate(file);
    const form: PlacedForm = {
      type: 'Sig',
      subFilter: 'ETSI.CAdES.detached',
      room: messageRoom,
      entries: entriesOf(signingTime, { Reason: reason, Location: location }),
    };
    const signature = addSignature(update, form);
    const page = pageAt(update.revision, stamp?.page ?? 1);
    const shown = stamp === undefined ? { rectangle: [0, 0, 0, 0] } : addStamp(update, page, stamp);
    addSignatureField(update, { stem: 'Signature', value: signature, page, ...shown });
    const prepared = prepare(update, signature, form);
    const message = { ...others, isDetached: true, signingTime: undefined };
    const signed = prepared.complete(await makeMessage(prepared.signed, signer, message));
    await requireUnbroken(document, signed);
    return signed;
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    throw new SealgateError('document_malformed', { problem: error.rule }, { cause: error });
  }
}

function entriesOf(
  time: number,
  texts: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, PdfValue> {
  const given = Object.entries(defined(texts)).map(
    ([key, text]) => [key, textValue(text as string)] as const,
  );
  return new Map([...given, ['M', dateValue(time)]]);
}

/** A date (ISO 32000-2, 7.9.4), in UTC. */
function dateValue(time: number): PdfValue {
  const digits = new Date(time).toISOString().replace(/\D/g, '').slice(0, 14);
  return { kind: 'string', octets: Buffer.from(`D:${digits}Z`), isHex: true, start: 0, end: 0 };
}
