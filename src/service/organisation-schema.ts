import { z } from 'zod';
import { longestChallenge } from '../challenge/challenge.ts';
import { failureCodes } from '../failure/catalogue.ts';
import { shownText } from '../relying-party/registration.ts';
import { largestBody } from './body.ts';

export const nothing = z.strictObject({}).meta({ id: 'Nothing' });

const moment = z.iso.datetime();
const thumbprint = z.string().meta({ description: 'SHA-256 of the certificate, base64url.' });

export const carrierAnswer = z
  .strictObject({
    certificate: thumbprint,
    name: z.string(),
    holder: z.string(),
    email: z.string(),
    serialNumber: z.string(),
    issuer: z.string(),
    expiresAt: moment,
    connectedAt: moment,
    lastUsedAt: moment.optional(),
    isConfirmed: z.boolean().meta({
      description: 'Whether somebody else than a representative has connected or confirmed it.',
    }),
  })
  .meta({ id: 'Carrier' });

export const carriersAnswer = z.strictObject({ carriers: z.array(carrierAnswer) }).meta({ id: 'Carriers' });

export const connectRequest = z
  .strictObject({
    challenge: z.string().min(1).max(longestChallenge),
    signature: z.string().max(largestBody),
    origin: z.string().min(1).max(255),
    browser: z.string().min(8).max(256),
    name: shownText(100),
  })
  .meta({ id: 'CarrierRequest' });

const power = z
  .strictObject({
    number: z.string(),
    first: z.string().optional().meta({ description: 'The power that it was handed on from.' }),
    state: z.enum(['in-force', 'out-of-term', 'withdrawn', 'unreadable']).meta({
      description: 'Unreadable: kept by an earlier version of the service, and of no use any more.',
    }),
    representative: z.strictObject({ name: z.string(), number: z.string() }),
    powers: z.array(z.string()).meta({ description: 'Codes, the first hundred.' }),
    notBefore: moment,
    notAfter: moment,
    verifiedAt: moment,
    withdrawnAt: moment.optional(),
    lastUsedAt: moment.optional(),
  })
  .meta({ id: 'Power' });

export const powersAnswer = z
  .strictObject({
    powers: z.array(power),
    next: z.string().optional().meta({ description: 'For `?after=`; absent at the end.' }),
  })
  .meta({ id: 'Powers' });

export const withdrawRequest = z
  .strictObject({
    first: z.guid().toLowerCase().nullable().optional().meta({
      description:
        'Number of the power that it was handed on from, null for one of the organisation itself; needed where several powers have the number.',
    }),
  })
  .meta({ id: 'WithdrawRequest' });

export const addedPowerAnswer = z.strictObject({ number: z.string() }).meta({ id: 'AddedPower' });

const session = z
  .strictObject({
    id: z.string(),
    client: z.string(),
    clients: z.array(z.string()).meta({ description: 'Every relying party that it has reached.' }),
    certificate: thumbprint,
    power: z.string().optional(),
    startedAt: moment,
    usedAt: moment.optional().meta({ description: 'Its last use after the opening, to the minute.' }),
    expiresAt: moment.meta({ description: 'When it ends by itself; uses may move that on.' }),
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' });

export const endedAnswer = z.strictObject({ ended: z.int() }).meta({ id: 'EndedSessions' });

export const sessionsAnswer = z.strictObject({ sessions: z.array(session) }).meta({ id: 'Sessions' });

const signIn = z
  .strictObject({
    sequence: z.int(),
    at: moment,
    client: z.string(),
    origin: z.string(),
    certificate: thumbprint,
    session: z.string().optional(),
    code: z.enum(failureCodes).optional(),
    traceId: z.string(),
  })
  .meta({ id: 'PastSignIn' });

/** Where a list of sign-ins goes on: only those before this one. */
export const before = z
  .string()
  .regex(/^\d{1,15}$/)
  .meta({ description: 'Sequence of the last sign-in that is known already.', example: '1024' });

export const signInsAnswer = z.strictObject({ signIns: z.array(signIn) }).meta({ id: 'SignIns' });

const language = z.enum(['en', 'ru']);

const consent = z
  .strictObject({
    client: z.string(),
    certificate: thumbprint,
    scopes: z.array(z.string()).meta({ description: 'Those of ЕСИА’s dialect begin with `esia:`.' }),
    claims: z.array(z.string()),
    givenAt: moment,
  })
  .meta({ id: 'Consent' });

export const consentsAnswer = z.strictObject({ consents: z.array(consent) }).meta({ id: 'Consents' });

export const consentRequest = z
  .strictObject({ client: z.string().min(1).max(64), certificate: thumbprint })
  .meta({ id: 'ConsentRequest' });

export const withdrawnAnswer = z.strictObject({ withdrawn: z.boolean() }).meta({ id: 'WithdrawnConsent' });

export const contactRequest = z
  .strictObject({ email: z.email().max(254), language: language.default('ru') })
  .meta({ id: 'ContactRequest' });

export const contactAnswer = z
  .strictObject({ email: z.string().optional(), language: language.optional() })
  .meta({ id: 'Contact' });
