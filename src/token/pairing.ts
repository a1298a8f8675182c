import { createHash } from 'node:crypto';
import type { Certificate } from '../certificate/certificate.ts';
import { basicConstraints } from '../certificate/constraints.ts';
import { isFailure } from '../error.ts';
import { objectClass } from './cryptoki.ts';
import { idOf, isFit, isOwnPublicKey, publicKeyOfObject, readCertificateObject } from './object-key.ts';
import type { ObjectAttributes, TokenObject } from './protocol.ts';
import { encodePublicKey, isSameKey, type TokenPublicKey } from './public-key.ts';

/** A key of the token: its public half, and what its private half is or may be. */
export interface TokenKey {
  /** CKA_ID in hexadecimal; empty where the token gives none. */
  readonly id: string;
  readonly label: string;
  /** Absent where neither a public key object nor a certificate tells it. */
  readonly publicKey?: TokenPublicKey;
  /** DER SubjectPublicKeyInfo: the certificate's own octets where there is a certificate. */
  readonly spki?: Uint8Array;
  /** Handle of the public key object, where there is one. */
  readonly publicHandle?: string;
  /**
   * The private halves that come into question, the likeliest first; which one it is shows when a signature verifies.
   * Empty before a login, and where there is none.
   */
  readonly privateKeys: readonly PrivateKey[];
  /** Whether the token itself says that its only private half belongs to it, and not an identifier of some writer alone. */
  readonly isCertain: boolean;
  readonly certificates: readonly TokenCertificate[];
}

/** A private key object. */
export interface PrivateKey {
  readonly handle: string;
  readonly id: string;
  readonly label: string;
  /** Whether the key says that it wants the PIN at each signature (CKA_ALWAYS_AUTHENTICATE); some say nothing and do. */
  readonly alwaysAuthenticate: boolean;
  /** Whether the token keeps it for another use than signing (CKA_SIGN is false). */
  readonly isForOtherUse: boolean;
}

/** A certificate of the token. */
export interface TokenCertificate {
  readonly handle: string;
  readonly label: string;
  readonly id: string;
  readonly certificate: Certificate;
}

/** What a token holds, put together. */
export interface TokenContents {
  readonly keys: readonly TokenKey[];
  /** Certificates whose key the session does not see: of other people, of authorities, or with the key hidden. */
  readonly loose: readonly TokenCertificate[];
}

/** Everything on the token that speaks of one public key. */
interface Identity {
  readonly key: TokenPublicKey;
  readonly object?: { readonly handle: string; readonly attributes: ObjectAttributes };
  readonly certificates: TokenCertificate[];
}

/** How a private key object and an identity come together, the strongest first. */
type Bond = 'own-key' | 'public-key-identifier' | 'certificate-identifier' | 'kind';

interface Pair {
  readonly half: TokenObject;
  readonly identity: Identity;
  readonly bond: Bond;
}

/**
 * Puts certificates, public and private keys of a token together. Certificates and public keys pair by key. Private
 * keys pair by what they tell of their public half, otherwise by CKA_ID, which the writer sets, and kind. An absent
 * CKA_ID is no identifier: such a key comes into question for everything of its kind that no other key has. The check
 * of the first signature then decides.
 */
export function pairObjects(objects: readonly TokenObject[]): TokenContents {
  const identities = identitiesOf(objects);
  const halves = objects.filter(({ attributes }) => attributes.class === objectClass.privateKey);
  const pairs = halves.flatMap((half) => strongPairs(half, identities));
  const isPaired = (half: TokenObject) => pairs.some((pair) => pair.half === half);
  const free = identities.filter((identity) => !pairs.some((pair) => pair.identity === identity));
  pairs.push(...halves.filter((half) => !isPaired(half)).flatMap((half) => weakPairs(half, free)));
  const keys = identities.flatMap((identity) => keyOf(identity, pairs) ?? []);
  return {
    keys: [...keys, ...halves.filter((half) => !isPaired(half)).map(lonelyKey)],
    loose: identities.flatMap((identity) =>
      keyOf(identity, pairs) === undefined ? identity.certificates : [],
    ),
  };
}

function identitiesOf(objects: readonly TokenObject[]): Identity[] {
  const identities: Identity[] = [];
  for (const { handle, attributes } of objects) {
    if (attributes.class !== objectClass.publicKey) continue;
    const key = publicKeyOfObject(attributes);
    if (key === undefined || identities.some((known) => isSameKey(known.key, key))) continue;
    identities.push({ key, object: { handle, attributes }, certificates: [] });
  }
  for (const { key, ...certificate } of objects.flatMap(readCertificateObject)) {
    const known = identities.find((identity) => isSameKey(identity.key, key));
    if (known === undefined) identities.push({ key, certificates: [certificate] });
    else if (!known.certificates.some((other) => isSame(other, certificate)))
      known.certificates.push(certificate);
  }
  return identities;
}

/** One certificate may stand on a token twice; to a person it is one. */
function isSame(a: TokenCertificate, b: TokenCertificate): boolean {
  return Buffer.compare(a.certificate.der, b.certificate.der) === 0;
}

function strongPairs(half: TokenObject, identities: readonly Identity[]): Pair[] {
  const { attributes } = half;
  const by = (bond: Bond, isPair: (identity: Identity) => boolean) =>
    identities
      .filter((identity) => isFit(attributes, identity.key) && isPair(identity))
      .map((identity): Pair => ({ half, identity, bond }));
  const own = by('own-key', ({ key }) => isOwnPublicKey(attributes, key) === true);
  if (own.length > 0) return own;
  const id = idOf(attributes);
  if (id === '') return [];
  const mayBe = ({ key }: Identity) => isOwnPublicKey(attributes, key) !== false;
  const byObject = by(
    'public-key-identifier',
    (identity) => mayBe(identity) && identity.object !== undefined && idOf(identity.object.attributes) === id,
  );
  if (byObject.length > 0) return byObject;
  return by(
    'certificate-identifier',
    (identity) =>
      mayBe(identity) &&
      identity.object === undefined &&
      identity.certificates.some((certificate) => certificate.id === id),
  );
}

/** Where one of both has no identifier; two different ones are taken for what they are. */
function weakPairs(half: TokenObject, free: readonly Identity[]): Pair[] {
  const { attributes } = half;
  const id = idOf(attributes);
  const fitting = free
    .filter(({ key }) => isFit(attributes, key) && isOwnPublicKey(attributes, key) !== false)
    .filter((identity) => id === '' || idsOf(identity).every((other) => other === ''));
  const ofPeople = fitting.filter((identity) => !isAuthority(identity));
  return (ofPeople.length > 0 ? ofPeople : fitting).map((identity) => ({ half, identity, bond: 'kind' }));
}

function idsOf({ object, certificates }: Identity): string[] {
  return [...(object === undefined ? [] : [idOf(object.attributes)]), ...certificates.map(({ id }) => id)];
}

/** An authority's certificate stands on a token for the sake of the chain; its key is elsewhere. */
function isAuthority({ object, certificates }: Identity): boolean {
  return object === undefined && certificates.every(({ certificate }) => saysAuthority(certificate));
}

function saysAuthority(certificate: Certificate): boolean {
  try {
    return certificate.extension(basicConstraints)?.isAuthority === true;
  } catch (error) {
    if (isFailure(error)) return false;
    throw error;
  }
}

const bondOrder: readonly Bond[] = ['own-key', 'public-key-identifier', 'certificate-identifier', 'kind'];

/** The key of an identity; undefined where the token has nothing of it but certificates. */
function keyOf(identity: Identity, pairs: readonly Pair[]): TokenKey | undefined {
  const { key, object, certificates } = identity;
  const own = pairs.filter((pair) => pair.identity === identity);
  if (object === undefined && own.length === 0) return undefined;
  const label = object?.attributes.label ?? certificates[0]?.label ?? own[0]?.half.attributes.label ?? '';
  const likeliest = own.toSorted(
    (a, b) =>
      bondOrder.indexOf(a.bond) - bondOrder.indexOf(b.bond) ||
      Number(b.half.attributes.label === label) - Number(a.half.attributes.label === label),
  );
  const [first] = likeliest;
  const ids = [...own.map(({ half }) => idOf(half.attributes)), ...idsOf(identity)];
  return {
    id: ids.find((id) => id !== '') ?? '',
    label: likeliest.length === 1 ? (first?.half.attributes.label ?? label) : label,
    publicKey: key,
    spki: certificates[0]?.certificate.publicKey.der ?? encodePublicKey(key),
    ...(object !== undefined && { publicHandle: object.handle }),
    privateKeys: likeliest.map(({ half }) => privateKeyOf(half)),
    isCertain:
      likeliest.length === 1 &&
      (first?.bond === 'own-key' || first?.bond === 'public-key-identifier') &&
      pairs.filter((pair) => pair.half === first.half).length === 1,
    certificates,
  };
}

/** A private key of which nothing tells the public half. */
function lonelyKey(half: TokenObject): TokenKey {
  return {
    id: idOf(half.attributes),
    label: half.attributes.label ?? '',
    privateKeys: [privateKeyOf(half)],
    isCertain: false,
    certificates: [],
  };
}

function privateKeyOf({ handle, attributes }: TokenObject): PrivateKey {
  return {
    handle,
    id: idOf(attributes),
    label: attributes.label ?? '',
    alwaysAuthenticate: attributes.alwaysAuth === true,
    isForOtherUse: attributes.sign === false,
  };
}

/** SHA-256 of the SubjectPublicKeyInfo in hexadecimal: what tells keys apart that have no certificate and no identifier. */
export function printOfKey({ spki }: Pick<TokenKey, 'spki'>): string | undefined {
  return spki && createHash('sha256').update(spki).digest('hex');
}
