import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { context, contextConstructed, tag } from '../../src/asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeUnsigned,
} from '../../src/asn1/writer.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { attributeOids } from '../../src/certificate/name.ts';

/** A P-256 key pair. */
export interface Keys {
  readonly privateKey: KeyObject;
  readonly spki: Uint8Array;
}

export function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, spki: publicKey.export({ format: 'der', type: 'spki' }) };
}

const text = new TextEncoder();

export function utf8(value: string): Uint8Array {
  return encode(tag.utf8String, text.encode(value));
}

export function printable(value: string): Uint8Array {
  return encode(tag.printableString, text.encode(value));
}

/** Name of relative names, each one attribute: type and encoded value. */
export function name(...attributes: readonly (readonly [type: string, value: Uint8Array])[]): Uint8Array {
  return encodeSequence(
    ...attributes.map(([type, value]) => encodeSetOf([encodeSequence(encodeOid(type), value)])),
  );
}

/** Name of a common name alone. */
export function commonName(value: string): Uint8Array {
  return name([attributeOids.commonName, utf8(value)]);
}

export function extension(oid: string, value: Uint8Array, isCritical = false): Uint8Array {
  const critical = isCritical ? [encode(tag.boolean, Uint8Array.of(0xff))] : [];
  return encodeSequence(encodeOid(oid), ...critical, encodeOctetString(value));
}

export function integer(value: number): Uint8Array {
  const digits: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256);
  return encodeUnsigned(Uint8Array.from(digits.length === 0 ? [0] : digits));
}

/** Basic constraints of an authority. */
export function authorityConstraints(pathLength?: number): Uint8Array {
  const limit = pathLength === undefined ? [] : [integer(pathLength)];
  return extension('2.5.29.19', encodeSequence(encode(tag.boolean, Uint8Array.of(0xff)), ...limit), true);
}

/** Key usage by its octet: 0x06 is keyCertSign and cRLSign, 0xc0 digitalSignature and nonRepudiation. */
export function usage(octet: number): Uint8Array {
  let unused = 0;
  while (((octet >> unused) & 1) === 0) unused++;
  return extension('2.5.29.15', encode(tag.bitString, Uint8Array.of(unused, octet)), true);
}

export function purposes(...oids: readonly string[]): Uint8Array {
  return extension('2.5.29.37', encodeSequence(...oids.map(encodeOid)));
}

export function policies(...oids: readonly string[]): Uint8Array {
  return extension('2.5.29.32', encodeSequence(...oids.map((oid) => encodeSequence(encodeOid(oid)))));
}

export function mappings(...pairs: readonly (readonly [string, string])[]): Uint8Array {
  const encoded = pairs.map(([from, to]) => encodeSequence(encodeOid(from), encodeOid(to)));
  return extension('2.5.29.33', encodeSequence(...encoded), true);
}

/** Policy constraints: after how many certificates a policy is required, and mapping forbidden. */
export function policyConstraints(
  limits: { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number },
  isCritical = true,
): Uint8Array {
  const { requireExplicitPolicy, inhibitPolicyMapping } = limits;
  const fields = [requireExplicitPolicy, inhibitPolicyMapping].flatMap((limit, number) =>
    limit === undefined ? [] : [encode(context(number), Uint8Array.of(limit))],
  );
  return extension('2.5.29.36', encodeSequence(...fields), isCritical);
}

export function subjectKeyId(octets: Uint8Array): Uint8Array {
  return extension('2.5.29.14', encodeOctetString(octets));
}

export function authorityKeyId(octets: Uint8Array): Uint8Array {
  return extension('2.5.29.35', encodeSequence(encode(context(0), octets)));
}

export function dns(value: string): Uint8Array {
  return encode(context(2), text.encode(value));
}

export function email(value: string): Uint8Array {
  return encode(context(1), text.encode(value));
}

export function uri(value: string): Uint8Array {
  return encode(context(6), text.encode(value));
}

export function ip(...octets: readonly number[]): Uint8Array {
  return encode(context(7), Uint8Array.from(octets));
}

export function directory(encodedName: Uint8Array): Uint8Array {
  return encode(contextConstructed(4), encodedName);
}

export function alternativeNames(...names: readonly Uint8Array[]): Uint8Array {
  return extension('2.5.29.17', encodeSequence(...names));
}

export function nameConstraints(
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[],
): Uint8Array {
  const subtrees = (number: number, names: readonly Uint8Array[]) =>
    names.length === 0
      ? []
      : [encode(contextConstructed(number), ...names.map((base) => encodeSequence(base)))];
  return extension('2.5.29.30', encodeSequence(...subtrees(0, permitted), ...subtrees(1, excluded)), true);
}

/** Private key usage period with an end. */
export function privateKeyUntil(end: Date): Uint8Array {
  return extension('2.5.29.16', encodeSequence(encode(context(1), text.encode(generalizedTime(end)))));
}

function generalizedTime(date: Date): string {
  return `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

function time(date: Date): Uint8Array {
  const whole = generalizedTime(date);
  return date.getUTCFullYear() < 2050
    ? encode(tag.utcTime, text.encode(whole.slice(2)))
    : encode(tag.generalizedTime, text.encode(whole));
}

/** What a certificate is made of; everything but names and keys has a default. */
export interface Order {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly keys: Keys;
  readonly signer: Keys;
  readonly serial?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly Uint8Array[];
  /** Replaces the signature's octets, such as to spoil it. */
  readonly spoil?: (signature: Uint8Array) => Uint8Array;
}

let lastSerial = 0;

/** A moment within the term that `issue` gives where the order says nothing. */
export const usualTime: number = Date.parse('2026-06-01T00:00:00Z');

const ecdsaWithSha256 = encodeSequence(encodeOid('1.2.840.10045.4.3.2'));

/** DER of a certificate of version 3, signed with ECDSA and SHA-256. */
export function issueDer(order: Order): Uint8Array {
  const extensions = order.extensions ?? [];
  const tbs = encodeSequence(
    encode(contextConstructed(0), integer(2)),
    integer(order.serial ?? ++lastSerial),
    ecdsaWithSha256,
    order.issuer,
    encodeSequence(
      time(order.notBefore ?? new Date('2026-01-01T00:00:00Z')),
      time(order.notAfter ?? new Date('2027-01-01T00:00:00Z')),
    ),
    order.subject,
    order.keys.spki,
    ...(extensions.length === 0 ? [] : [encode(contextConstructed(3), encodeSequence(...extensions))]),
  );
  const signature = sign('sha256', tbs, order.signer.privateKey);
  return encodeSequence(tbs, ecdsaWithSha256, encodeBitString(order.spoil?.(signature) ?? signature));
}

export function issue(order: Order): Certificate {
  return parseCertificate(issueDer(order));
}

/** Extensions of an ordinary authority. */
export function authority(pathLength?: number): readonly Uint8Array[] {
  return [authorityConstraints(pathLength), usage(0x06)];
}

/** Root, authority and signer in the simplest form that the qualified profile takes. */
export function simpleChain(): {
  readonly root: Certificate;
  readonly middle: Certificate;
  readonly signer: Certificate;
  readonly keys: { readonly root: Keys; readonly middle: Keys; readonly signer: Keys };
} {
  const keys = { root: newKeys(), middle: newKeys(), signer: newKeys() };
  const [rootName, middleName] = [commonName('Root'), commonName('Authority')];
  const root = issue({
    subject: rootName,
    issuer: rootName,
    keys: keys.root,
    signer: keys.root,
    extensions: authority(),
  });
  const middle = issue({
    subject: middleName,
    issuer: rootName,
    keys: keys.middle,
    signer: keys.root,
    extensions: authority(0),
  });
  const signer = issue({
    subject: commonName('Signer'),
    issuer: middleName,
    keys: keys.signer,
    signer: keys.middle,
    extensions: [usage(0xc0)],
  });
  return { root, middle, signer, keys };
}
