import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DigestAlgorithm, digest, digestByOid, digestOids } from '../../src/algorithm/digest.ts';
import { readAlgorithmIdentifier } from '../../src/algorithm/identifier.ts';
import type { AlgorithmPolicy } from '../../src/algorithm/policy.ts';
import { longestRsa, publicKeyOf } from '../../src/algorithm/public-key.ts';
import { type PublicKeyInfo, parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { resolveSignatureAlgorithm } from '../../src/algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../src/algorithm/verify.ts';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed } from '../../src/asn1/tag.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { gostCurveByOid } from '../../src/gost/curve.ts';
import { gost } from '../../src/gost/engine.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import { Checks } from '../../src/report/check.ts';
import { readSignedAttributes } from '../../src/signature/attributes.ts';
import type { SignerInfo } from '../../src/signature/signed-data.ts';
import { openMessage, type SignedMessage } from '../../src/signature/signed-message.ts';
import { identifies } from '../../src/signature/signer-certificate.ts';
import { verifySigner } from '../../src/signature/verify.ts';
import type { Chain, GostManifest, Message, RawSignature } from './gost-manifest.ts';
import type { CaseResult } from './suite.ts';

/** The examples use test parameters and, in part, the old standard: everything that can be computed is accepted. */
const everything: AlgorithmPolicy = {
  digests: new Set(Object.keys(digestOids) as DigestAlgorithm[]),
  minimumRsaBits: 1024,
  maximumRsaBits: longestRsa,
  acceptsDsa: false,
  acceptsGost2001: true,
  acceptsMislabelledGost: true,
  acceptsTestCurves: true,
};

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const big = (digits: string, size: number) =>
  hex(
    digits
      .replace(/^0x/, '')
      .padStart(2 * size, '0')
      .slice(-2 * size),
  );

/** Judges every case of a manifest with the engine of this process. */
export function* gostCases(folder: string, manifest: GostManifest): Iterable<CaseResult> {
  const read = (file: string) => readEncoding(join(folder, file));
  for (const { id, bits, message_hex, digest_hex } of manifest.streebog ?? []) {
    const found = gost.digest(bits === 256 ? 'streebog256' : 'streebog512', hex(message_hex));
    yield result(id, Buffer.from(found).toString('hex'), digest_hex);
  }
  for (const { id, curve, public_key, e, r, s, result: expected } of manifest.signatures ?? []) {
    yield result(id, judgeNumbers({ param_set: curve.oid, public_key, digest: e, r, s }), expected);
  }
  for (const raw of manifest.raw_signatures ?? []) {
    const e = Buffer.from(raw.digest_hex, 'hex').reverse().toString('hex');
    yield result(raw.id, judgeNumbers({ ...raw, digest: e }), raw.result);
  }
  for (const { id, request, certificate, crl, expected } of manifest.rfc9215 ?? []) {
    const { publicKey } = parseCertificate(read(certificate));
    const judged = (file: string) => judgeSigned(read(file), publicKey);
    yield result(`${id} request`, judged(request), expected?.request_signature);
    yield result(`${id} certificate`, judged(certificate), expected?.certificate_signature);
    yield result(`${id} list`, judged(crl), expected?.crl_signature);
  }
  for (const { id, certificate, expected } of manifest.tk26_certificates ?? []) {
    const { publicKey } = parseCertificate(read(certificate));
    yield result(id, judgeSigned(read(certificate), publicKey), expected?.certificate_signature);
  }
  for (const { id, file, issuer_file, expected } of manifest.certificates ?? []) {
    const issuer = parseCertificate(read(issuer_file ?? file));
    yield result(id, judgeSigned(read(file), issuer.publicKey), expected?.certificate_signature);
  }
  for (const { id, file, issuer, expected } of manifest.crls ?? []) {
    yield result(
      `${id} list`,
      judgeSigned(read(file), parseCertificate(read(issuer)).publicKey),
      expected?.crl_signature,
    );
  }
  for (const chain of manifest.chains ?? []) yield chainResult(folder, chain, read);
  for (const message of manifest.cms ?? []) yield* judgeMessage(folder, message, read);
}

function result(id: string, found: string, expected: string | null | undefined): CaseResult {
  if (expected === null || expected === undefined) {
    return { id, outcome: 'skipped', reason: `the manifest does not say what is right; found ${found}` };
  }
  return found === expected
    ? { id, outcome: 'passed' }
    : { id, outcome: 'failed', reason: `found ${found}, expected ${expected}` };
}

function readEncoding(path: string): Uint8Array {
  const octets = readFileSync(path);
  const pem = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(octets.toString('latin1'));
  return pem === null ? new Uint8Array(octets) : Buffer.from(pem[1] ?? '', 'base64');
}

function judgeNumbers(
  raw: Pick<RawSignature, 'param_set' | 'public_key' | 'r' | 's'> & { digest: string },
): string {
  const curve = gostCurveByOid(raw.param_set);
  if (curve === undefined) return `unknown set ${raw.param_set}`;
  const { size } = curve;
  const key = Buffer.concat([big(raw.public_key.x, size).reverse(), big(raw.public_key.y, size).reverse()]);
  const signature = Buffer.concat([big(raw.s, size), big(raw.r, size)]);
  return gost.verify(curve, big(raw.digest, size).reverse(), signature, key) ? 'valid' : 'invalid';
}

/** Certificates, lists and requests are all SEQUENCE { to be signed, algorithm, signature }. */
function judgeSigned(der: Uint8Array, publicKey: PublicKeyInfo): string {
  const fields = Reader.der(der, new Set()).sequence();
  const tbs = fields.raw();
  const algorithm = resolveSignatureAlgorithm(readAlgorithmIdentifier(fields));
  const signature = fields.octetsOfBitString();
  const key = publicKeyOf(parsePublicKeyInfo(publicKey.der));
  if (algorithm === undefined || key.family === 'unusable') return 'unusable';
  return verifySignatureValue(algorithm, key, tbs, signature) ? 'valid' : 'invalid';
}

/** Chains of real authorities stand in a collection of another suite, which need not lie beside this one. */
function chainResult(folder: string, chain: Chain, read: (file: string) => Uint8Array): CaseResult {
  const { id, certificates, expected } = chain;
  if (certificates !== undefined && !existsSync(collectionFile(folder, certificates)))
    return { id, outcome: 'skipped', reason: `its certificates are not here: ${certificates}` };
  return result(id, judgeChain(folder, chain, read), expected);
}

function judgeChain(folder: string, chain: Chain, read: (file: string) => Uint8Array): string {
  const collection =
    chain.certificates === undefined ? undefined : readCollection(folder, chain.certificates);
  const listed = (fingerprints: readonly string[] = []) =>
    fingerprints.flatMap((sha256) => collection?.get(sha256) ?? []);
  const anchors = [
    ...(chain.trust_anchor === undefined ? [] : [read(chain.trust_anchor)]),
    ...listed(chain.trust_anchor_sha256 === undefined ? [] : [chain.trust_anchor_sha256]),
  ];
  const intermediates = [...(chain.intermediates ?? []).map(read), ...listed(chain.intermediates_sha256)];
  return judgePath(read(chain.end_entity), intermediates, anchors, chain.at);
}

function judgePath(
  target: Uint8Array,
  pool: readonly Uint8Array[],
  anchors: readonly Uint8Array[],
  at: string,
): string {
  try {
    findPath({
      target: parseCertificate(target),
      pool: pool.map((der) => parseCertificate(der)),
      anchors: anchors.map((der) => anchorOf(parseCertificate(der))),
      at: Date.parse(at),
      profile: profiles.rfc5280,
      budget: new Budget(),
      algorithms: everything,
    });
    return 'valid';
  } catch (error) {
    if (isFailure(error)) return 'invalid';
    throw error;
  }
}

function collectionFile(folder: string, name: string): string {
  return join(folder, name.endsWith('.gz') ? name : join(name, 'certificates.json.gz'));
}

function readCollection(folder: string, name: string): ReadonlyMap<string, Uint8Array> {
  const packed = readFileSync(collectionFile(folder, name));
  const { certificates } = JSON.parse(gunzipSync(packed).toString()) as {
    certificates: { readonly sha256: string; readonly der: string }[];
  };
  return new Map(certificates.map(({ sha256, der }) => [sha256, Buffer.from(der, 'base64')]));
}

function* judgeMessage(
  folder: string,
  message: Message,
  read: (file: string) => Uint8Array,
): Iterable<CaseResult> {
  const { id, expected, chain } = message;
  const octets = read(message.file);
  if (expected?.digest !== undefined) {
    yield result(id, judgeDigested(octets), expected.digest);
    return;
  }
  const known = (message.certificates ?? []).map((file) => parseCertificate(read(file)));
  const opened = openMessage(octets, new Budget());
  const { signedData } = opened;
  const [signer] = signedData.signers;
  const own = opened.certificates.certificates;
  const certificate = [...own, ...known].find(
    (each) => signer !== undefined && identifies(signer.identifier, each),
  );
  const content =
    message.content === undefined ? signedData.content : readFileSync(join(folder, message.content));
  if (signer === undefined || certificate === undefined) {
    yield { id, outcome: 'failed', reason: 'no signer, or no certificate of the signer' };
    return;
  }
  if (message.checked_over?.startsWith('signedAttrs only') === true) {
    yield result(id, judgeAttributes(signer, certificate.publicKey), expected?.signature);
  } else if (content === undefined) {
    yield { id, outcome: 'failed', reason: 'the content is not there' };
  } else {
    yield result(id, judgeSigner(opened, signer, content, known), expected?.signature);
  }
  if (chain !== undefined) {
    const pool = [...own, ...known].map(({ der }) => der);
    yield result(
      `${id} chain`,
      judgePath(certificate.der, pool, [read(chain.trust_anchor)], chain.at),
      chain.expected,
    );
  }
}

function judgeSigner(
  message: SignedMessage,
  signer: SignerInfo,
  content: Uint8Array,
  known: readonly Certificate[],
): string {
  const rules = {
    algorithms: everything,
    requiresSignedAttributes: false,
    requiresSigningCertificate: false,
    acceptsUtf16Content: false,
  };
  try {
    verifySigner(message, signer, content, rules, new Checks(), new Budget(), known);
    return 'valid';
  } catch (error) {
    if (isFailure(error)) return 'invalid';
    throw error;
  }
}

function judgeAttributes(signer: SignerInfo, publicKey: PublicKeyInfo): string {
  const digestAlgorithm = digestByOid(signer.digestAlgorithm.oid);
  const algorithm = resolveSignatureAlgorithm(signer.signatureAlgorithm, digestAlgorithm);
  const key = publicKeyOf(publicKey);
  if (signer.signedAttributes === undefined || algorithm === undefined || key.family === 'unusable')
    return 'unusable';
  const { der } = readSignedAttributes(signer.signedAttributes);
  return verifySignatureValue(algorithm, key, der, signer.signature) ? 'valid' : 'invalid';
}

/** DigestedData (RFC 5652, section 7). */
function judgeDigested(octets: Uint8Array): string {
  const contentInfo = Reader.ber(octets).sequence();
  contentInfo.oid();
  const fields = contentInfo.constructed(contextConstructed(0)).sequence();
  fields.smallInteger();
  const algorithm = digestByOid(readAlgorithmIdentifier(fields).oid);
  const encapsulated = fields.sequence();
  encapsulated.oid();
  const content = encapsulated.constructed(contextConstructed(0)).octetString();
  const expected = fields.octetString();
  if (algorithm === undefined) return 'unusable';
  return Buffer.compare(digest(algorithm, content), expected) === 0 ? 'valid' : 'invalid';
}
