/** What one request may cost; what runs out is named in the failure. */
export interface BudgetLimits {
  /** Signatures verified, whoever asks. */
  readonly signatures: number;
  /** What verifying them costs, each by the kind and size of the key (see `verificationCost`): about microseconds. */
  readonly work: number;
  /** The part of it under keys of the pool: whoever sent a message chose them. */
  readonly poolWork: number;
  /** The part of it on lists and answers of a message that speak against its own signer. */
  readonly claimWork: number;
  /** Octets that are parsed: the message, what is embedded in it, documents; each once. */
  readonly octets: number;
  /** Octets of the pool that are looked into: the target, possible issuers, and names prepared for comparing. */
  readonly poolOctets: number;
  /** Issuers from the pool for one certificate whose key turns out not to have signed it. */
  readonly poolCandidates: number;
  /** Certificates looked at as possible issuers, counted each time. */
  readonly certificates: number;
  /** Certificates between the target and the anchor. */
  readonly depth: number;
  /** Names compared with subtrees of name constraints of their own form. */
  readonly nameComparisons: number;
  /** Nodes and edges of the policy graph. */
  readonly policyNodes: number;
}

/** A kind of cost; the names are those of the vocabulary. */
export type BudgetKind = keyof BudgetLimits;

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/**
 * For whoever holds up nobody but themselves: command lines, one question at a time. Wide enough for every real path
 * that is known. Signatures as in rustls-webpki 0.103 (`DEFAULT_MAX_SIGNATURE_CHECKS`), name comparisons as in OpenSSL
 * (`NAME_CHECK_MAX`). Depth: the longest path of NIST PKITS has seven certificates in between. Certificates: an
 * accredited authority has up to seven keys and four certificates a key, so that even a crossed set of them stays below
 * a thousand. Policies: real certificates list fewer than thirty. Octets: the largest real lists.
 */
export const usualLimits: BudgetLimits = {
  signatures: 100,
  work: 20_000,
  poolWork: 15_000,
  claimWork: 15_000,
  octets: 512 * mebibyte,
  poolOctets: 8 * mebibyte,
  poolCandidates: 5000,
  certificates: 5000,
  depth: 12,
  nameComparisons: 1 << 20,
  policyNodes: 10_000,
};

/**
 * For a sign-in and for the connection of a carrier, which is one: a stranger's message stands in the way of everybody
 * else's. Under P-521 a message, its path of four and a list for each of these pass, and so does one of GOST with every
 * key that its authority ever had, with a power of attorney beside it. A pool is one message, so that eight keys of one
 * name are more than any maker sends. What speaks against its own signer is no honest maker's: so much is looked into
 * as one list under a key of P-521 costs. Octets: the largest message and the largest power of attorney, each parsed
 * as a whole and once more in its parts.
 */
export const signInLimits: BudgetLimits = {
  ...usualLimits,
  work: 16_000,
  poolWork: 4500,
  claimWork: 1200,
  octets: mebibyte,
  poolOctets: 48 * kibibyte,
  poolCandidates: 8,
  certificates: 1000,
  nameComparisons: 1 << 16,
};

/** For a power of attorney that is laid ready: as a sign-in, of which the largest part is the proof of a signer. */
export const powerLimits: BudgetLimits = signInLimits;

/**
 * For one certificate that a relying party asks about: everything that is sent may be read, since it asks about strange
 * certificates; how long it takes is its own matter, because long work gives way to others'.
 */
export const certificateLimits: BudgetLimits = {
  ...usualLimits,
  octets: mebibyte,
  poolOctets: mebibyte,
  nameComparisons: 1 << 18,
};

/**
 * For a signed document with up to 64 signers: 64 times a signature, its certificate's and an answer with that of its
 * responder, all under GOST of 512 bits, which is 64,000, and the authorities and lists that they share.
 */
export const documentLimits: BudgetLimits = {
  ...certificateLimits,
  signatures: 600,
  work: 80_000,
  poolWork: 40_000,
  claimWork: 80_000,
};

/** For a document that was uploaded: as one of a request's body, of the length that a service takes into its memory. */
export const uploadedDocumentLimits: BudgetLimits = {
  ...documentLimits,
  octets: 256 * mebibyte,
  poolOctets: 2 * mebibyte,
};

/** For a command line that looks at a document: as over HTTP, and files of any size. */
export const documentCommandLimits: BudgetLimits = {
  ...documentLimits,
  octets: usualLimits.octets,
  poolOctets: usualLimits.poolOctets,
};
