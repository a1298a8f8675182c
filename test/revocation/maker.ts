import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
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
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import type { ValidPath } from '../../src/path/validation.ts';

/**
 * Makes certificates, lists and OCSP answers of any form, the wrong ones included. Not the test authority of the
 * product: what is tested here must not share its mistakes.
 */
export const day = 86_400_000;
export const hour = 3_600_000;

const ecdsaWithSha256 = encodeSequence(encodeOid('1.2.840.10045.4.3.2'));

export interface Signer {
  readonly name: Uint8Array;
  readonly key: KeyObject;
  readonly spki: Uint8Array;
}

export function makeSigner(name: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    name: makeName(name),
    key: privateKey,
    spki: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
  };
}

export function makeName(commonName: string): Uint8Array {
  const attribute = encodeSequence(
    encodeOid('2.5.4.3'),
    encode(tag.utf8String, new TextEncoder().encode(commonName)),
  );
  return encodeSequence(encodeSetOf([attribute]));
}

export function makeTime(at: number): Uint8Array {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  const isUtc = text < '2050';
  return encode(isUtc ? tag.utcTime : tag.generalizedTime, Buffer.from(isUtc ? text.slice(2) : text));
}

function makeGeneralizedTime(at: number): Uint8Array {
  return encode(tag.generalizedTime, Buffer.from(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')));
}

export function makeExtension(oid: string, value: Uint8Array, isCritical = false): Uint8Array {
  const critical = isCritical ? [encode(tag.boolean, Uint8Array.of(0xff))] : [];
  return encodeSequence(encodeOid(oid), ...critical, encodeOctetString(value));
}

export function makeInteger(value: number | bigint): Uint8Array {
  const hex = value.toString(16);
  return encodeUnsigned(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

function uri(value: string): Uint8Array {
  return encode(context(6), Buffer.from(value));
}

function signed(tbs: Uint8Array, key: KeyObject): Uint8Array {
  return encodeSequence(tbs, ecdsaWithSha256, encodeBitString(sign('sha256', tbs, key)));
}

export interface CertificateOrder {
  readonly subject: Signer;
  readonly issuer: Signer;
  readonly serial: number;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Before version 3 there are no extensions, whatever else is ordered. */
  readonly version?: 1 | 2 | 3;
  readonly isAuthority?: boolean;
  /** Named bits of KeyUsage: unused bits, then the octet. */
  readonly keyUsage?: readonly [number, number];
  readonly purposes?: readonly string[];
  readonly listUrls?: readonly string[];
  readonly responderUrls?: readonly string[];
  readonly extensions?: readonly Uint8Array[];
}

export const usages = {
  authority: [1, 0x06],
  listsOnly: [1, 0x02],
  certificatesOnly: [2, 0x04],
  signature: [6, 0xc0],
} as const;

export function makeCertificate(order: CertificateOrder): Certificate {
  const { subject, issuer, version = 3 } = order;
  const extensions: Uint8Array[] = [...(order.extensions ?? [])];
  if (order.isAuthority === true) {
    extensions.push(
      makeExtension('2.5.29.19', encodeSequence(encode(tag.boolean, Uint8Array.of(0xff))), true),
    );
  }
  const bits = order.keyUsage ?? (order.isAuthority === true ? usages.authority : usages.signature);
  extensions.push(makeExtension('2.5.29.15', encode(tag.bitString, Uint8Array.from(bits)), true));
  if (order.purposes !== undefined) {
    extensions.push(makeExtension('2.5.29.37', encodeSequence(...order.purposes.map(encodeOid))));
  }
  if (order.listUrls !== undefined) {
    extensions.push(
      makeExtension('2.5.29.31', encodeSequence(...order.listUrls.map((url) => makePoint([url])))),
    );
  }
  if (order.responderUrls !== undefined) {
    const descriptions = order.responderUrls.map((url) =>
      encodeSequence(encodeOid('1.3.6.1.5.5.7.48.1'), uri(url)),
    );
    extensions.push(makeExtension('1.3.6.1.5.5.7.1.1', encodeSequence(...descriptions)));
  }
  const tbs = encodeSequence(
    ...(version === 1 ? [] : [encode(contextConstructed(0), makeInteger(version - 1))]),
    makeInteger(order.serial),
    ecdsaWithSha256,
    issuer.name,
    encodeSequence(makeTime(order.notBefore), makeTime(order.notAfter)),
    subject.name,
    subject.spki,
    ...(version === 3 ? [encode(contextConstructed(3), encodeSequence(...extensions))] : []),
  );
  return parseCertificate(signed(tbs, issuer.key));
}

/** A DistributionPoint with full names. */
export function makePoint(urls: readonly string[], crlIssuer?: Uint8Array): Uint8Array {
  const name = encode(contextConstructed(0), encode(contextConstructed(0), ...urls.map(uri)));
  const issuer =
    crlIssuer === undefined ? [] : [encode(contextConstructed(2), encode(contextConstructed(4), crlIssuer))];
  return encodeSequence(name, ...issuer);
}

export interface EntryOrder {
  readonly serial: number;
  readonly revokedAt: number;
  readonly reason?: number;
  readonly extensions?: readonly Uint8Array[];
}

export interface ListOrder {
  readonly issuer: Signer;
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly entries?: readonly EntryOrder[];
  readonly number?: number;
  readonly base?: number;
  readonly extensions?: readonly Uint8Array[];
  /** Encodings of entries in place of `entries`. */
  readonly rawEntries?: Uint8Array;
}

function makeEntry({ serial, revokedAt, reason, extensions = [] }: EntryOrder): Uint8Array {
  const all = [...extensions];
  if (reason !== undefined) {
    all.push(makeExtension('2.5.29.21', encode(tag.enumerated, Uint8Array.of(reason))));
  }
  const tail = all.length === 0 ? [] : [encodeSequence(...all)];
  return encodeSequence(makeInteger(serial), makeTime(revokedAt), ...tail);
}

export function makeList(order: ListOrder): Uint8Array {
  const extensions = [...(order.extensions ?? [])];
  if (order.number !== undefined) extensions.push(makeExtension('2.5.29.20', makeInteger(order.number)));
  if (order.base !== undefined) extensions.push(makeExtension('2.5.29.27', makeInteger(order.base), true));
  const entries = order.rawEntries ?? Buffer.concat((order.entries ?? []).map(makeEntry));
  const tbs = encodeSequence(
    makeInteger(1),
    ecdsaWithSha256,
    order.issuer.name,
    makeTime(order.thisUpdate),
    ...(order.nextUpdate === undefined ? [] : [makeTime(order.nextUpdate)]),
    ...(entries.length === 0 ? [] : [encode(tag.sequence, entries)]),
    ...(extensions.length === 0 ? [] : [encode(contextConstructed(0), encodeSequence(...extensions))]),
  );
  return signed(tbs, order.issuer.key);
}

export interface AnswerOrder {
  /** Who signs. */
  readonly responder: Signer;
  readonly byName?: boolean;
  /** The authority and the certificate that the answer is about. */
  readonly issuer: Signer;
  readonly serial: number;
  readonly digest?: 'sha1' | 'sha256';
  readonly status?: 'good' | 'unknown' | { readonly revokedAt: number; readonly reason?: number };
  readonly producedAt?: number;
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly nonce?: Uint8Array | undefined;
  readonly certificates?: readonly Certificate[];
  readonly singleExtensions?: readonly Uint8Array[];
}

const digestIdentifiers = {
  sha1: encodeSequence(encodeOid('1.3.14.3.2.26'), encode(tag.null)),
  sha256: encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'), encode(tag.null)),
};

/** Content of the BIT STRING of a P-256 SubjectPublicKeyInfo: its last 65 octets. */
function keyOctets(spki: Uint8Array): Uint8Array {
  return spki.subarray(spki.length - 65);
}

function hashOf(algorithm: string, octets: Uint8Array): Uint8Array {
  return createHash(algorithm).update(octets).digest();
}

export function makeAnswer(order: AnswerOrder): Uint8Array {
  const { responder, issuer, digest = 'sha1', status = 'good' } = order;
  const id = encodeSequence(
    digestIdentifiers[digest],
    encodeOctetString(hashOf(digest, issuer.name)),
    encodeOctetString(hashOf(digest, keyOctets(issuer.spki))),
    makeInteger(order.serial),
  );
  const single = encodeSequence(
    id,
    makeStatus(status),
    makeGeneralizedTime(order.thisUpdate),
    ...(order.nextUpdate === undefined
      ? []
      : [encode(contextConstructed(0), makeGeneralizedTime(order.nextUpdate))]),
    ...(order.singleExtensions === undefined
      ? []
      : [encode(contextConstructed(1), encodeSequence(...order.singleExtensions))]),
  );
  const nonce =
    order.nonce === undefined
      ? []
      : [
          encode(
            contextConstructed(1),
            encodeSequence(makeExtension('1.3.6.1.5.5.7.48.1.2', encodeOctetString(order.nonce))),
          ),
        ];
  const responderId =
    order.byName === true
      ? encode(contextConstructed(1), responder.name)
      : encode(contextConstructed(2), encodeOctetString(hashOf('sha1', keyOctets(responder.spki))));
  const data = encodeSequence(
    responderId,
    makeGeneralizedTime(order.producedAt ?? order.thisUpdate),
    encodeSequence(single),
    ...nonce,
  );
  const certificates =
    order.certificates === undefined
      ? []
      : [encode(contextConstructed(0), encodeSequence(...order.certificates.map(({ der }) => der)))];
  const basic = encodeSequence(
    data,
    ecdsaWithSha256,
    encodeBitString(sign('sha256', data, responder.key)),
    ...certificates,
  );
  const bytes = encodeSequence(encodeOid('1.3.6.1.5.5.7.48.1.1'), encodeOctetString(basic));
  return encodeSequence(encode(tag.enumerated, Uint8Array.of(0)), encode(contextConstructed(0), bytes));
}

function makeStatus(status: NonNullable<AnswerOrder['status']>): Uint8Array {
  if (status === 'good') return encode(context(0));
  if (status === 'unknown') return encode(context(2));
  const reason =
    status.reason === undefined
      ? []
      : [encode(contextConstructed(0), encode(tag.enumerated, Uint8Array.of(status.reason)))];
  return encode(contextConstructed(1), makeGeneralizedTime(status.revokedAt), ...reason);
}

/** A refusal of a responder (RFC 6960, section 4.2.1). */
export function makeRefusal(status: number): Uint8Array {
  return encodeSequence(encode(tag.enumerated, Uint8Array.of(status)));
}

/** A root, an authority below it, and what they sign with. */
export interface House {
  readonly root: Signer;
  readonly authority: Signer;
  readonly rootCertificate: Certificate;
  readonly authorityCertificate: Certificate;
  /** The validated path of a certificate of the authority, by that certificate of it or the usual one. */
  path(certificate: Certificate, authority?: Certificate): ValidPath;
}

/** A house whose certificates hold around `at`; the authority's own status is told by the list at `rootListUrl`. */
export function makeHouse(at: number, rootListUrl: string, name = 'Test'): House {
  const root = makeSigner(`${name} Root`);
  const authority = makeSigner(`${name} Authority`);
  const term = { notBefore: at - 100 * day, notAfter: at + 100 * day };
  const rootCertificate = makeCertificate({
    subject: root,
    issuer: root,
    serial: 1,
    isAuthority: true,
    ...term,
  });
  const authorityCertificate = makeCertificate({
    subject: authority,
    issuer: root,
    serial: 2,
    isAuthority: true,
    listUrls: [rootListUrl],
    ...term,
  });
  return {
    root,
    authority,
    rootCertificate,
    authorityCertificate,
    path: (target, authority = authorityCertificate) =>
      findPath({
        target,
        pool: [authority],
        anchors: [anchorOf(rootCertificate)],
        at,
        profile: profiles.rfc5280,
        budget: new Budget(),
      }),
  };
}
