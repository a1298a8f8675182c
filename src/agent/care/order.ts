import { z } from 'zod';
import { Reader } from '../../asn1/reader.ts';
import { attributesOf } from '../../authority/subscriber.ts';
import { purposeOids } from '../../certificate/constraints.ts';
import { readName } from '../../certificate/name.ts';
import { encodeName } from '../../certificate/writer/name.ts';
import { SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import { nameOf } from '../../failure/vocabulary.ts';
import { examineName } from '../../qualified/rules.ts';
import { keyAlgorithms, planKeyPair } from '../../token/key-pair.ts';
import { makeRequest, qualifiedUsages, usageExtensions } from '../../token/request.ts';
import type { FoundToken } from './found-token.ts';

const text = z.string().trim().min(1).max(200);
const digits = (count: number) => z.string().regex(new RegExp(`^\\d{${count}}$`));

const named = { surname: text, givenName: text, snils: digits(11), inn: digits(12) };

/** Whom a certificate is ordered for, by the kinds that the qualified profile knows of people who sign in. */
const holderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('legal-entity'),
    organisation: z.strictObject({
      name: text,
      inn: digits(10),
      ogrn: digits(13),
      state: text,
      locality: text,
      street: text,
    }),
    person: z.strictObject({ ...named, title: text }),
  }),
  z.strictObject({
    kind: z.literal('entrepreneur'),
    ogrnip: digits(15),
    state: text,
    person: z.strictObject(named),
  }),
  // An employee is one: the organisation is not named, and their power of attorney says for whom they sign.
  z.strictObject({ kind: z.literal('natural-person'), person: z.strictObject(named) }),
]);

/** A first certificate as the person orders it: the key, and whom the certificate names. */
const orderSchema = z.strictObject({ algorithm: z.enum(keyAlgorithms), label: text, holder: holderSchema });

/** What became of an order: the request (PKCS #10, DER), or what its subject breaks of the profile, in words. */
export type Ordered =
  | { readonly request: Uint8Array; readonly label: string }
  | { readonly breaches: readonly string[] };

/**
 * Generates a key on the token and a request for a qualified certificate, once the subject keeps to the profile: nobody
 * should learn that it does not from the authority, weeks later. Throws `request_malformed` for an order that cannot be
 * read, and the failures of token and PIN.
 */
export async function orderCertificate(
  { module, token }: FoundToken,
  order: unknown,
  pin: Uint8Array,
  language: Language,
): Promise<Ordered> {
  const parsed = orderSchema.safeParse(order);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? 'order';
    throw new SealgateError('request_malformed', { field, problem: 'it is missing or has another form' });
  }
  const { algorithm, label, holder } = parsed.data;
  const subject = attributesOf(holder);
  const breaches = examineName(readName(Reader.der(encodeName(subject))))
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, evidence }) => `${nameOf(rule, language)} (${evidence})`);
  if (breaches.length > 0) return { breaches };
  const { label: name, serial } = token;
  const access = { token: { label: name, serial }, pin: () => Uint8Array.from(pin) };
  const { id } = await module.generate(access, planKeyPair(algorithm, label));
  const signer = await module.signer({ ...access, key: { id, label, withoutCertificate: true } });
  try {
    const extensions = usageExtensions(qualifiedUsages, [
      purposeOids.clientAuth,
      purposeOids.emailProtection,
    ]);
    return { request: await makeRequest({ subject, extensions }, signer), label };
  } finally {
    await signer.close();
  }
}
