import { curveOids, keyOids } from '../algorithm/oids.ts';
import { Reader } from '../asn1/reader.ts';
import { decodeString, isStringTag } from '../asn1/string.ts';
import { contextConstructed, tag } from '../asn1/tag.ts';
import { attributeOids } from '../certificate/attribute-oids.ts';
import { safeText } from '../failure/safe-text.ts';

/** What the page reads of a certificate: enough to show it and to see what plainly cannot sign in. */
export interface ReadCertificate {
  readonly organisation?: string;
  readonly inn?: string;
  readonly person?: string;
  readonly position?: string;
  readonly authority: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether the key may sign, as its usage says. */
  readonly maySign: boolean;
  /** Name of an algorithm that the service never accepts; absent for one that it may. */
  readonly forbiddenAlgorithm?: string;
}

const keyUsage = '2.5.29.15';
/** digitalSignature and nonRepudiation are the first two bits (RFC 5280, section 4.2.1.3). */
const signingBits = 0b1100_0000;
const shortestRsa = 2048;

/**
 * Reads a DER certificate by the strict reader that the service reads with. Nothing is verified: whoever has the key
 * decides what stands in it, and the service alone what it is worth. Throws an EncodingError.
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  const tbs = Reader.der(der, new Set()).sequence().sequence();
  tbs.optionalConstructed(contextConstructed(0));
  tbs.integer();
  tbs.any();
  const issuer = readName(tbs);
  const validity = tbs.sequence();
  const [notBefore, notAfter] = [validity.time(), validity.time()];
  const subject = readName(tbs);
  const forbidden = readAlgorithm(tbs);
  const usage = readUsage(tbs);
  return {
    ...subjectOf(subject),
    authority: issuer.get(attributeOids.organisation) ?? issuer.get(attributeOids.commonName) ?? '—',
    notBefore,
    notAfter,
    maySign: usage === undefined || (usage & signingBits) !== 0,
    ...(forbidden === undefined ? {} : { forbiddenAlgorithm: forbidden }),
  };
}

type Attributes = ReadonlyMap<string, string>;

/** The first value of each attribute, safe to show. */
function readName(tbs: Reader): Attributes {
  const attributes = new Map<string, string>();
  const names = tbs.sequence();
  while (!names.isAtEnd) {
    const set = names.set();
    while (!set.isAtEnd) {
      const attribute = set.sequence();
      const type = attribute.oid();
      const value = attribute.element();
      if (isStringTag(value.tag) && !attributes.has(type)) {
        attributes.set(type, safeText(decodeString(value.tag, value.content).trim()));
      }
    }
  }
  return attributes;
}

function subjectOf(subject: Attributes) {
  const names = [subject.get(attributeOids.surname), subject.get(attributeOids.givenName)];
  const common = subject.get(attributeOids.commonName);
  const organisation = subject.get(attributeOids.organisation);
  const full = names.filter((name) => name !== undefined).join(' ');
  const person = full || (common === organisation ? undefined : common);
  const inn =
    subject.get(attributeOids.innLegalEntity) ??
    subject.get(attributeOids.inn)?.replace(/^00(?=\d{10}$)/, '');
  const position = subject.get(attributeOids.title);
  return {
    ...(organisation ? { organisation } : {}),
    ...(inn ? { inn } : {}),
    ...(person ? { person } : {}),
    ...(position ? { position } : {}),
  };
}

/** The name of an algorithm that is never accepted. */
function readAlgorithm(tbs: Reader): string | undefined {
  const info = tbs.sequence();
  const algorithm = info.sequence();
  const type = algorithm.oid();
  switch (type) {
    case keyOids.gost2012With256:
    case keyOids.gost2012With512:
    case keyOids.ed25519:
      return undefined;
    case keyOids.rsa:
    case keyOids.rsaPss:
      return readRsa(info);
    case keyOids.ec: {
      if (algorithm.peek() !== tag.oid) return 'EC';
      const curve = algorithm.oid();
      return Object.values<string>(curveOids).includes(curve) ? undefined : `EC ${curve}`;
    }
    case keyOids.gost2001:
      return 'GOST R 34.10-2001';
    case keyOids.gost94:
      return 'GOST R 34.10-94';
    default:
      return type;
  }
}

function readRsa(info: Reader): string | undefined {
  const modulus = Reader.der(info.octetsOfBitString()).sequence().integer();
  const zeros = modulus.findIndex((octet) => octet !== 0);
  const bits = (modulus.length - zeros) * 8 - Math.clz32(modulus[zeros] ?? 0) + 24;
  return bits < shortestRsa ? `RSA ${bits}` : undefined;
}

/** The first octet of the key usage; undefined where none is stated. */
function readUsage(tbs: Reader): number | undefined {
  while (!tbs.isAtEnd) {
    const wrapper = tbs.optionalConstructed(contextConstructed(3));
    if (wrapper === undefined) {
      tbs.element();
      continue;
    }
    const extensions = wrapper.sequence();
    while (!extensions.isAtEnd) {
      const extension = extensions.sequence();
      const type = extension.oid();
      extension.booleanDefaultFalse();
      const value = extension.octetString();
      if (type === keyUsage) return Reader.der(value).bitString().octets[0] ?? 0;
    }
  }
  return undefined;
}
