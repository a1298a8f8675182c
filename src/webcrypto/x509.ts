import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { cryptoProvider, diAlgorithm, type IAlgorithm } from '@peculiar/x509';
import { container } from 'tsyringe';
import { digestOids } from '../algorithm/digest.ts';
import { keyOids, signatureOids } from '../algorithm/oids.ts';
import { Reader } from '../asn1/reader.ts';
import { crypto } from './crypto.ts';
import { gostAlgorithmName, gostKeyAlgorithm, gostParameterSetByOid } from './gost-algorithm.ts';

/** Translates between WebCrypto's names and GOST's object identifiers for @peculiar/x509. */
class GostX509Algorithm implements IAlgorithm {
  /** Algorithm of a signature; parameters stay absent (RFC 9215, section 2). */
  toAsnAlgorithm(algorithm: webcrypto.Algorithm): AlgorithmIdentifier | null {
    const hash = hashOf(algorithm);
    switch (algorithm.name === gostAlgorithmName ? hash : algorithm.name) {
      case 'STREEBOG-256':
        return new AlgorithmIdentifier({
          algorithm: hash === undefined ? digestOids.streebog256 : signatureOids.gost2012With256,
        });
      case 'STREEBOG-512':
        return new AlgorithmIdentifier({
          algorithm: hash === undefined ? digestOids.streebog512 : signatureOids.gost2012With512,
        });
      default:
        return null;
    }
  }

  /** Algorithm of a key, a signature or a hash. */
  toWebAlgorithm(identifier: AlgorithmIdentifier): webcrypto.Algorithm | null {
    switch (identifier.algorithm) {
      case signatureOids.gost2012With256:
        return { name: gostAlgorithmName, hash: { name: 'STREEBOG-256' } } as webcrypto.Algorithm;
      case signatureOids.gost2012With512:
        return { name: gostAlgorithmName, hash: { name: 'STREEBOG-512' } } as webcrypto.Algorithm;
      case digestOids.streebog256:
        return { name: 'STREEBOG-256' };
      case digestOids.streebog512:
        return { name: 'STREEBOG-512' };
      case keyOids.gost2012With256:
      case keyOids.gost2012With512:
        return keyAlgorithmOf(identifier.parameters);
      default:
        return null;
    }
  }
}

function hashOf(algorithm: webcrypto.Algorithm): string | undefined {
  if (!('hash' in algorithm)) return undefined;
  const { hash } = algorithm as { hash: string | { name: string } };
  return (typeof hash === 'string' ? hash : hash.name).toUpperCase();
}

function keyAlgorithmOf(parameters: ArrayBuffer | null | undefined): webcrypto.Algorithm | null {
  if (!parameters) return null;
  const namedCurve = gostParameterSetByOid(Reader.der(new Uint8Array(parameters)).sequence().oid());
  return namedCurve === undefined ? null : gostKeyAlgorithm(namedCurve);
}

container.registerSingleton(diAlgorithm, GostX509Algorithm);
cryptoProvider.set(crypto);

/**
 * @peculiar/x509, able to read, verify and make GOST; it is to be imported from here, so that this has happened
 * and the polyfill that its own container asks for is loaded before it.
 */
export {
  Extension,
  Name,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  PublicKey,
  X509Certificate,
  X509CertificateGenerator,
  X509ChainBuilder,
  X509Crl,
} from '@peculiar/x509';
