import type { DigestAlgorithm } from '../../algorithm/digest.ts';
import { digestInSlices } from '../../algorithm/digest-in-slices.ts';
import { Reader } from '../../asn1/reader.ts';
import { inSlices } from '../../budget/slices.ts';
import { parseSignedData } from '../../signature/signed-data.ts';
import { cadesOids } from '../cades/oids.ts';
import { partsOf, valuesOfType } from '../cades/parts.ts';
import type { Material } from '../examined.ts';
import { type Extender, type Extending, stampDigestOf, stampOver } from '../extender.ts';
import { PdfFile } from '../pdf/file.ts';
import { entriesOf, isKind, PdfError, type PdfReference, type PdfValue } from '../pdf/object.ts';
import { catalogueOf } from '../pdf/revision.ts';
import { PdfUpdate } from '../pdf/update.ts';
import { encodeEntries, encodeStream, nameValue } from '../pdf/write.ts';
import { asDocument } from './examine.ts';
import { type SignatureDictionary, signatureDictionaries } from './field.ts';
import { addSignatureField, pageAt, writeCatalogue } from './form.ts';
import { addSignature, type PlacedForm, prepare } from './place.ts';

/** Room for a token, in octets; with a chain of certificates they have some five thousand. */
const tokenRoom = 16_384;

const timestampForm: PlacedForm = { type: 'DocTimeStamp', subFilter: 'ETSI.RFC3161', room: tokenRoom };

/**
 * Extends a PDF (EN 319 142-1) by updates behind the file as it is: document time-stamps, and evidence in the document
 * security store. Steps throw `document_malformed`.
 */
export const pdfExtender: Extender = { stampSignatures, addEvidence, stampArchive };

/** One document time-stamp serves every signature before it. */
async function stampSignatures(document: Uint8Array, extending: Extending): Promise<Uint8Array> {
  return asDocument(async () => {
    const file = await open(document, extending);
    const dictionaries = file.revisions.flatMap((revision) => signatureDictionaries(revision));
    const last = dictionaries.at(-1);
    const isCovered = last?.subFilter === timestampForm.subFilter;
    if (isCovered || dictionaries.every(isStamped)) return document;
    return stamped(file, dictionaries, extending);
  });
}

function isStamped(dictionary: SignatureDictionary): boolean {
  if (dictionary.subFilter === timestampForm.subFilter) return true;
  const unsigned = partsOf(messageIn(dictionary)).signers.flatMap((signer) => signer.unsigned);
  return valuesOfType(unsigned, cadesOids.signatureTimestamp).length > 0;
}

async function stampArchive(document: Uint8Array, extending: Extending): Promise<Uint8Array> {
  return asDocument(async () => {
    const file = await open(document, extending);
    return stamped(file, signatureDictionaries(file.revisions.at(-1)!), extending);
  });
}

async function stamped(
  file: PdfFile,
  dictionaries: readonly SignatureDictionary[],
  extending: Extending,
): Promise<Uint8Array> {
  const update = new PdfUpdate(file);
  const signature = addSignature(update, timestampForm);
  const page = pageAt(update.revision, 1);
  addSignatureField(update, { stem: 'Timestamp', value: signature, page, rectangle: [0, 0, 0, 0] });
  const prepared = prepare(update, signature, timestampForm);
  const algorithm = digestOf(dictionaries);
  const token = await stampOver(extending, algorithm, await digestInSlices(algorithm, prepared.signed));
  return prepared.complete(token);
}

/** That of the last signature, so that GOST goes with GOST. */
function digestOf(dictionaries: readonly SignatureDictionary[]): DigestAlgorithm {
  const last = dictionaries.findLast(({ subFilter }) => subFilter !== timestampForm.subFilter);
  const signer = last && parseSignedData(messageIn(last)).signers[0];
  return stampDigestOf(signer?.digestAlgorithm.oid ?? '');
}

/** The message at the beginning of Contents, which has been examined before. */
function messageIn({ contents }: SignatureDictionary): Uint8Array {
  return Reader.ber(contents.octets).raw();
}

/** Adds evidence to the document security store (EN 319 142-1, section 5.4.2); what stands there stays. */
async function addEvidence(
  document: Uint8Array,
  material: Material,
  extending: Extending,
): Promise<Uint8Array> {
  return asDocument(async () => {
    const file = await open(document, extending);
    const update = new PdfUpdate(file);
    const { revision } = update;
    const value = catalogueOf(revision).get('DSS');
    const old = entriesOf(revision.resolve(value)) ?? new Map<string, PdfValue>();
    const grown = (key: string, added: readonly Uint8Array[]): [string, PdfValue][] => {
      const array = revision.resolve(old.get(key));
      const items = [
        ...(isKind(array, 'array') ? array.items : []),
        ...added.map((octets): PdfReference => update.add(encodeStream(new Map(), octets))),
      ];
      return items.length === 0 ? [] : [[key, { kind: 'array', items }]];
    };
    const store = new Map<string, PdfValue>([
      ...old,
      ['Type', nameValue('DSS')],
      ...grown('Certs', material.certificates),
      ...grown('CRLs', material.lists),
      ...grown('OCSPs', material.answers),
    ]);
    writeCatalogue(update, 'DSS', update.add(encodeEntries(store)));
    return update.finish().octets;
  });
}

/** What is added would have to be encrypted as the rest is, which is not done. */
async function open(document: Uint8Array, { budget }: Extending): Promise<PdfFile> {
  const file = await inSlices(PdfFile.open(document), budget.share);
  if (file.isEncrypted) throw new PdfError('an encrypted document is not extended');
  return file;
}
