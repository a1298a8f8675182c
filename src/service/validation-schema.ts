import { z } from 'zod';
import { extensionLevels } from '../document/extender.ts';
import { failureCodes } from '../failure/catalogue.ts';
import { profileNames } from '../path/profile.ts';
import { largestBody } from './body.ts';

/** Base64 of a file as it is, or its text: DER, PEM in any armour, base64; what it is, its reader says. */
const encoding = z.string().min(4).max(largestBody);
const encodings = z.array(encoding).max(64).default([]);

const common = {
  untrusted: encodings.meta({
    description: 'Certificates that may lie on the path: DER or collections (.p7b) as base64, or PEM.',
  }),
  lists: encodings.meta({
    description: 'Revocation lists beside those that the service has, DER as base64, or PEM.',
  }),
  answers: encodings.meta({
    description: 'OCSP answers beside those that the service gets, DER as base64, or PEM.',
  }),
  at: z.iso.datetime({ offset: true }).optional().meta({
    description:
      'The moment of the check; now if absent. For a moment gone by, revocation is judged by what comes with the request.',
    example: '2026-11-21T12:00:00Z',
  }),
  profile: z
    .enum(profileNames)
    .default('rfc5280')
    .meta({ description: 'Rules of the path; `qualified-gost` are those of a sign-in.' }),
};

export const certificateQuestion = z
  .strictObject({
    certificate: encoding.meta({
      description:
        'DER as base64, or PEM. Where there are several, the one that the others lead to is judged, and they may lie on its path.',
    }),
    ...common,
  })
  .meta({ id: 'CertificateQuestion' });

const contentName = z.string().min(1).max(1024);

const document = {
  message: encoding.meta({
    description:
      'The file that holds the signature: CMS (DER or BER, also in armour), PDF, XML, ASiC, or a time-stamp, as base64.',
  }),
  content: z
    .base64()
    .max(largestBody)
    .optional()
    .meta({ description: 'The document as base64, where the signature is detached.' }),
  contentName: contentName
    .optional()
    .meta({ description: 'The name by which an XML signature refers to it.' }),
  contents: z
    .array(z.strictObject({ name: contentName, content: z.base64().max(largestBody) }))
    .max(64)
    .default([])
    .meta({ description: 'Further documents to which a detached signature refers by name.' }),
};

export const signatureQuestion = z.strictObject({ ...document, ...common }).meta({ id: 'SignatureQuestion' });

export const timestampQuestion = z
  .strictObject({
    timestamp: encoding.meta({
      description: 'A token or the answer of an authority: DER as base64, or PEM.',
    }),
    content: document.content.meta({ description: 'What it has to be for, as base64.' }),
    ...common,
  })
  .meta({ id: 'TimestampQuestion' });

const { at: _, ...present } = common;

export const extensionQuestion = z
  .strictObject({
    ...document,
    level: z.enum(extensionLevels).meta({
      description:
        'T: a time-stamp over each signature. LT: and the evidence that the verdict rests on. LTA: and a time-stamp over all of it, to be renewed before its certificate ends.',
    }),
    ...present,
  })
  .meta({ id: 'ExtensionQuestion' });

const file = z.string().meta({ format: 'binary' });
const files = z.array(file).max(64).optional();
const uploadedEvidence = {
  untrusted: files.meta({ description: 'Certificates that may lie on the path.' }),
  lists: files.meta({ description: 'Revocation lists.' }),
  answers: files.meta({ description: 'OCSP answers.' }),
};

/** Texts of a form about a document. */
export const uploadTexts = z.strictObject({
  at: common.at,
  profile: common.profile,
  level: z.enum(extensionLevels).optional(),
});

const uploadedDocument = {
  message: file.meta({ description: 'The file that holds the signature, or the time-stamp.' }),
  content: files.meta({
    description:
      'What is signed, where the signature is detached: of any length. The name of each file is the one by which signatures refer to it.',
  }),
  ...uploadedEvidence,
  profile: common.profile,
};

export const signatureUpload = z
  .strictObject({ ...uploadedDocument, at: common.at })
  .meta({ id: 'SignatureUpload' });

export const extensionUpload = z
  .strictObject({ ...uploadedDocument, level: z.enum(extensionLevels) })
  .meta({ id: 'ExtensionUpload' });

const certificateFacts = z
  .strictObject({
    subject: z.string(),
    issuer: z.string(),
    serialNumber: z.string(),
    notBefore: z.iso.datetime(),
    notAfter: z.iso.datetime(),
    sha256: z.string(),
  })
  .meta({ id: 'CertificateFacts' });

const verdict = {
  indication: z.enum(['TOTAL-PASSED', 'TOTAL-FAILED', 'INDETERMINATE']),
  subIndication: z.string().optional(),
  failure: z
    .looseObject({
      code: z.enum(failureCodes),
      stage: z.string(),
      title: z.string(),
      cause: z.string(),
      remedy: z.string(),
    })
    .optional(),
  checks: z.array(z.looseObject({ stage: z.string(), name: z.string(), outcome: z.string() })),
};

const path = {
  path: z.array(certificateFacts).optional(),
  anchor: z.string().optional(),
  policies: z.array(z.string()).optional(),
  revocation: z.enum(['unchecked', 'good', 'undetermined']),
  revocationAsOf: z.iso.datetime().optional().meta({
    description: 'The time of the oldest list or answer that `good` rests on; nothing later is proven.',
  }),
};

const qualification = z
  .strictObject({
    qualified: z.boolean(),
    acr: z.string().optional(),
    authority: z.string().optional(),
    code: z.enum(failureCodes).optional(),
    cause: z.string().optional(),
  })
  .meta({
    id: 'Qualification',
    description: 'Whether it is a qualified certificate at that moment; the verdict does not hang on it.',
  });

export const certificateVerdict = z
  .strictObject({
    ...verdict,
    ...path,
    at: z.iso.datetime(),
    profile: z.string(),
    certificate: certificateFacts.optional(),
    qualification: qualification.optional(),
  })
  .meta({ id: 'CertificateVerdict', description: 'In the terms of ETSI EN 319 102-1, section 5.1.' });

const coverage = z
  .strictObject({
    extent: z.enum(['whole', 'part']),
    covered: z.array(z.string()),
    uncovered: z.array(z.string()),
  })
  .meta({ id: 'Coverage', description: 'What is covered; `whole`: all that was given as the document.' });

const timestampVerdict = z
  .strictObject({
    ...verdict,
    ...path,
    kind: z.enum(['content', 'signature', 'signature-and-references', 'references', 'archive', 'document']),
    sha256: z.string().meta({ description: 'Of the token as it stands in the document.' }),
    time: z.iso.datetime().optional(),
    imprint: z.enum(['matches', 'differs']).optional(),
    certificate: certificateFacts.optional(),
    algorithm: z.string().optional(),
    coverage: coverage.optional(),
  })
  .meta({ id: 'TimestampVerdict' });

const signatureFacts = z.strictObject({
  ...verdict,
  ...path,
  format: z.enum(['CMS', 'CAdES', 'XMLDSig', 'XAdES', 'PDF', 'PAdES']),
  name: z.string().optional(),
  level: z.enum(['B', 'T', 'C', 'X', 'XL', 'LT', 'A', 'LTA']).optional(),
  integrity: z.enum(['intact', 'broken']).optional(),
  certificate: certificateFacts.optional(),
  algorithm: z.string().optional(),
  signingTime: z.iso.datetime().optional(),
  namesCertificate: z.boolean().optional(),
  provenTime: z.iso.datetime().optional().meta({
    description: 'The earliest time at which a time-stamp proves the signature to have existed.',
  }),
  judgedAt: z.iso.datetime().optional().meta({ description: 'The time for which path and revocation hold.' }),
  coverage: coverage.optional(),
  modifications: z.enum(['none', 'allowed', 'annotations', 'forbidden']).optional().meta({
    description: 'Of a PDF: what was done after the signature was added.',
  }),
  timestamps: z.array(timestampVerdict),
  counterSignatures: z.array(z.looseObject({ indication: verdict.indication })),
  qualification: qualification.optional(),
});

export const signatureVerdict = z
  .strictObject({
    ...verdict,
    at: z.iso.datetime(),
    profile: z.string(),
    format: z.enum(['CMS', 'XML', 'PDF', 'ASiC-S', 'ASiC-E', 'time-stamp']).optional(),
    form: z.enum(['attached', 'detached']).optional(),
    signatures: z.array(signatureFacts.meta({ id: 'DocumentSignature' })),
    timestamps: z.array(timestampVerdict),
  })
  .meta({
    id: 'SignatureVerdict',
    description: 'That of the worst signature, and each signature’s and time-stamp’s own.',
  });

export const extensionAnswer = z
  .strictObject({
    document: z.base64().meta({ description: 'The extended document.' }),
    report: signatureVerdict,
  })
  .meta({ id: 'ExtendedDocument' });
