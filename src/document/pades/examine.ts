import { digestInSlices } from '../../algorithm/digest-in-slices.ts';
import { EncodingError } from '../../asn1/error.ts';
import { Reader } from '../../asn1/reader.ts';
import { inSlices, inTurn } from '../../budget/slices.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { Checks } from '../../report/check.ts';
import { examineMessage } from '../cades/examine.ts';
import { octetsIn as existingIn } from '../cades/existing.ts';
import {
  type Examination,
  type ExaminedDocument,
  type ExaminedSignature,
  type ExaminedTimestamp,
  joined,
  type Material,
  materialOfTimestamps,
  noMaterial,
} from '../examined.ts';
import { PdfFile } from '../pdf/file.ts';
import { PdfError } from '../pdf/object.ts';
import type { PdfRevision } from '../pdf/revision.ts';
import type { Coverage } from '../report.ts';
import { examineTimestamp, materialOfToken } from '../timestamp.ts';
import { flawOfRange, signedOctets } from './byte-range.ts';
import { Changes } from './changes.ts';
import { materialOfRevisions, materialOfStore, passedOver } from './dss.ts';
import { type SignatureDictionary, signatureDictionaries } from './field.ts';
import { levelOf } from './level.ts';

const formats: Readonly<Record<string, 'PAdES' | 'PDF'>> = {
  'ETSI.CAdES.detached': 'PAdES',
  'adbe.pkcs7.detached': 'PDF',
};
const timestampFilter = 'ETSI.RFC3161';

/** A signature with the revision that it was added in, and its place among all of them. */
interface PlacedSignature {
  readonly dictionary: SignatureDictionary;
  readonly at: number;
}

/**
 * Examines every signature and document time-stamp of a PDF (ISO 32000-2, 12.8; EN 319 142-1), each in the revision that
 * it was added in, and what was changed after it. Throws `document_malformed`, `document_unrecognised` where nobody
 * signed, and `budget_exhausted`.
 */
export async function examinePdf(octets: Uint8Array, examination: Examination): Promise<ExaminedDocument> {
  const { budget } = examination;
  budget.spend('octets', octets.length);
  return asDocument(async () => {
    const file = await inSlices(PdfFile.open(octets), budget.share);
    const placed = await inTurn(() => allSignatures(file), budget.share);
    if (placed.length === 0) throw new SealgateError('document_unrecognised');
    const changes = new Changes(file.revisions, budget);
    const timestamps: ExaminedTimestamp[] = [];
    for (const each of placed)
      if (each.dictionary.subFilter === timestampFilter)
        timestamps.push(await examineDocumentTimestamp(each, file, placed, examination));
    const signatures: ExaminedSignature[] = [];
    const count = passedOver(file.revisions);
    const material: Material[] = [materialOfRevisions(file.revisions)];
    for (const each of placed) {
      if (each.dictionary.subFilter === timestampFilter) continue;
      const found = await examineSignature(each, file, timestamps, changes, examination);
      if (count > 0) found.signature.checks.warning('signature', 'signature.store', { count });
      signatures.push(found.signature);
      material.push(found.material);
    }
    material.push(...materialOfTimestamps({ timestamps, counterSignatures: [] }));
    return { format: 'PDF', signatures, timestamps, material: joined(material) };
  });
}

/** Does `work` on a PDF; what cannot be read of it is `document_malformed`. */
export async function asDocument<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    throw new SealgateError('document_malformed', { problem: error.rule }, { cause: error });
  }
}

/** Signatures by the revision in which each was added, those that a later one takes away included. */
function allSignatures({ revisions }: PdfFile): readonly PlacedSignature[] {
  const found = new Map<string, PlacedSignature>();
  for (const [at, revision] of revisions.entries()) {
    for (const dictionary of signatureDictionaries(revision)) {
      // One that is written anew, with the same value over the same range, is the one that it was.
      const key = `${Buffer.from(dictionary.contents.octets).toString('latin1')} ${dictionary.byteRange.join()}`;
      if (!found.has(key)) found.set(key, { dictionary, at });
    }
  }
  return [...found.values()];
}

/** The message at the beginning of Contents; what follows it fills the place that was kept free. */
function messageIn({ contents }: SignatureDictionary): Uint8Array {
  try {
    return Reader.ber(contents.octets).raw();
  } catch (error) {
    if (error instanceof EncodingError) return contents.octets;
    throw error;
  }
}

function coverageOf(revision: PdfRevision, file: PdfFile): Coverage {
  const isLast = revision === file.revisions.at(-1);
  const number = file.revisions.indexOf(revision) + 1;
  const others = file.revisions.slice(number).map((_, at) => `revision ${number + at + 1}`);
  return { extent: isLast ? 'whole' : 'part', covered: [`revision ${number}`], uncovered: others };
}

async function examineSignature(
  { dictionary, at }: PlacedSignature,
  file: PdfFile,
  documentTimestamps: readonly ExaminedTimestamp[],
  changes: Changes,
  examination: Examination,
): Promise<{ readonly signature: ExaminedSignature; readonly material: Material }> {
  const { field: name, subFilter } = dictionary;
  const revision = file.revisions[at]!;
  const format = formats[subFilter];
  const common = { name, coverage: coverageOf(revision, file), ...(await changes.after(at)) };
  if (format === undefined) return refused(common, `signatures of the kind ${subFilter} are not accepted`);
  const signed = signedOctets(file.octets, dictionary);
  if (signed === undefined) return refused(common, 'its range leads out of the file');
  try {
    const message = await examineMessage(messageIn(dictionary), signed, examination);
    const [own, another] = message.signatures;
    if (own === undefined || another !== undefined || message.form === 'attached')
      return refused(common, 'the message in it is not exactly one detached signature');
    const { modifications, ...flaw } = common;
    const isNaming = own.level !== undefined;
    const level = isNaming ? levelOf(own, at, file, documentTimestamps) : undefined;
    const signature = {
      ...own,
      format: format === 'PAdES' && isNaming ? ('PAdES' as const) : ('PDF' as const),
      ...{ name, coverage: flaw.coverage, level, modifications },
      failure: own.failure ?? flawOfRange(dictionary, revision, file.octets) ?? flaw.failure,
    };
    return { signature, material: message.material };
  } catch (error) {
    if (!isFailure(error) || isFailure(error, 'budget_exhausted')) throw error;
    return { signature: { ...unreadable(error), ...common, failure: error }, material: noMaterial };
  }
}

function refused(common: Partial<ExaminedSignature>, problem: string) {
  const failure = new SealgateError('pdf_range_invalid', { problem });
  return { signature: { ...unreadable(failure), ...common, failure }, material: noMaterial };
}

function unreadable(failure: SealgateError): ExaminedSignature {
  const nothing = { intact: undefined, level: undefined, coverage: undefined };
  return {
    ...{ format: 'PDF', checks: new Checks(), value: new Uint8Array(), failure, ...nothing },
    ...{ timestamps: [], counterSignatures: [] },
  };
}

/** A document time-stamp proves what stood in the file when it was added (EN 319 142-1, section 5.4.3). */
async function examineDocumentTimestamp(
  { dictionary, at }: PlacedSignature,
  file: PdfFile,
  placed: readonly PlacedSignature[],
  examination: Examination,
): Promise<ExaminedTimestamp> {
  const revision = file.revisions[at]!;
  const signed = signedOctets(file.octets, dictionary);
  return examineTimestamp(
    {
      kind: 'document',
      token: messageIn(dictionary),
      imprints: async (algorithm) => {
        if (signed === undefined) throw new SealgateError('signed_data_missing');
        return [await digestInSlices(algorithm, signed)];
      },
      covers: (read) => {
        const flaw = flawOfRange(dictionary, revision, file.octets);
        if (flaw !== undefined) throw flaw;
        const earlier = placed.filter((each) => each.at < at).map((each) => messageIn(each.dictionary));
        const stored = file.revisions.slice(0, at + 1).map(materialOfStore);
        const all = joined([...stored, materialOfToken(read)]);
        return [...earlier.flatMap(existingIn), ...all.certificates, ...all.lists, ...all.answers];
      },
      coverage: coverageOf(revision, file),
    },
    examination,
  );
}
