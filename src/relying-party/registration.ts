import { z } from 'zod';
import { safeText } from '../failure/value.ts';
import { isNetwork } from '../fetch/address.ts';
import { revocationSettings } from '../revocation/policy-settings.ts';
import { longestLockOut } from '../session/lock-out.ts';
import { sessionLifetime as longestSession } from '../session/session.ts';
import { esiaSystemSchema } from './esia-system.ts';
import { oidcRegistrationSchema, redirectUriSchema } from './oidc-registration.ts';
import { isOrigin } from './origin.ts';

/** Text that people will read: no control or bidirectional characters, which could make it read otherwise. */
export const shownText = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => safeText(text, longest) === text, 'contains control or invisible characters');

/** `https://host[:port]`, or http on the machine itself. */
export const originSchema = z
  .string()
  .max(255)
  .refine(isOrigin, 'must be an origin such as https://portal.example, in lower case and without a path');

/** Codes of powers that one relying party may accept. */
export const mostAcceptedPowers = 100;

/**
 * What a relying party asks for and what it allows. Everything that weakens a check is off unless it is turned on
 * here, and whatever was needed of it is written into the verdict.
 */
export const policySchema = z.strictObject({
  /** Accept CMS without a signing-certificate attribute, as some plug-ins make it. */
  allowMissingSigningCertificate: z.boolean().default(false),
  /** Accept the challenge's text signed in UTF-16LE, as some CryptoPro wrappers do by mistake. */
  allowUtf16Content: z.boolean().default(false),
  /** Accept GOST R 34.10-2012 under the name of GOST R 34.10-2001, as some signing tools write it. */
  acceptMislabelledGost: z.boolean().default(false),
  /** How far the signing time may lie from the service's clock, in seconds. */
  clockSkewSeconds: z.int().min(0).max(3600).default(300),
  /** Let in only qualified certificates. */
  requireQualified: z.boolean().default(true),
  /** Lowest class of the tool that a qualified certificate's key signs with (RFC 9215, section 5.2). */
  minimumClass: z.enum(['KC1', 'KC2', 'KC3', 'KB1', 'KB2', 'KA1']).default('KC1'),
  /** How revocation is checked. */
  revocation: revocationSettings.prefault({}),
  /** How many sessions one organisation may have at once; no limit if absent. */
  sessionLimit: z.int().min(1).max(100_000).optional(),
  /** How many of them one person may have; no limit if absent. */
  signerSessionLimit: z.int().min(1).max(100_000).optional(),
  /** How long a session lasts at most. */
  sessionMinutes: z
    .int()
    .min(5)
    .max(longestSession / 60_000)
    .default(longestSession / 60_000),
  /** How long after its last use a session ends; it does not end for that if absent. */
  sessionIdleMinutes: z
    .int()
    .min(5)
    .max(longestSession / 60_000)
    .optional(),
  /**
   * When sign-ins are locked out: after so many refusals that a signer causes, by one certificate, from one address
   * (where the portal tells it) or of one organisation, within so many minutes, and then for as long.
   */
  lockOut: z
    .strictObject({
      refusals: z.int().min(1).max(1_000).default(10),
      addressRefusals: z.int().min(1).max(10_000).default(50),
      organisationRefusals: z.int().min(1).max(10_000).default(200),
      minutes: z.int().min(1).max(longestLockOut).default(10),
    })
    .prefault({}),
  /** Let in only organisations that the register knows, and whose head or representative signs by its right. */
  requireRegistered: z.boolean().default(false),
  /** Where the register knows the organisation, compare the certificate's name with it as well. */
  compareNames: z.boolean().default(true),
  /** Let in only certificates on the organisation's list of carriers. */
  requireConnectedCarrier: z.boolean().default(false),
  /** Codes of powers any one of which lets a representative in; none is let in by a power of attorney if empty. */
  acceptedPowers: z
    .array(z.string().regex(/^[A-Za-z0-9_.-]{1,255}$/, 'must be a code of the classifier of powers'))
    .max(mostAcceptedPowers)
    .default([]),
  /** Accept a power of attorney that a representative handed on, once. */
  allowDelegation: z.boolean().default(false),
  /**
   * Let in systems that sign by themselves with the seal of an organisation, which names no person: the claims `acr`,
   * `amr` and `authority` say so.
   */
  allowSystems: z.boolean().default(false),
  /**
   * Let in natural persons who sign for no organisation, by a certificate with their INN and where the sign-in names no
   * organisation: the claim `authority` says so. Not where the register or connected carriers decide.
   */
  allowPersons: z.boolean().default(false),
  /** Open `/v1/organisations/…` to the organisations that sign in through this relying party. */
  organisationView: z.boolean().default(false),
});

/** The policy of a relying party. */
export type Policy = z.infer<typeof policySchema>;

export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,64}$/, 'must be 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -');

const fields = z.strictObject({
  id: clientIdSchema,
  name: z.strictObject({ en: shownText(100), ru: shownText(100) }),
  /** Origins of the pages that may ask people to sign. */
  origins: z.array(originSchema).min(1).max(50),
  /** Addresses on those origins to which the service's sign-in page may send people back; it is not used if empty. */
  returnUris: z.array(redirectUriSchema).max(50).default([]),
  /** Language of the challenge's text, unless the request names another. */
  language: z.enum(['en', 'ru']).default('ru'),
  /** Whom an assertion may be meant for, the usual one first; the relying party itself if absent. */
  audiences: z.array(z.string().min(1).max(255)).min(1).max(50).optional(),
  policy: policySchema.prefault({}),
  /** What it is registered by as a client system of ЕСИА's dialect; absent where it is none. */
  esia: esiaSystemSchema.optional(),
  /** Addresses or networks from which its backend may call, by API and OpenID Connect; any if empty. */
  networks: z
    .array(z.string().refine(isNetwork, 'must be an address or a network such as 10.0.0.0/8'))
    .max(100)
    .default([]),
  /** What it registers for OpenID Connect; that is closed to it if absent. */
  oidc: oidcRegistrationSchema.optional(),
});

/** A relying party's registration, as it stands in the configuration file and in the database. */
export const registrationSchema = fields.superRefine(({ origins, returnUris, oidc, esia }, context) => {
  const expectRegistered = (uris: readonly string[], path: readonly string[]) => {
    for (const [index, uri] of uris.entries()) {
      if (!URL.canParse(uri) || origins.includes(new URL(uri).origin)) continue;
      context.addIssue({
        code: 'custom',
        path: [...path, index],
        message: 'must lie on a registered origin',
      });
    }
  };
  expectRegistered(returnUris, ['returnUris']);
  expectRegistered(oidc?.redirectUris ?? [], ['oidc', 'redirectUris']);
  expectRegistered(oidc?.postLogoutRedirectUris ?? [], ['oidc', 'postLogoutRedirectUris']);
  expectRegistered(esia?.redirects ?? [], ['esia', 'redirects']);
});

/** A relying party's registration. */
export type Registration = z.infer<typeof registrationSchema>;
