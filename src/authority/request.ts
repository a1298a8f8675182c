import { readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { currentAlgorithms, describeAccepted, forbiddenBy } from '../algorithm/policy.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import { readPublicKeyInfo } from '../algorithm/public-key-info.ts';
import { resolveSignatureAlgorithm, signatureAlgorithmName } from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { readName } from '../certificate/name.ts';
import { readEncodings } from '../encoding/encoding.ts';
import { SealgateError } from '../error.ts';
import { crypto } from '../webcrypto/crypto.ts';
import { Name, Pkcs10CertificateRequestGenerator } from '../webcrypto/x509.ts';
import type { KeyPair } from './key.ts';

/** A request whose signature proves that whoever sent it has the private key. */
export interface VerifiedRequest {
  /** DER Name that the request asks for; nothing in it has been checked. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, the octets of the request. */
  readonly publicKey: Uint8Array;
}

/**
 * Reads a PKCS #10 request (RFC 2986), DER, PEM or base64, and verifies its signature under the key that it asks a
 * certificate for. Throws `request_malformed`, `algorithm_forbidden` or `signature_invalid`.
 */
export function verifyRequest(request: Uint8Array | string): VerifiedRequest {
  try {
    return verifyDer(derOf(request));
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new SealgateError('request_malformed', { field: 'pkcs10', problem: error.rule }, { cause: error });
  }
}

function derOf(request: Uint8Array | string): Uint8Array {
  const octets = typeof request === 'string' ? Buffer.from(request) : request;
  return readEncodings(octets)[0]?.octets ?? octets;
}

function verifyDer(der: Uint8Array): VerifiedRequest {
  const reader = Reader.der(der);
  const outer = reader.sequence();
  const start = outer.mark();
  const info = outer.sequence();
  const signed = outer.since(start);
  if (info.smallInteger() !== 0) info.refuse('version of the request is unknown');
  const subject = readName(info);
  const publicKeyInfo = readPublicKeyInfo(info);
  if (!info.isAtEnd) info.any();
  info.finish();
  const identifier = readAlgorithmIdentifier(outer);
  const signature = outer.octetsOfBitString();
  outer.finish();
  reader.finish();

  const algorithm = resolveSignatureAlgorithm(identifier);
  const key = publicKeyOf(publicKeyInfo);
  if (algorithm === undefined) throw forbidden(identifier.oid);
  if (key.family === 'unusable') throw forbidden(key.kind);
  const reason = forbiddenBy(currentAlgorithms, algorithm, key);
  if (reason !== undefined) throw forbidden(reason);
  if (!verifySignatureValue(algorithm, key, signed, signature))
    throw new SealgateError('signature_invalid', { algorithm: signatureAlgorithmName(algorithm) });
  return { subject: subject.der, publicKey: publicKeyInfo.der };
}

function forbidden(algorithm: string): SealgateError {
  const accepted = describeAccepted(currentAlgorithms);
  return new SealgateError('algorithm_forbidden', { algorithm, where: 'certificate-request', accepted });
}

/** A PKCS #10 request, DER, for a key pair in memory; `subject` is a DER Name. */
export async function makeRequest(pair: KeyPair, subject: Uint8Array): Promise<Uint8Array> {
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: new Name(subject), keys: pair.keys, signingAlgorithm: pair.signing },
    crypto,
  );
  return new Uint8Array(request.rawData);
}
