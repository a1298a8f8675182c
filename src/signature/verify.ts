import { verificationCost } from '../algorithm/cost.ts';
import { type DigestAlgorithm, digestByOid } from '../algorithm/digest.ts';
import { hasNoParameters, isSameAlgorithm } from '../algorithm/identifier.ts';
import { type AlgorithmPolicy, describeAccepted, forbiddenBy } from '../algorithm/policy.ts';
import { type PublicKey, publicKeyOf } from '../algorithm/public-key.ts';
import {
  digestContradicting,
  digestNames,
  fitsKey,
  resolveSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithmName,
} from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import { EncodingError } from '../asn1/error.ts';
import type { Budget } from '../budget/budget.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import type { Term } from '../failure/vocabulary.ts';
import type { Checks } from '../report/check.ts';
import { readSignedAttributes, type SignedAttributes } from './attributes.ts';
import { establishContent } from './content.ts';
import type { DetachedContent } from './content-file.ts';
import { contentOids } from './oids.ts';
import {
  protectsAlgorithms,
  readContentType,
  readMessageDigest,
  readSigningTime,
  refuseMisplacedAttributes,
} from './signed-attribute.ts';
import { asMalformed, type SignerInfo, type Version } from './signed-data.ts';
import { openMessage, type SignedMessage } from './signed-message.ts';
import { chooseSigner } from './signer-certificate.ts';
import { readSigningCertificates } from './signing-certificate.ts';

/** What a relying party asks of a signature. */
export interface SignatureRules {
  readonly algorithms: AlgorithmPolicy;
  /** Refuse a signature without signed attributes; always so for logins. */
  readonly requiresSignedAttributes: boolean;
  /** Refuse a signature whose signed attributes do not name the signer's certificate, as CAdES-BES does. */
  readonly requiresSigningCertificate: boolean;
  /** Accept the expected text in UTF-16LE, a mistake of some CryptoPro wrappers. */
  readonly acceptsUtf16Content: boolean;
  /** The content is the signature of another signer; then no content-type is signed (RFC 5652, section 11.4). */
  readonly isCounterSignature?: boolean;
  /** Longest signed attributes, in octets; those of logins stay under 16 KiB. */
  readonly longestSignedAttributes?: number;
}

/** A rule that the relying party's policy waived for this signature. */
export type Concession = 'missing-signing-certificate' | 'utf-16-content' | 'mislabelled-gost';

declare const verified: unique symbol;

/**
 * A signature that holds: exactly the expected content, signed with the key of `signer`. It says nothing about
 * whether that certificate is to be trusted. Only this module makes one.
 */
export interface VerifiedSignature {
  readonly [verified]: true;
  readonly signer: Certificate;
  /** The other certificates of the message, unverified, for building a path. */
  readonly certificates: readonly Certificate[];
  /** Revocation information that came along, unverified: encodings of CertificateList and OCSPResponse. */
  readonly crls: readonly Uint8Array[];
  readonly ocspResponses: readonly Uint8Array[];
  /** Milliseconds since the epoch; a claim of the signer, undefined where there is none. */
  readonly signingTime: number | undefined;
  readonly algorithm: SignatureAlgorithm;
  readonly concessions: readonly Concession[];
  readonly signerInfo: SignerInfo;
}

/**
 * Verifies the CMS signature of a login: one signer, content of type data that is `content`, and all that
 * `verifySigner` asks. `known` are certificates that a message which lacks the signer's may mean; `parse` may be a
 * CertificateMemory's.
 *
 * Throws `budget_exhausted`, `signature_malformed`, `signature_signer_count`, `signature_content_mismatch`,
 * `signature_attributes_ambiguous`, `signature_attributes_missing`, `signature_attributes_unsorted`,
 * `signature_digests_differ`, `signature_algorithm_mislabelled`, `signer_certificate_missing`,
 * `signer_certificate_substituted`, `certificate_malformed`, `algorithm_forbidden` or `signature_invalid`.
 */
export function verifySignature(
  message: Uint8Array,
  content: Uint8Array,
  rules: SignatureRules,
  checks: Checks,
  budget: Budget,
  known: readonly Certificate[] = [],
  parse: (der: Uint8Array) => Certificate = parseCertificate,
): VerifiedSignature {
  const opened = openMessage(message, budget, parse);
  const { signedData } = opened;
  const form = signedData.content === undefined ? 'detached' : 'attached';
  checks.passed('signature', 'signature.format', { form });
  const [signer] = signedData.signers;
  if (signer === undefined || signedData.signers.length > 1) {
    throw new SealgateError('signature_signer_count', { count: signedData.signers.length });
  }
  if (signedData.contentType !== contentOids.data) throw new SealgateError('signature_content_mismatch');
  return verifySigner(opened, signer, content, rules, checks, budget, known);
}

/**
 * Verifies one signer of a message over `content` by the rules given; throws as `verifySignature` does, and
 * `signature_content_type_unsigned`.
 */
export function verifySigner(
  message: SignedMessage,
  signer: SignerInfo,
  content: DetachedContent,
  rules: SignatureRules,
  checks: Checks,
  budget: Budget,
  known: readonly Certificate[] = [],
): VerifiedSignature {
  const { signedData } = message;
  try {
    noteVersion('SignedData', signedData.version, checks);
    noteVersion('SignerInfo', signer.version, checks);
    if (signer.unsignedAttributes !== undefined) refuseMisplacedAttributes(signer.unsignedAttributes);
    const attributes = attributesOf(signer, signedData.contentType, rules);
    const digestAlgorithm = digestOf(signer, rules.algorithms);
    // RFC 5652, section 5.1, lets a verifier insist: whoever reads in one pass hashes by what is announced.
    if (!signedData.digestAlgorithms.some((announced) => isSameAlgorithm(announced, signer.digestAlgorithm)))
      throw new EncodingError('digest algorithm of the signer is not announced', 0);
    const contentType = rules.isCounterSignature === true ? undefined : signedData.contentType;
    const signedDigest = attributes && signedDigestOf(attributes, digestAlgorithm, contentType);
    const covered = establishContent(signedData.content, content, signedDigest, rules.acceptsUtf16Content);
    checks.passed('signature', 'signature.content', { digest: digestNames[digestAlgorithm] });

    const references = attributes === undefined ? [] : readSigningCertificates(attributes);
    if (attributes !== undefined && references.length === 0 && rules.requiresSigningCertificate) {
      throw new SealgateError('signature_attributes_missing', { attributes: ['signing-certificate'] });
    }
    if (references.length > 0 && references.every(({ version }) => version === 1)) {
      checks.warning('signature', 'signature.signing-certificate', { version: 1, digest: digestNames.sha1 });
    }
    const certificate = chooseSigner(
      signer.identifier,
      references,
      message.certificates,
      known,
      rules.algorithms.digests,
    );
    checks.add({
      stage: 'signature',
      name: 'signature.certificate',
      outcome: 'passed',
      subject: certificate.shortName,
    });

    const signed = attributes?.der ?? covered.octets;
    if (signed === undefined) throw new Error('content in a file goes with signed attributes');
    const pay = () => budget.payWork(verificationCost(certificate.publicKey, signed.length), 'operator');
    pay();
    const key = keyOf(certificate, rules.algorithms);
    const algorithm = algorithmOf(signer, digestAlgorithm, key, attributes, rules.algorithms);
    const holdsOver = (octets: Uint8Array) => {
      budget.spend('signatures');
      return verifySignatureValue(algorithm, key, octets, signer.signature);
    };
    if (!holdsOver(signed)) {
      if (attributes?.sent !== undefined) pay();
      // One over the attributes in the order in which they were sent tells of a wrong tool, and not of a wrong key.
      const isUnsorted = attributes?.sent !== undefined && holdsOver(attributes.sent);
      const code = isUnsorted ? 'signature_attributes_unsorted' : 'signature_invalid';
      throw new SealgateError(code, { algorithm: signatureAlgorithmName(algorithm) });
    }
    checks.passed('signature', 'signature.value', { algorithm: signatureAlgorithmName(algorithm) });

    const concessions: Concession[] = [];
    if (references.length === 0) concessions.push('missing-signing-certificate');
    if (covered.form === 'utf-16le') concessions.push('utf-16-content');
    if (isMislabelled(algorithm)) concessions.push('mislabelled-gost');
    for (const concession of concessions) checks.warning('signature', 'signature.concession', { concession });
    return {
      signer: certificate,
      certificates: message.certificates.certificates.filter((other) => other !== certificate),
      crls: signedData.crls,
      ocspResponses: signedData.ocspResponses,
      signingTime: attributes && readSigningTime(attributes),
      algorithm,
      concessions,
      signerInfo: signer,
    } as Omit<VerifiedSignature, typeof verified> as VerifiedSignature;
  } catch (error) {
    throw asMalformed(error, 'signer');
  }
}

/** A number that breaks RFC 5652 is worth a word, since real makers err in it, and nothing more. */
function noteVersion(field: string, { written, right }: Version, checks: Checks): void {
  if (written === right) return;
  checks.warning('signature', 'signature.version', { field, version: written, required: right });
}

function isMislabelled(algorithm: SignatureAlgorithm): boolean {
  return 'isMislabelled' in algorithm && algorithm.isMislabelled === true;
}

/** RFC 5652, section 5.3: without signed attributes nothing but plain data may be signed. */
function attributesOf(
  signer: SignerInfo,
  contentType: string,
  rules: SignatureRules,
): SignedAttributes | undefined {
  if (signer.signedAttributes !== undefined) {
    return readSignedAttributes(signer.signedAttributes, rules.longestSignedAttributes);
  }
  if (contentType !== contentOids.data) {
    throw new SealgateError('signature_content_type_unsigned', { contentType });
  }
  if (!rules.requiresSignedAttributes) return undefined;
  throw new SealgateError('signature_attributes_missing', { attributes: ['signed-attributes'] });
}

function signedDigestOf(
  attributes: SignedAttributes,
  algorithm: DigestAlgorithm,
  contentType: string | undefined,
) {
  const signedType = readContentType(attributes);
  const value = readMessageDigest(attributes);
  const missing: Term[] = [];
  if (signedType === undefined && contentType !== undefined) missing.push('content-type');
  if (value === undefined) missing.push('message-digest');
  if (value === undefined || missing.length > 0) {
    throw new SealgateError('signature_attributes_missing', { attributes: missing });
  }
  if (signedType !== contentType) throw new SealgateError('signature_content_mismatch');
  return { algorithm, value };
}

function forbidden(algorithm: string, where: Term, policy: AlgorithmPolicy, cause?: unknown): SealgateError {
  return new SealgateError(
    'algorithm_forbidden',
    { algorithm, where, accepted: describeAccepted(policy) },
    { cause },
  );
}

function digestOf(signer: SignerInfo, policy: AlgorithmPolicy): DigestAlgorithm {
  const { digestAlgorithm } = signer;
  const name = hasNoParameters(digestAlgorithm) ? digestByOid(digestAlgorithm.oid) : undefined;
  if (name === undefined) throw forbidden(digestAlgorithm.oid, 'message-digest', policy);
  const isAccepted = policy.digests.has(name) || (name === 'gost94' && policy.acceptsGost2001);
  if (!isAccepted) throw forbidden(digestNames[name], 'message-digest', policy);
  return name;
}

function keyOf(certificate: Certificate, policy: AlgorithmPolicy): PublicKey {
  const key = publicKeyOf(certificate.publicKey);
  if (key.family !== 'unusable') return key;
  if (key.reason === 'unknown') throw forbidden(key.kind, 'signer-certificate', policy);
  throw new SealgateError('certificate_malformed', {
    ...certificate.naming,
    rule: key.kind,
  });
}

/** Takes the key from the certificate and asks the message's identifiers to agree with it, never the reverse. */
function algorithmOf(
  signer: SignerInfo,
  digestAlgorithm: DigestAlgorithm,
  key: PublicKey,
  attributes: SignedAttributes | undefined,
  policy: AlgorithmPolicy,
): SignatureAlgorithm {
  const algorithm = resolveSignatureAlgorithm(signer.signatureAlgorithm, digestAlgorithm);
  const contradicting = algorithm ?? digestContradicting(signer.signatureAlgorithm, digestAlgorithm);
  if (typeof contradicting === 'string') {
    throw new SealgateError('signature_digests_differ', {
      messageDigest: digestNames[digestAlgorithm],
      signatureDigest: digestNames[contradicting],
    });
  }
  if (algorithm === undefined) throw forbidden(signer.signatureAlgorithm.oid, 'signature', policy);
  // RFC 8419, section 3.1: Ed25519 in CMS goes with SHA-512, and anything else is not what it seems.
  if (algorithm.family === 'ed25519' && attributes !== undefined && digestAlgorithm !== 'sha512') {
    throw forbidden(`Ed25519 with ${digestNames[digestAlgorithm]}`, 'signature', policy);
  }
  if (!fitsKey(algorithm, key)) {
    throw new SealgateError('signature_invalid', { algorithm: signatureAlgorithmName(algorithm) });
  }
  if (isMislabelled(algorithm) && !policy.acceptsMislabelledGost) {
    throw new SealgateError('signature_algorithm_mislabelled', {
      algorithm: signatureAlgorithmName(algorithm),
    });
  }
  const isProtected =
    attributes === undefined ||
    protectsAlgorithms(attributes, signer.digestAlgorithm, signer.signatureAlgorithm);
  if (!isProtected)
    throw new SealgateError('signature_invalid', { algorithm: signatureAlgorithmName(algorithm) });
  const reason = forbiddenBy(policy, algorithm, key);
  if (reason !== undefined) throw forbidden(reason, 'signature', policy);
  return algorithm;
}
