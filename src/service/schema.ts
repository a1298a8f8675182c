import { z } from 'zod';
import { longestAssertion } from '../assertion/check.ts';
import { longestChallenge } from '../challenge/challenge.ts';
import { largestSignature } from '../encoding/message.ts';
import { failureCodes } from '../failure/catalogue.ts';
import { largestPower } from '../power-of-attorney/element.ts';
import { shownText } from '../relying-party/registration.ts';
import { sectionNames } from '../report/section.ts';
import { largestBody } from './body.ts';
import { problemCodes } from './problem.ts';

const browser = z.string().min(8).max(256).meta({
  description: 'The portal’s own mark of the browser’s session, opaque to Sealgate. Only its hash is kept.',
  example: 'b3f2c1d09a7e4f55',
});

// Its form needs no check: it must equal a registered one, or the challenge's own.
const origin = z.string().min(1).max(255).meta({
  description: 'Origin of the page that asks the person to sign; one of those registered.',
  example: 'https://portal.example',
});

const moment = z.iso.datetime().meta({ example: '2026-11-21T12:00:00.000Z' });

export const askedOrganisation = z
  .strictObject({
    name: shownText(300).optional(),
    inn: z
      .string()
      .regex(/^(\d{10}|\d{12})$/)
      .optional(),
  })
  .meta({ description: 'The organisation, where the portal already knows it; it is shown in the text.' });

export const challengeRequest = z
  .strictObject({
    origin,
    browser,
    language: z
      .enum(['en', 'ru'])
      .optional()
      .meta({ description: 'Language of the text; the registered one if absent.' }),
    organisation: askedOrganisation.optional(),
  })
  .meta({ id: 'ChallengeRequest' });

export const challengeAnswer = z
  .strictObject({
    challenge: z
      .string()
      .max(longestChallenge)
      .meta({ description: 'To be sent back together with the signature.' }),
    text: z
      .string()
      .meta({ description: 'The text to show and to sign, exactly these characters in UTF-8.' }),
    content: z.base64().meta({ description: 'The octets to sign: `text` in UTF-8, as base64 for plug-ins.' }),
    expiresAt: moment,
  })
  .meta({ id: 'Challenge' });

/** Text of a file in base64 that may be broken into lines and in armour. */
const signature = (longest: number) =>
  z
    .string()
    .min(4)
    .max(Math.ceil(longest * 1.5));

const octets = (longest: number) =>
  z
    .base64()
    .min(4)
    .max(Math.ceil((longest * 4) / 3) + 4);

export const powerOfAttorney = z
  .strictObject({
    document: octets(largestPower).meta({ description: 'The XML document, base64 of its very octets.' }),
    signature: signature(largestPower).meta({
      description: 'The detached CMS signature over it, as base64 or in armour.',
    }),
  })
  .meta({
    id: 'PowerOfAttorney',
    description: 'A machine-readable power of attorney (МЧД) of the unified format 003.',
  });

export const loginRequest = z
  .strictObject({
    challenge: z.string().min(1).max(longestChallenge),
    signature: z
      .string()
      .max(largestBody)
      .meta({
        description: `CMS SignedData, attached or detached, DER or BER, as base64; at most ${largestSignature} octets.`,
      }),
    origin,
    browser,
    powerOfAttorney: powerOfAttorney.optional().meta({
      description: 'Of a representative; not needed where it lies ready in the organisation’s account.',
    }),
    address: z.union([z.ipv4(), z.ipv6()]).optional().meta({
      description:
        'Address of the person’s browser, as the portal sees it. Kept for a day at most, to lock out an address from which too much is refused; no record has it.',
      example: '192.0.2.1',
    }),
    audience: z.string().min(1).max(255).optional().meta({
      description: 'Whom the assertion is for; one of the registered audiences, the first one if absent.',
    }),
  })
  .meta({ id: 'LoginRequest' });

const organisation = z.strictObject({
  inn: z.string().optional(),
  ogrn: z.string().optional(),
  name: z.string(),
});

const person = z.strictObject({
  name: z.string(),
  position: z.string().optional(),
  inn: z.string().optional(),
  snils: z.string().optional(),
});

const check = z
  .strictObject({
    stage: z.string(),
    name: z.string(),
    outcome: z.enum(['passed', 'failed', 'warning', 'skipped']),
    subject: z.string().optional(),
    code: z.enum(failureCodes).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Check', description: 'One row of the verdict.' });

const wording = z.strictObject({ title: z.string(), cause: z.string(), remedy: z.string().optional() });

const section = z
  .strictObject({
    section: z.enum(sectionNames),
    outcome: z.enum(['passed', 'failed', 'warning', 'skipped']),
    code: z.enum(failureCodes).optional(),
    en: wording,
    ru: wording,
    checks: z.array(check),
  })
  .meta({ id: 'Section', description: 'One part of the verdict, worded for people, with its rows.' });

const indication = z.enum(['TOTAL-PASSED', 'TOTAL-FAILED', 'INDETERMINATE']);

const loginVerdict = z
  .strictObject({
    indication,
    subIndication: z.string().optional(),
    code: z.enum(failureCodes).optional(),
    sections: z.array(section),
  })
  .meta({ id: 'LoginVerdict', description: 'In the terms of ETSI EN 319 102-1, section 5.1.' });

export const loginAnswer = z
  .strictObject({
    assertion: z
      .string()
      .meta({ description: 'The assertion, a JWT; verify it against /.well-known/jwks.json.' }),
    expiresAt: moment,
    sessionId: z.uuid(),
    organisation,
    signer: person,
    authority: z
      .strictObject({
        basis: z.enum(['head', 'self', 'power-of-attorney', 'certificate', 'system', 'person']),
        power: z.string().optional(),
      })
      .optional()
      .meta({ description: 'By what right the signer acts for the organisation.' }),
    verdict: loginVerdict,
  })
  .meta({ id: 'Login' });

const token = z.string().min(1).max(longestAssertion);

export const tokenRequest = z
  .object({ token, token_type_hint: z.string().max(64).optional() })
  .meta({ id: 'TokenRequest' });

export const introspectionAnswer = z
  .looseObject({
    active: z.boolean(),
    iss: z.string().optional(),
    sub: z.string().optional(),
    aud: z.string().optional(),
    exp: z.int().optional(),
    iat: z.int().optional(),
    jti: z.string().optional(),
    sid: z.string().optional(),
    client_id: z.string().optional(),
    organisation: organisation.optional(),
    signer: person.optional(),
  })
  .meta({
    id: 'Introspection',
    description: 'RFC 7662. Nothing but `active` where the assertion is not in force.',
  });

export const jwksAnswer = z
  .strictObject({
    keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string() })),
  })
  .meta({ id: 'Jwks', description: 'RFC 7517.' });

export const stateAnswer = z.strictObject({ status: z.literal('ok') }).meta({ id: 'State' });

export const problemAnswer = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(problemCodes),
    stage: z.string(),
    remedy: z.string(),
    traceId: z.string(),
    indication,
    subIndication: z.string().optional(),
    verdict: loginVerdict
      .optional()
      .meta({ description: 'Of a sign-in that was refused: what had been checked by then.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, in English or Russian by Accept-Language.' });
