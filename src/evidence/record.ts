import { z } from 'zod';
import { failureCodes } from '../failure/catalogue.ts';
import type { LoginVerdict } from '../report/login-verdict.ts';
import { sectionNames } from '../report/section.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const outcome = z.enum(['passed', 'failed', 'warning', 'skipped']);
const code = z.enum(failureCodes);

const wording = z.looseObject({ title: z.string(), cause: z.string(), remedy: z.string().optional() });

const verdict = z.looseObject({
  indication: z.enum(['TOTAL-PASSED', 'TOTAL-FAILED', 'INDETERMINATE']),
  subIndication: z.string().optional(),
  code: code.optional(),
  sections: z.array(
    z.looseObject({
      section: z.enum(sectionNames),
      outcome,
      code: code.optional(),
      en: wording,
      ru: wording,
      checks: z.array(
        z.looseObject({ stage: z.string(), name: z.string(), outcome, subject: z.string().optional() }),
      ),
    }),
  ),
}) as unknown as z.ZodType<LoginVerdict>;

/**
 * What is kept of one login beside its message: the audit has its digest, and it has the digests of everything else.
 * Times are milliseconds since the epoch.
 */
const fields = {
  at: z.number(),
  traceId: z.string(),
  /** SHA-256 of the relying party's registration and policy, as they were. */
  client: sha256,
  challenge: z.strictObject({
    relyingParty: z.string(),
    origin: z.string(),
    language: z.enum(['en', 'ru']),
    organisation: z
      .strictObject({ name: z.string().exactOptional(), inn: z.string().exactOptional() })
      .exactOptional(),
    text: z.string(),
    nonceHash: z.string(),
    issuedAt: z.number(),
    expiresAt: z.number(),
  }),
  /** SHA-256 of the message that was signed. */
  message: sha256,
  /** SHA-256 of a power of attorney that came along, and of its signature. */
  power: z.strictObject({ document: sha256, signature: sha256 }).nullable(),
  /** SHA-256 of the excerpts of what was trusted; empty where the login ended before that was asked. */
  trust: z.array(sha256).max(20),
  /** Certificates that the excerpts name. */
  certificates: z.array(sha256).max(1000),
  revocation: z
    .array(z.strictObject({ kind: z.enum(['crl', 'ocsp']), url: z.string(), key: z.string(), sha256 }))
    .max(1000),
  /** What could be asked beside trust and revocation. */
  asked: z.enum(['nothing', 'register', 'powers']),
  /** What the service's state and other registers answered, by question. */
  told: z
    .array(
      z.strictObject({
        question: z.string(),
        answer: z.unknown().optional(),
        failure: z.strictObject({ code: z.string(), details: z.unknown() }).exactOptional(),
      }),
    )
    .max(1000),
  /** Whether the verification itself passed; what refused the login then came after it, such as a used challenge. */
  isVerified: z.boolean(),
  /** Who signed in, by which class of certificate; null where nobody did. */
  result: z
    .strictObject({
      organisation: z.looseObject({}),
      signer: z.looseObject({}),
      certificate: z.string(),
      acr: z.string(),
      revocation: z.looseObject({}).nullable(),
    })
    .nullable(),
  verdict,
};

/** As an earlier version kept it: every message whole, and what the database answered under the text of the question. */
const version1 = z.strictObject({ version: z.literal(1), ...fields });

const version2 = z.strictObject({
  version: z.literal(2),
  ...fields,
  /** SHA-256 of what of the message is kept: of itself, or of what the verdict rests on. */
  keptMessage: sha256,
  /** SHA-256 of octets that the answers in `told` have in them by their digest. */
  toldObjects: z.array(sha256).max(1000),
});

export const evidenceSchema = z
  .discriminatedUnion('version', [version1, version2])
  .transform((record) =>
    record.version === 1 ? { ...record, keptMessage: record.message, toldObjects: [] } : record,
  );

export type EvidenceRecord = z.infer<typeof version2>;

/** A record that was read, of this version or an earlier one. */
export type ReadRecord = z.output<typeof evidenceSchema>;
