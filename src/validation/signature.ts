import type { AlgorithmPolicy } from '../algorithm/policy.ts';
import { signatureAlgorithmName } from '../algorithm/signature-algorithm.ts';
import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { inTurn } from '../budget/slices.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { Indication, Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import type { AnchorSet } from '../path/pool.ts';
import { type ProfileName, profiles } from '../path/profile.ts';
import { Checks } from '../report/check.ts';
import { type Verdict, verdictOf } from '../report/verdict.ts';
import type { SignerInfo } from '../signature/signed-data.ts';
import { openMessage, type SignedMessage } from '../signature/signed-message.ts';
import { type SignatureRules, type VerifiedSignature, verifySigner } from '../signature/verify.ts';
import { type CertificateFacts, factsOf, type PathFacts, pathFacts } from './certificate.ts';
import {
  checksRevocation,
  type Given,
  type GivenEvidence,
  groundOfAnchors,
  readAnchors,
  readGiven,
  type ValidationGround,
} from './ground.ts';

/** What the validation of a signed document depends on; encodings are DER. */
export interface SignatureQuestion extends GivenEvidence {
  /** CMS SignedData, DER or BER. */
  readonly message: Uint8Array;
  /** The document, where the signature is detached; where it is attached, this has to be the same. */
  readonly content?: Uint8Array | undefined;
  readonly anchors: readonly Uint8Array[];
  readonly language: Language;
}

/** The verdict on one signer of a message. */
export interface SignerVerdict extends Verdict, PathFacts {
  /** Absent where it cannot be told which certificate signed, or the signature does not hold. */
  readonly certificate?: CertificateFacts;
  readonly algorithm?: string;
  /** ISO 8601; a claim of the signer. */
  readonly signingTime?: string;
  /** Whether the signature binds its certificate, as CAdES asks; without that another of the same key could be put in its place. */
  readonly namesCertificate?: boolean;
}

/** The verdict on a message: that of its worst signer. */
export interface SignatureVerdict extends Verdict {
  /** ISO 8601. */
  readonly at: string;
  readonly profile: ProfileName;
  /** Absent where the message cannot be read. */
  readonly form?: 'attached' | 'detached';
  readonly signers: readonly SignerVerdict[];
}

/**
 * Validates every signer of a message by what is given and nothing else: signature, path, and revocation where lists
 * or answers are there, in the message or beside it. The rules of a login are not asked for: signed attributes may be
 * missing, and whether the signer's certificate is named is told. What is in the encodings becomes the verdict.
 * Throws `request_malformed` where the signature is detached and no content is given.
 */
export function validateSignature(question: SignatureQuestion): Promise<SignatureVerdict> {
  const budget = new Budget(documentCommandLimits);
  let anchors: AnchorSet | undefined;
  return judgeSignature(question, budget, (given, checks) => {
    anchors ??= readAnchors(question.anchors);
    return groundOfAnchors(anchors, given, question, budget, checks);
  });
}

/** Makes the ground for one signer; failures that it throws become the verdict. */
export type GroundOf = (given: Given, checks: Checks) => ValidationGround;

/** Validates every signer of a message on any ground, within one budget. Throws as `validateSignature` does. */
export async function judgeSignature(
  question: Omit<SignatureQuestion, 'anchors'>,
  budget: Budget,
  groundOf: GroundOf,
): Promise<SignatureVerdict> {
  const { at, profile, language } = question;
  const common = { at: new Date(at).toISOString(), profile };
  let message: SignedMessage;
  let given: Given;
  try {
    message = openMessage(question.message, budget);
    const { signers } = message.signedData;
    if (signers.length === 0) throw new SealgateError('signature_signer_count', { count: 0 });
    given = await readGivenIn(message, question, budget);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { ...verdictOf([], error, language), ...common, signers: [] };
  }
  const { signedData } = message;
  const content = signedData.content ?? question.content;
  if (content === undefined) {
    throw new SealgateError('request_malformed', { field: 'content', problem: 'the signature is detached' });
  }
  const signers: SignerVerdict[] = [];
  for (const signer of signedData.signers) {
    const covered = question.content ?? content;
    signers.push(await judgeSigner(message, signer, covered, question, given, budget, groundOf));
  }
  const { indication, subIndication, failure } = worstOf(signers);
  return {
    indication,
    ...defined({ subIndication, failure }),
    ...common,
    form: signedData.content === undefined ? 'detached' : 'attached',
    signers,
    checks: [],
  };
}

/** What is in the message, and beside it. */
async function readGivenIn(
  { signedData, certificates }: SignedMessage,
  { untrusted, lists, answers }: GivenEvidence,
  budget: Budget,
): Promise<Given> {
  const beside = await readGiven(
    {
      untrusted,
      lists: [...signedData.crls, ...lists],
      answers: [...signedData.ocspResponses, ...answers],
    },
    budget,
  );
  return {
    values: beside.values,
    certificates: {
      certificates: [...certificates.certificates, ...beside.certificates.certificates],
      broken: [...certificates.broken, ...beside.certificates.broken],
    },
  };
}

async function judgeSigner(
  message: SignedMessage,
  signerInfo: SignerInfo,
  content: Uint8Array,
  { profile, language }: Omit<SignatureQuestion, 'anchors'>,
  given: Given,
  budget: Budget,
  groundOf: GroundOf,
): Promise<SignerVerdict> {
  const checks = new Checks();
  let signature: VerifiedSignature | undefined;
  let isAsked = false;
  try {
    const ground = groundOf(given, checks);
    isAsked = checksRevocation(ground);
    const rules = documentRules(profiles[profile].algorithms);
    const { share } = budget;
    const verify = () => verifySigner(message, signerInfo, content, rules, checks, budget, ground.pool);
    signature = await inTurn(verify, share);
    const facts = await pathFacts(ground, signature.signer, checks);
    return { ...verdictOf(checks.list, undefined, language), ...signatureFacts(signature), ...facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return {
      ...verdictOf(checks.list, error, language),
      ...(signature === undefined ? {} : signatureFacts(signature)),
      revocation: isAsked ? 'undetermined' : 'unchecked',
    };
  }
}

function documentRules(algorithms: AlgorithmPolicy): SignatureRules {
  return {
    algorithms,
    requiresSignedAttributes: false,
    requiresSigningCertificate: false,
    acceptsUtf16Content: false,
  };
}

function signatureFacts({ signer, algorithm, signingTime, concessions }: VerifiedSignature) {
  return {
    certificate: factsOf(signer),
    algorithm: signatureAlgorithmName(algorithm),
    ...(signingTime === undefined ? {} : { signingTime: new Date(signingTime).toISOString() }),
    namesCertificate: !concessions.includes('missing-signing-certificate'),
  };
}

const badness: Readonly<Record<Indication, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
};

/** One false signature spoils a message; one that is open leaves it open. */
function worstOf(signers: readonly SignerVerdict[]): Verdict {
  return signers.reduce((worst, signer) =>
    badness[signer.indication] > badness[worst.indication] ? signer : worst,
  );
}
