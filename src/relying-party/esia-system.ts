import { z } from 'zod';
import { publicKeyOf } from '../algorithm/public-key.ts';
import { type Certificate, largestCertificate, parseCertificate } from '../certificate/certificate.ts';
import { redirectUriSchema } from './oidc-registration.ts';
import { isOrigin } from './origin.ts';

/** Algorithms in which tokens of ЕСИА's dialect are signed. */
export const esiaTokenAlgorithms = ['RS256', 'GOST3410_2012_256'] as const;

/** An algorithm of such tokens. */
export type EsiaTokenAlgorithm = (typeof esiaTokenAlgorithms)[number];

/** What the client systems of ЕСИА are registered by, there as here. */
export const mnemonicSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 of the characters A-Z a-z 0-9 _ . -');

/** A certificate of the system itself, in base64 of its DER: it authenticates requests and is trusted for nothing else. */
const systemCertificate = z
  .base64()
  .max(Math.ceil((largestCertificate * 4) / 3) + 4)
  .refine(
    isSystemCertificate,
    'must be a certificate with an RSA key or a GOST R 34.10-2012 key of 256 bits',
  );

/** An address that is compared letter by letter, or an origin, on which every address is meant. */
const redirect = z
  .string()
  .max(2_000)
  .refine(
    isRedirect,
    'must be an origin such as https://portal.example, or an address on one without a fragment',
  );

/** A relying party as a client system of ЕСИА's dialect. */
export const esiaSystemSchema = z.strictObject({
  /** `client_id` of its requests. */
  mnemonic: mnemonicSchema,
  certificates: z.array(systemCertificate).min(1).max(10),
  /** Where people may be sent back to. */
  redirects: z.array(redirect).min(1).max(50),
  /** Names of the scopes that it may ask for. */
  scopes: z
    .array(z.string().regex(/^[a-z_]{1,64}$/, 'must be the name of a scope, such as fullname'))
    .min(1)
    .max(100),
  tokenAlgorithm: z.enum(esiaTokenAlgorithms).default('RS256'),
  /** `iss` of its tokens, where it expects another than this service’s own. */
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .optional(),
  /** Is told of the end of sessions, by a logout token that is signed as its ID tokens are. */
  backchannelLogoutUri: redirectUriSchema.optional(),
  /** How far `timestamp` may lie from the service’s clock. */
  timestampWindowSeconds: z.int().min(10).max(3600).default(300),
});

/** A relying party as a client system of ЕСИА's dialect. */
export type EsiaSystem = z.infer<typeof esiaSystemSchema>;

const parsed = new WeakMap<EsiaSystem, readonly Certificate[]>();

/** The system's certificates, parsed once. */
export function certificatesOf(system: EsiaSystem): readonly Certificate[] {
  let certificates = parsed.get(system);
  if (certificates === undefined) {
    certificates = system.certificates.map((text) => parseCertificate(Buffer.from(text, 'base64')));
    parsed.set(system, certificates);
  }
  return certificates;
}

function isSystemCertificate(text: string): boolean {
  try {
    const key = publicKeyOf(parseCertificate(Buffer.from(text, 'base64')).publicKey);
    return key.family === 'rsa' || (key.family === 'gost2012' && key.bits === 256 && !key.curve.isTest);
  } catch {
    return false;
  }
}

function isRedirect(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, username, password } = new URL(text);
  return isOrigin(origin) && !username && !password && !text.includes('#');
}

/** Whether people may be sent to `address`, which is compared as it stands. */
export function mayRedirectTo({ redirects }: EsiaSystem, address: string): boolean {
  if (!isRedirect(address)) return false;
  const { origin } = new URL(address);
  return redirects.some((known) => known === address || (isOrigin(known) && known === origin));
}
