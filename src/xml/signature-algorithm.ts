import { type DigestAlgorithm, digestLengths } from '../algorithm/digest.ts';
import type { SignatureAlgorithm } from '../algorithm/signature-algorithm.ts';

const core = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const encryption = 'http://www.w3.org/2001/04/xmlenc#';
const latest = 'http://www.w3.org/2007/05/xmldsig-more#';
const gost = 'urn:ietf:params:xml:ns:cpxmlsec:algorithms:';

/** Hash functions by their names in XML signatures (RFC 6931; GOST names as the state's systems write them). */
export const xmlDigests: ReadonlyMap<string, DigestAlgorithm> = new Map([
  [`${core}sha1`, 'sha1'],
  [`${encryption}sha256`, 'sha256'],
  [`${more}sha384`, 'sha384'],
  [`${encryption}sha512`, 'sha512'],
  [`${more}sha224`, 'sha224'],
  [`${latest}sha3-256`, 'sha3-256'],
  [`${latest}sha3-384`, 'sha3-384'],
  [`${latest}sha3-512`, 'sha3-512'],
  [`${gost}gostr34112012-256`, 'streebog256'],
  [`${gost}gostr34112012-512`, 'streebog512'],
  [`${more}gostr3411`, 'gost94'],
  [`${gost}gostr3411`, 'gost94'],
]);

/** Signatures by their names; those that no policy accepts are here so that a refusal can say what was used. */
export const xmlSignatures: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  [`${core}rsa-sha1`, { family: 'rsa-pkcs1', digest: 'sha1' }],
  [`${more}rsa-sha256`, { family: 'rsa-pkcs1', digest: 'sha256' }],
  [`${more}rsa-sha384`, { family: 'rsa-pkcs1', digest: 'sha384' }],
  [`${more}rsa-sha512`, { family: 'rsa-pkcs1', digest: 'sha512' }],
  [`${more}ecdsa-sha1`, { family: 'ecdsa', digest: 'sha1' }],
  ...(['sha256', 'sha384', 'sha512'] as const).map((digest): [string, SignatureAlgorithm] => [
    `${latest}${digest}-rsa-MGF1`,
    { family: 'rsa-pss', digest, maskDigest: digest, saltLength: digestLengths[digest] },
  ]),
  [`${more}ecdsa-sha256`, { family: 'ecdsa', digest: 'sha256' }],
  [`${more}ecdsa-sha384`, { family: 'ecdsa', digest: 'sha384' }],
  [`${more}ecdsa-sha512`, { family: 'ecdsa', digest: 'sha512' }],
  [`${gost}gostr34102012-gostr34112012-256`, { family: 'gost2012', digest: 'streebog256' }],
  [`${gost}gostr34102012-gostr34112012-512`, { family: 'gost2012', digest: 'streebog512' }],
  [`${more}gostr34102001-gostr3411`, { family: 'gost2001', digest: 'gost94' }],
  [`${gost}gostr34102001-gostr3411`, { family: 'gost2001', digest: 'gost94' }],
]);
