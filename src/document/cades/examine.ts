import { digestByOid } from '../../algorithm/digest.ts';
import { everyAlgorithm } from '../../algorithm/policy.ts';
import { EncodingError } from '../../asn1/error.ts';
import { compareOctets } from '../../asn1/writer.ts';
import { inTurn } from '../../budget/slices.ts';
import { parseCertificate } from '../../certificate/certificate.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { Checks } from '../../report/check.ts';
import {
  longestDocumentAttributes,
  readSignedAttributes,
  type SignedAttributes,
} from '../../signature/attributes.ts';
import { ContentFile, type DetachedContent, digestOfContent } from '../../signature/content-file.ts';
import { asMalformed, parseSignerInfo, type SignerInfo } from '../../signature/signed-data.ts';
import { openMessage, SignedMessage } from '../../signature/signed-message.ts';
import { readSigningCertificates } from '../../signature/signing-certificate.ts';
import { type VerifiedSignature, verifySigner } from '../../signature/verify.ts';
import {
  type Examination,
  type ExaminedSignature,
  type ExaminedTimestamp,
  type IntactSignature,
  joined,
  type Material,
  materialOfTimestamps,
} from '../examined.ts';
import { examineTimestamp } from '../timestamp.ts';
import { levelOf } from './level.ts';
import { cadesOids } from './oids.ts';
import {
  certificatesIn,
  type MessageParts,
  partsOf,
  revocationIn,
  type SignerParts,
  signerPartsOf,
  valuesOfType,
} from './parts.ts';
import { contentTimestamps, unsignedTimestamps } from './timestamps.ts';

/** A CMS message with what it was found to hold. */
export interface ExaminedMessage {
  readonly form: 'attached' | 'detached';
  /** What is signed; undefined where it is detached and was not given. */
  readonly content: DetachedContent | undefined;
  readonly signatures: readonly ExaminedSignature[];
  readonly material: Material;
}

/** Most countersignatures of one signature, and how deep they may counter each other. */
const mostCounterSignatures = 16;
const deepestCounterSignature = 3;

/**
 * Examines every signer of a CMS message (RFC 5652; EN 319 122-1). `detached` is what was given as its content. What is
 * wrong with one signer becomes that one's failure. Throws `signature_malformed`, `signature_signer_count` where nobody
 * signed, and `budget_exhausted`.
 */
export async function examineMessage(
  octets: Uint8Array,
  detached: DetachedContent | undefined,
  examination: Examination,
): Promise<ExaminedMessage> {
  const { budget } = examination;
  const message = await inTurn(() => openMessage(octets, budget), budget.share);
  const { signedData } = message;
  if (signedData.signers.length === 0) throw new SealgateError('signature_signer_count', { count: 0 });
  const parts = partsOf(octets);
  const content = await contentOf(signedData.content, detached);
  const signatures: ExaminedSignature[] = [];
  const revocations: Uint8Array[] = [];
  for (const [at, signer] of signedData.signers.entries()) {
    const attributes = attributesIn(signer);
    const placed = { message, signer, attributes, content, parts, own: parts.signers[at]! };
    revocations.push(...(attributes?.byOid.get(cadesOids.adobeRevocationArchive)?.values ?? []));
    signatures.push(await examineSigner(placed, examination, 0));
  }
  return {
    form: signedData.content === undefined ? 'detached' : 'attached',
    content,
    signatures,
    material: materialOf(message, parts, revocations, signatures),
  };
}

/** What is judged: what was given, or what is in the message; which are one where a file holds the very same. */
async function contentOf(
  attached: Uint8Array | undefined,
  given: DetachedContent | undefined,
): Promise<DetachedContent | undefined> {
  if (attached === undefined || !(given instanceof ContentFile)) return given ?? attached;
  const isSame =
    attached.length === given.length &&
    compareOctets(await digestOfContent('sha512', attached), await given.digest('sha512')) === 0;
  return isSame ? attached : given;
}

/** One signer where it stands. */
interface PlacedSigner {
  readonly message: SignedMessage;
  readonly signer: SignerInfo;
  /** What is signed beside the content; undefined where there is none, or none that can be read. */
  readonly attributes: SignedAttributes | undefined;
  readonly content: DetachedContent | undefined;
  readonly parts: MessageParts;
  readonly own: SignerParts;
}

async function examineSigner(
  placed: PlacedSigner,
  examination: Examination,
  depth: number,
): Promise<ExaminedSignature> {
  const checks = new Checks();
  const { signer, attributes, content } = placed;
  const outcome = await verified(placed, checks, examination, depth > 0);
  const intact = 'signer' in outcome ? intactOf(outcome) : undefined;
  const failure = 'signer' in outcome ? undefined : outcome;
  const timestamps = await timestampsOf(placed, examination, depth);
  const names = intact === undefined ? namesCertificate(attributes) : intact.namesCertificate;
  return {
    format: names ? 'CAdES' : 'CMS',
    checks,
    value: signer.signature,
    intact,
    failure,
    level: names ? levelOf(placed.parts, placed.own, timestamps) : undefined,
    coverage: content === undefined ? undefined : { extent: 'whole', covered: [], uncovered: [] },
    timestamps,
    counterSignatures: await counterSignaturesOf(placed, examination, depth),
  };
}

/** The signature, or why it is not intact. */
async function verified(
  { message, signer, content }: PlacedSigner,
  checks: Checks,
  { budget, known }: Examination,
  isCounterSignature: boolean,
): Promise<VerifiedSignature | SealgateError> {
  if (content === undefined) return new SealgateError('signed_data_missing');
  const rules = {
    algorithms: everyAlgorithm,
    requiresSignedAttributes: false,
    requiresSigningCertificate: false,
    acceptsUtf16Content: false,
    isCounterSignature,
    longestSignedAttributes: longestDocumentAttributes,
  };
  try {
    const algorithm = digestByOid(signer.digestAlgorithm.oid);
    if (algorithm !== undefined) await digestOfContent(algorithm, content);
    return await inTurn(
      () => verifySigner(message, signer, content, rules, checks, budget, known),
      budget.share,
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (!isFailure(error, 'signature_content_mismatch')) return error;
    return new SealgateError('document_changed', {}, { cause: error });
  }
}

function intactOf({
  signer,
  algorithm,
  signerInfo,
  concessions,
  signingTime,
}: VerifiedSignature): IntactSignature {
  const digest = digestByOid(signerInfo.digestAlgorithm.oid);
  return {
    signer,
    algorithm,
    digests: digest === undefined ? [] : [digest],
    namesCertificate: !concessions.includes('missing-signing-certificate'),
    signingTime,
  };
}

function attributesIn({ signedAttributes }: SignerInfo): SignedAttributes | undefined {
  return (
    signedAttributes &&
    unlessMalformed(() => readSignedAttributes(signedAttributes, longestDocumentAttributes))
  );
}

function namesCertificate(attributes: SignedAttributes | undefined): boolean {
  const named = attributes && unlessMalformed(() => readSigningCertificates(attributes));
  return named !== undefined && named.length > 0;
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}

async function timestampsOf(
  { signer, attributes, content, parts, own, message }: PlacedSigner,
  examination: Examination,
  depth: number,
): Promise<readonly ExaminedTimestamp[]> {
  const archived = {
    message: parts,
    signer: own,
    content,
    isDetached: message.signedData.content === undefined,
  };
  const placed = [
    ...contentTimestamps(attributes, content),
    // What is inside of a countersignature is listed by nobody, so that archive time-stamps mean the outer one.
    ...unsignedTimestamps(signer.signature, archived, depth === 0),
  ];
  const examined: ExaminedTimestamp[] = [];
  for (const each of placed) examined.push(await examineTimestamp(each, examination));
  return examined;
}

async function counterSignaturesOf(
  { message, signer, parts, own }: PlacedSigner,
  examination: Examination,
  depth: number,
): Promise<readonly ExaminedSignature[]> {
  if (depth >= deepestCounterSignature) return [];
  const values = valuesOfType(own.unsigned, cadesOids.counterSignature).slice(0, mostCounterSignatures);
  const known = [...message.certificates.certificates, ...examination.known];
  const examined: ExaminedSignature[] = [];
  for (const value of values) {
    const counter = readCounterSigner(value);
    if (isFailure(counter)) {
      examined.push(unreadable(value, counter));
      continue;
    }
    const inner = messageOf(message, counter.signer, examination);
    const placed = { ...counter, message: inner, content: signer.signature, parts };
    examined.push(await examineSigner(placed, { ...examination, known }, depth + 1));
  }
  return examined;
}

/** A countersigner signs no message but a signature (RFC 5652, section 11.4); its certificates are those around it. */
function messageOf(
  { signedData }: SignedMessage,
  signer: SignerInfo,
  { budget }: Examination,
): SignedMessage {
  const { digestAlgorithm } = signer;
  const own = { ...signedData, content: undefined, certificates: [], digestAlgorithms: [digestAlgorithm] };
  return new SignedMessage(own, budget, parseCertificate);
}

function readCounterSigner(
  value: Uint8Array,
): Pick<PlacedSigner, 'signer' | 'attributes' | 'own'> | SealgateError {
  try {
    const signer = parseSignerInfo(value);
    return { signer, attributes: attributesIn(signer), own: signerPartsOf(value) };
  } catch (error) {
    const failure = asMalformed(error, 'countersignature');
    if (!isFailure(failure)) throw error;
    return failure;
  }
}

function unreadable(value: Uint8Array, failure: SealgateError): ExaminedSignature {
  const nothing = { intact: undefined, level: undefined, coverage: undefined };
  return {
    ...{ format: 'CMS', checks: new Checks(), value, failure, ...nothing },
    ...{ timestamps: [], counterSignatures: [] },
  };
}

/** All that a message holds for its own validation: in itself, in its attributes, in its time-stamps. */
function materialOf(
  { signedData }: SignedMessage,
  { signers }: MessageParts,
  archived: readonly Uint8Array[],
  signatures: readonly ExaminedSignature[],
): Material {
  const unsigned = signers.flatMap((signer) => signer.unsigned);
  const values = [...valuesOfType(unsigned, cadesOids.revocationValues), ...archived].map(revocationIn);
  return joined([
    { certificates: signedData.certificates, lists: signedData.crls, answers: signedData.ocspResponses },
    {
      certificates: valuesOfType(unsigned, cadesOids.certificateValues).flatMap(certificatesIn),
      lists: values.flatMap(({ lists }) => lists),
      answers: values.flatMap(({ answers }) => answers),
    },
    ...signatures.flatMap(materialOfTimestamps),
  ]);
}
