import { timingSafeEqual } from 'node:crypto';
import { verificationCost } from '../../algorithm/cost.ts';
import { currentAlgorithms, describeAccepted } from '../../algorithm/policy.ts';
import { publicKeyOf } from '../../algorithm/public-key.ts';
import { fitsKey, signatureAlgorithmName } from '../../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../algorithm/verify.ts';
import { inSlices, inTurn } from '../../budget/slices.ts';
import { type Certificate, parseCertificate } from '../../certificate/certificate.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { Checks } from '../../report/check.ts';
import { digestOfContent } from '../../signature/content-file.ts';
import { parseCertificates } from '../../signature/signer-certificate.ts';
import { XmlError } from '../../xml/error.ts';
import { canonicalSteps, parseTree, type TreeElement, type XmlTree } from '../../xml/tree.ts';
import {
  type Examination,
  type ExaminedDocument,
  type ExaminedSignature,
  type ExaminedTimestamp,
  type IntactSignature,
  joined,
  type Material,
  materialOfTimestamps,
  noMaterial,
} from '../examined.ts';
import { examineTimestamp } from '../timestamp.ts';
import { coverageOf } from './coverage.ts';
import { levelOf } from './level.ts';
import { keyInfoCertificates, materialIn } from './material.ts';
import { childrenNamed, counterSignedType, isNamed, objectType, signatureUri, xadesUri } from './names.ts';
import {
  differenceFrom,
  type FollowedReference,
  isKeyInfoSigned,
  type Properties,
  propertiesOf,
  signingCertificates,
  signingTimeIn,
} from './properties.ts';
import { documentXmlLimits, resolveReference } from './reference.ts';
import { type Reference, readSignature, type XmlSignature } from './structure.ts';
import { placedTimestamps } from './timestamps.ts';

/** Most signatures of one document that are looked at. */
const mostSignatures = 64;

/** Examines every signature of an XML document (XML Signature; EN 319 132-1; SMEV). Throws `document_malformed`, `document_unrecognised` where it has none, and `budget_exhausted`. */
export async function examineXml(octets: Uint8Array, examination: Examination): Promise<ExaminedDocument> {
  const { budget } = examination;
  budget.spend('octets', octets.length);
  const tree = await asDocument(inSlices(parseTree(octets, documentXmlLimits), budget.share));
  const nodes = tree.signatures.filter(isOwnSignature);
  if (nodes.length === 0) throw new SealgateError('document_unrecognised');
  if (nodes.length > mostSignatures)
    throw new SealgateError('document_malformed', {
      problem: `there are more than ${mostSignatures} signatures`,
    });
  const signatures: ExaminedSignature[] = [];
  const material: Material[] = [];
  for (const node of nodes) {
    const examined = await examineElement(node, tree, examination);
    signatures.push(examined.signature);
    material.push(examined.material, ...materialOfTimestamps(examined.signature));
  }
  return { format: 'XML', signatures, timestamps: [], material: joined(material) };
}

/** A countersignature belongs to the signature in whose properties it stands. */
export function isOwnSignature(node: TreeElement): boolean {
  return node.parent === undefined || !isNamed(node.parent, xadesUri, 'CounterSignature');
}

/** What is wrong with the XML is wrong with the document. */
export async function asDocument<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new SealgateError('document_malformed', { problem: error.message }, { cause: error });
  }
}

interface Outcome {
  readonly signature: ExaminedSignature;
  readonly material: Material;
}

async function examineElement(node: TreeElement, tree: XmlTree, examination: Examination): Promise<Outcome> {
  const checks = new Checks();
  let signature: XmlSignature;
  try {
    signature = readSignature(node);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { signature: unreadable(checks, error), material: noMaterial };
  }
  const followed = await followAll(signature, tree, examination);
  const references = isFailure(followed) ? [] : followed;
  const properties = propertiesOf(signature, references);
  const certificates = keyInfoCertificates(signature, tree);
  const unsigned = properties === undefined ? noMaterial : materialIn(properties.unsigned);
  const parsed = (values: readonly Uint8Array[]) =>
    parseCertificates(values, examination.budget, parseCertificate).certificates;
  const found = { inKeyInfo: parsed(certificates), inValues: parsed(unsigned.certificates) };
  const outcome = isFailure(followed)
    ? { intact: undefined, failure: followed }
    : await verified({ signature, references, properties }, found, examination);
  const timestamps = await timestampsOf({ signature, references, properties }, examination);
  const counter = await counterSignatures(properties, signature, tree, examination);
  const isNaming = outcome.intact?.namesCertificate ?? properties !== undefined;
  return {
    signature: {
      format: isNaming && properties !== undefined ? 'XAdES' : 'XMLDSig',
      checks,
      value: signature.value,
      ...outcome,
      level: isNaming && properties !== undefined ? levelOf(properties, timestamps) : undefined,
      coverage: coverageOf(signature, references, tree, examination.contents),
      timestamps,
      counterSignatures: counter.map((each) => each.signature),
    },
    material: joined([{ ...noMaterial, certificates }, unsigned, ...counter.map((each) => each.material)]),
  };
}

function unreadable(checks: Checks, failure: SealgateError): ExaminedSignature {
  const nothing = { intact: undefined, level: undefined, coverage: undefined };
  return {
    ...{ format: 'XMLDSig', checks, value: new Uint8Array(), failure, ...nothing },
    ...{ timestamps: [], counterSignatures: [] },
  };
}

/** Every reference with what it led to, or why one leads nowhere. */
export async function followAll(
  { node, references }: XmlSignature,
  tree: XmlTree,
  { contents, budget }: Examination,
): Promise<readonly FollowedReference[] | SealgateError> {
  const followed: FollowedReference[] = [];
  for (const reference of references) {
    try {
      const scope = { tree, contents, signature: node };
      const resolved = await inSlices(resolveReference(reference, scope), budget.share);
      // Several references to the same large element cost each time.
      if (resolved.octets instanceof Uint8Array) budget.spend('octets', resolved.octets.length);
      if (isForeignObject(reference, resolved.target, node)) return missing(reference);
      followed.push({ ...reference, resolved });
    } catch (error) {
      if (!isFailure(error) || isFailure(error, 'budget_exhausted')) throw error;
      return error;
    }
  }
  return followed;
}

/** What is called an object has to be one of this very signature: elsewhere it is what somebody has put in its place. */
function isForeignObject({ type }: Reference, target: TreeElement | undefined, node: TreeElement): boolean {
  return type === objectType && target !== undefined && target.parent !== node;
}

function missing({ uri }: Reference): SealgateError<'signed_data_missing'> {
  return new SealgateError('signed_data_missing', uri === undefined ? {} : { files: [uri] });
}

interface Followed {
  readonly signature: XmlSignature;
  readonly references: readonly FollowedReference[];
  readonly properties: Properties | undefined;
}

async function verified(
  { signature, references, properties }: Followed,
  found: { readonly inKeyInfo: readonly Certificate[]; readonly inValues: readonly Certificate[] },
  examination: Examination,
): Promise<{ readonly intact: IntactSignature | undefined; readonly failure: SealgateError | undefined }> {
  try {
    for (const { digest, value, resolved } of references) {
      const actual = await digestOfContent(digest, resolved.octets);
      if (actual.length !== value.length || !timingSafeEqual(actual, value))
        throw new SealgateError('document_changed', { file: resolved.name });
    }
    const marks = properties === undefined ? [] : signingCertificates(properties);
    // Values nobody signed; one of them counts where what is signed names it.
    const named = found.inValues.filter((each) =>
      marks.some((mark) => differenceFrom(mark, each) === undefined),
    );
    const candidates = [...found.inKeyInfo, ...examination.known, ...named];
    const signer = await signerOf(signature, candidates, marks, examination);
    const difference = marks.map((mark) => differenceFrom(mark, signer)).find((each) => each !== undefined);
    const intact = {
      signer,
      algorithm: signature.algorithm,
      digests: references.map(({ digest }) => digest),
      namesCertificate: marks.length > 0 || isKeyInfoSigned(signature, references),
      signingTime: properties && signingTimeIn(properties),
    };
    if (difference === undefined) return { intact, failure: undefined };
    return { intact, failure: new SealgateError('signer_certificate_substituted', { problem: difference }) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { intact: undefined, failure: error };
  }
}

/** The certificate under whose key the signature holds. Throws `signature_invalid` and `signer_certificate_missing`. */
async function signerOf(
  { signedInfo, form, algorithm, value }: XmlSignature,
  candidates: readonly Certificate[],
  marks: ReturnType<typeof signingCertificates>,
  { budget }: Examination,
): Promise<Certificate> {
  const nodes = { apex: signedInfo, document: undefined, excluded: new Set<TreeElement>() };
  const signed = await asDocument(inSlices(canonicalSteps(nodes, form), budget.share));
  const name = signatureAlgorithmName(algorithm);
  for (const certificate of candidates) {
    budget.payWork(verificationCost(certificate.publicKey, signed.length), 'pool');
    const key = publicKeyOf(certificate.publicKey);
    if (key.family === 'unusable' || !fitsKey(algorithm, key)) continue;
    budget.spend('signatures');
    // XML Signature writes ECDSA as r ‖ s (XML Signature 1.1, section 6.4.3).
    const holds = await inTurn(
      () => verifySignatureValue(algorithm, key, signed, value, 'ieee-p1363'),
      budget.share,
    );
    if (holds) return certificate;
  }
  const isNamedHere = candidates.some((each) =>
    marks.some((mark) => differenceFrom(mark, each) === undefined),
  );
  if (candidates.length === 0 || (marks.length > 0 && !isNamedHere))
    throw new SealgateError('signer_certificate_missing', { identifier: 'KeyInfo' });
  const unusable = candidates.map(({ publicKey }) => publicKeyOf(publicKey)).find(isUnknown);
  if (unusable === undefined) throw new SealgateError('signature_invalid', { algorithm: name });
  throw new SealgateError('algorithm_forbidden', {
    algorithm: unusable.kind,
    where: 'signer-certificate',
    accepted: describeAccepted(currentAlgorithms),
  });
}

function isUnknown(key: ReturnType<typeof publicKeyOf>): key is Extract<typeof key, { family: 'unusable' }> {
  return key.family === 'unusable';
}

async function timestampsOf(
  { signature, references, properties }: Followed,
  examination: Examination,
): Promise<readonly ExaminedTimestamp[]> {
  if (properties === undefined) return [];
  const examined: ExaminedTimestamp[] = [];
  const stamped = { signature, references, properties };
  for (const each of placedTimestamps(stamped, examination.budget.share))
    examined.push(await examineTimestamp(each, examination));
  return examined;
}

/** Countersignatures in the properties that are over the value of this very signature (EN 319 132-1, section 5.2.7). */
async function counterSignatures(
  properties: Properties | undefined,
  { valueNode }: XmlSignature,
  tree: XmlTree,
  examination: Examination,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const property of properties?.unsigned ?? []) {
    if (!isNamed(property, xadesUri, 'CounterSignature')) continue;
    for (const node of childrenNamed(property, signatureUri, 'Signature')) {
      const outcome = await examineElement(node, tree, examination);
      outcomes.push(isOver(node, valueNode, tree) ? outcome : withoutObject(outcome));
    }
  }
  return outcomes;
}

function isOver(node: TreeElement, valueNode: TreeElement, tree: XmlTree): boolean {
  return readSignature(node).references.some(
    ({ uri, type }) =>
      (type === undefined || type === counterSignedType || type === '') &&
      uri?.startsWith('#') === true &&
      tree.byId.get(uri.slice(1)) === valueNode,
  );
}

function withoutObject({ signature, material }: Outcome): Outcome {
  const failure =
    signature.failure ??
    new SealgateError('document_malformed', { problem: 'the countersignature is over something else' });
  return { signature: { ...signature, failure }, material };
}
