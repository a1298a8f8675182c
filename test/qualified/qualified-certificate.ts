import { tag } from '../../src/asn1/tag.ts';
import { encode, encodeOid, encodeSequence, encodeUnsigned } from '../../src/asn1/writer.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { toolClassOids } from '../../src/qualified/tool-class.ts';
import { type Attribute, type ExtensionParts, unsigned } from '../subject/unsigned.ts';

export const issuerName: readonly Attribute[] = [
  ['commonName', 'Федеральная налоговая служба'],
  ['ogrn', '1047707030513'],
  ['innLegalEntity', '7707329152'],
];

export const place: readonly Attribute[] = [
  ['country', 'RU', tag.printableString],
  ['state', '77 Москва'],
  ['locality', 'Москва'],
  ['street', 'улица Тверская, дом 7'],
];

export const person: readonly Attribute[] = [
  ['surname', 'Иванова'],
  ['givenName', 'Мария Петровна'],
  ['snils', '11223344595'],
  ['inn', '500100732259'],
];

export const organisation: readonly Attribute[] = [
  ['commonName', 'ООО «Ромашка»'],
  ['organisation', 'ООО «Ромашка»'],
  ['ogrn', '1027700132195'],
  ['innLegalEntity', '7707083893'],
];

export const legalEntity: readonly Attribute[] = [
  ...place,
  ...organisation,
  ...person,
  ['title', 'Генеральный директор'],
];

export const naturalPerson: readonly Attribute[] = [
  ['country', 'RU', tag.printableString],
  ['commonName', 'Иванова Мария Петровна'],
  ...person,
];

export const entrepreneur: readonly Attribute[] = [...naturalPerson, ['ogrnip', '304500116000157']];

export function utf8(text: string): Uint8Array {
  return encode(tag.utf8String, Buffer.from(text));
}

export function policies(...oids: readonly string[]): Uint8Array {
  return encodeSequence(...oids.map((oid) => encodeSequence(encodeOid(oid))));
}

export function bits(octet: number, unused: number): Uint8Array {
  return encode(tag.bitString, Uint8Array.of(unused, octet));
}

export function integer(value: number): Uint8Array {
  return encodeUnsigned(Uint8Array.of(value));
}

export function keyPeriod(notBefore: string | undefined, notAfter: string | undefined): Uint8Array {
  const parts = [notBefore, notAfter].map((text, at) =>
    text === undefined ? new Uint8Array() : encode(0x80 | at, Buffer.from(text)),
  );
  return encodeSequence(...parts);
}

export function purposes(...oids: readonly string[]): Uint8Array {
  return encodeSequence(...oids.map(encodeOid));
}

export const extensionOids = {
  subjectSignTool: '1.2.643.100.111',
  issuerSignTool: '1.2.643.100.112',
  identificationKind: '1.2.643.100.114',
  policies: '2.5.29.32',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  basicConstraints: '2.5.29.19',
  keyPeriod: '2.5.29.16',
  authorityKey: '2.5.29.35',
  revocationLists: '2.5.29.31',
} as const;

/** Extensions of a certificate that breaks no rule but that of the key's algorithm. */
export const flawlessExtensions: readonly ExtensionParts[] = [
  [extensionOids.subjectSignTool, utf8('КриптоПро CSP')],
  [
    extensionOids.issuerSignTool,
    encodeSequence(utf8('КриптоПро CSP'), utf8('КриптоПро УЦ'), utf8('СФ/1'), utf8('СФ/2')),
  ],
  [extensionOids.identificationKind, integer(0)],
  [extensionOids.policies, policies(toolClassOids.KC1, toolClassOids.KC2)],
  [extensionOids.keyUsage, bits(0xf0, 4), true],
  [extensionOids.keyPeriod, keyPeriod('20260101000000Z', '20270301000000Z')],
  [extensionOids.authorityKey, encodeSequence(encode(0x80, Uint8Array.of(1, 2, 3)))],
  [
    extensionOids.revocationLists,
    encodeSequence(
      encodeSequence(encode(0xa0, encode(0xa0, encode(0x86, Buffer.from('http://ca.test/1.crl'))))),
    ),
  ],
];

/** What to change about a flawless certificate. */
export interface Changes {
  readonly subject?: readonly Attribute[];
  readonly issuer?: readonly Attribute[];
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Extensions that replace those of the same identifier; null leaves one out. */
  readonly extensions?: Readonly<Partial<Record<keyof typeof extensionOids, Uint8Array | null>>>;
  readonly keyUsageIsCritical?: boolean;
  /** Puts the first two attributes into one relative name. */
  readonly joinsNames?: boolean;
  readonly keyAlgorithm?: string;
}

/** A certificate like the flawless one but for `changes`; its signature is nonsense. */
export function profiled(changes: Changes = {}): Certificate {
  const replaced = new Map(
    Object.entries(changes.extensions ?? {}).map(([name, value]) => [
      extensionOids[name as keyof typeof extensionOids] as string,
      value,
    ]),
  );
  const kept = flawlessExtensions
    .filter(([oid]) => !replaced.has(oid))
    .map(
      ([oid, value, isCritical]): ExtensionParts => [
        oid,
        value,
        oid === extensionOids.keyUsage ? (changes.keyUsageIsCritical ?? true) : (isCritical ?? false),
      ],
    );
  const added = [...replaced].filter((entry): entry is [string, Uint8Array] => entry[1] !== null);
  return unsigned({
    subject: changes.subject ?? legalEntity,
    issuer: changes.issuer ?? issuerName,
    ...(changes.notBefore === undefined ? {} : { notBefore: changes.notBefore }),
    ...(changes.notAfter === undefined ? {} : { notAfter: changes.notAfter }),
    extensions: [...kept, ...added],
    ...(changes.joinsNames === undefined ? {} : { joinsNames: changes.joinsNames }),
    ...(changes.keyAlgorithm === undefined ? {} : { keyAlgorithm: changes.keyAlgorithm }),
  });
}
