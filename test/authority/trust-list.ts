import { type DigestAlgorithm, digest as digestOf } from '../../src/algorithm/digest.ts';
import type { KeyPair } from '../../src/authority/key.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { subjectKeyIdentifier } from '../../src/certificate/key-identifier.ts';
import { attributeOids } from '../../src/certificate/name.ts';
import { crypto } from '../../src/webcrypto/crypto.ts';
import { type CanonicalForm, Canonicaliser, type Namespaces } from '../../src/xml/canonical.ts';
import { parseXml, type XmlElement } from '../../src/xml/parse.ts';
import { xmlDigests, xmlSignatures } from '../../src/xml/signature-algorithm.ts';

/** An authority's standing since a time (ms), in the words of the list. */
export interface ListedStatus {
  readonly status: string;
  readonly since: number;
}

/** One authority of a list to be made. */
export interface ListEntry {
  readonly name: string;
  readonly inn: string;
  readonly ogrn: string;
  readonly status: ListedStatus;
  readonly history?: readonly ListedStatus[];
  /** Certificates of each key, DER. */
  readonly keys: readonly (readonly Uint8Array[])[];
  readonly crlAddresses?: readonly string[];
  readonly toolClass?: string;
  /** OGRN of the authority that took over. */
  readonly successor?: string;
}

/** A list to be made; times in ms since the epoch. */
export interface ListOrder {
  readonly version: number;
  readonly date: number;
  readonly authorities: readonly ListEntry[];
}

/** How a list is signed; exclusive canonical XML by default, as the state's list is. */
export interface ListSigner {
  readonly key: KeyPair;
  /** DER of the signer's certificate and of those above it, which go into the signature. */
  readonly certificates: readonly Uint8Array[];
  readonly form?: CanonicalForm;
}

const signatureUri = 'http://www.w3.org/2000/09/xmldsig#';
const exclusiveUri = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const inclusiveUri = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const rootName = 'АккредитованныеУдостоверяющиеЦентры';
const schemaUri = 'http://www.w3.org/2001/XMLSchema-instance';
const exclusive: CanonicalForm = { kind: 'exclusive', prefixes: new Set() };
const generous = { octets: 2 ** 28, depth: 32, elements: 10_000_000, attributes: 32 };

/** A list of accredited authorities in the form of the state's, not signed yet. */
export function writeTrustList({ version, date, authorities }: ListOrder): string {
  const schema = `xmlns:xsi="${schemaUri}" xsi:noNamespaceSchemaLocation="TSLExt.1.0.xsd"`;
  return [
    `<?xml version="1.0" encoding="utf-8"?>\n<${rootName} ${schema}>`,
    element('Версия', String(version)),
    element('Дата', timeOf(date)),
    ...authorities.map(writeAuthority),
    `</${rootName}>`,
  ].join('\n');
}

function writeAuthority(entry: ListEntry): string {
  const { name, inn, ogrn, status, history = [], keys, successor, toolClass = 'КВ2' } = entry;
  const complex = [
    element('Псевдоним', name),
    element('КлассСредствЭП', toolClass),
    nest('КлючиУполномоченныхЛиц', ...keys.map((certificates) => writeKey(certificates, entry))),
  ];
  return nest(
    'УдостоверяющийЦентр',
    element('Название', name),
    element('КраткоеНазвание', name),
    nest('ПрограммноАппаратныеКомплексы', nest('ПрограммноАппаратныйКомплекс', ...complex)),
    element('ИНН', inn),
    element('ОГРН', ogrn),
    nest('СтатусАккредитации', ...writeStatus(status)),
    nest(
      'ИсторияСтатусовАккредитации',
      ...history.map((past) => nest('СтатусАккредитации', ...writeStatus(past))),
    ),
    ...(successor === undefined ? [] : [element('ПолномочияПереданыУЦсОГРН', successor)]),
  );
}

function writeStatus({ status, since }: ListedStatus): string[] {
  return [element('Статус', status), element('ДействуетС', timeOf(since))];
}

function writeKey(certificates: readonly Uint8Array[], { crlAddresses = [] }: ListEntry): string {
  const [first] = certificates;
  const identifier =
    first === undefined ? undefined : parseCertificate(first).extension(subjectKeyIdentifier);
  return nest(
    'Ключ',
    element('ИдентификаторКлюча', hex(identifier ?? new Uint8Array())),
    nest('АдресаСписковОтзыва', ...crlAddresses.map((address) => element('Адрес', address))),
    nest('Сертификаты', ...certificates.map(writeCertificate)),
  );
}

function writeCertificate(der: Uint8Array): string {
  const { issuer, subject, serialNumberHex, notBefore, notAfter } = parseCertificate(der);
  return nest(
    'ДанныеСертификата',
    element('Отпечаток', hex(digestOf('sha1', der))),
    element('КемВыдан', issuer.text(attributeOids.commonName) ?? ''),
    element('КомуВыдан', subject.text(attributeOids.commonName) ?? ''),
    element('СерийныйНомер', serialNumberHex.toUpperCase()),
    element('ПериодДействияС', timeOf(notBefore)),
    element('ПериодДействияДо', timeOf(notAfter)),
    element('Данные', Buffer.from(der).toString('base64')),
  );
}

function element(name: string, text: string): string {
  return `<${name}>${escapeText(text)}</${name}>`;
}

function nest(name: string, ...parts: readonly string[]): string {
  return `<${name}>\n${parts.join('\n')}\n</${name}>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex').toUpperCase();
}

const keyFamilies: readonly (readonly [prefix: string, family: string])[] = [
  ['rsa', 'rsa-pkcs1'],
  ['ecdsa', 'ecdsa'],
  ['gost2012', 'gost2012'],
];
const hashNames: Readonly<Record<string, DigestAlgorithm>> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Names of the digest and the signature that a key makes. */
function algorithmsOf(key: KeyPair): { digest: DigestAlgorithm; digestUri: string; signatureUri: string } {
  const family = keyFamilies.find(([prefix]) => key.kind.startsWith(prefix))?.[1];
  const gostDigest = key.kind.includes('512') ? 'streebog512' : 'streebog256';
  const digest = family === 'gost2012' ? gostDigest : hashNames[key.hash];
  const digestUri = [...xmlDigests].find(([, name]) => name === digest)?.[0];
  const found = [...xmlSignatures].find(
    ([, algorithm]) => algorithm.family === family && 'digest' in algorithm && algorithm.digest === digest,
  );
  if (digest === undefined || digestUri === undefined || found === undefined) {
    throw new Error(`XML is not signed with a key of kind ${key.kind}`);
  }
  return { digest, digestUri, signatureUri: found[0] };
}

/**
 * Signs a document with an enveloped signature, put at the end of the root element; as the signer of the state's list
 * does. Returns the document with its signature, UTF-8.
 */
export async function signXml(document: string, signer: ListSigner): Promise<Uint8Array> {
  const { key, certificates, form = exclusive } = signer;
  const names = algorithmsOf(key);
  const formUri = form.kind === 'exclusive' ? exclusiveUri : inclusiveUri;
  const content = new Canonicaliser(form);
  parseXml(Buffer.from(document), content, generous);
  const digestValue = Buffer.from(digestOf(names.digest, content.result())).toString('base64');
  const signedInfo = [
    `<SignedInfo xmlns="${signatureUri}">`,
    `<CanonicalizationMethod Algorithm="${formUri}"></CanonicalizationMethod>`,
    `<SignatureMethod Algorithm="${names.signatureUri}"></SignatureMethod>`,
    '<Reference URI=""><Transforms>',
    `<Transform Algorithm="${signatureUri}enveloped-signature"></Transform>`,
    `<Transform Algorithm="${formUri}"></Transform></Transforms>`,
    `<DigestMethod Algorithm="${names.digestUri}"></DigestMethod>`,
    `<DigestValue>${digestValue}</DigestValue></Reference></SignedInfo>`,
  ].join('');
  const signed = new Canonicaliser(form, rootNamespaces(document));
  parseXml(Buffer.from(signedInfo), signed, generous);
  const value = await crypto.subtle.sign(key.signing, key.keys.privateKey, signed.result());
  const encoded = certificates.map(
    (der) => `<X509Certificate>${Buffer.from(der).toString('base64')}</X509Certificate>`,
  );
  const signature = [
    `<Signature xmlns="${signatureUri}">`,
    signedInfo.replace(` xmlns="${signatureUri}"`, ''),
    `<SignatureValue>${Buffer.from(value).toString('base64')}</SignatureValue>`,
    `<KeyInfo><X509Data>${encoded.join('')}</X509Data></KeyInfo></Signature>`,
  ].join('');
  const end = document.lastIndexOf('</');
  return Buffer.from(`${document.slice(0, end)}${signature}${document.slice(end)}`);
}

/** The namespaces that the root declares: they are in scope inside of the signature. */
function rootNamespaces(document: string): Namespaces {
  let root: XmlElement | undefined;
  const handler = {
    open: (found: XmlElement) => {
      root ??= found;
    },
    close: () => {},
    text: () => {},
  };
  parseXml(Buffer.from(document), handler, generous);
  return root?.namespaces ?? new Map();
}
