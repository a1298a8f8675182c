import { randomUUID } from 'node:crypto';
import forge from 'node-forge';
import { digest } from '../../src/algorithm/digest.ts';
import { signDetached } from '../../src/authority/detached.ts';
import { exportPrivateKey, generateKeyPair, type KeyPair } from '../../src/authority/key.ts';
import { selfSigned } from '../../src/authority/self-signed.ts';
import { pem } from '../../src/esia/key/pem.ts';
import { gost } from '../../src/gost/engine.ts';
import { curveOf, GostCryptoKey } from '../../src/webcrypto/gost-key.ts';

/** The signing kit of a client system: a key with a certificate of its own. */
export interface SystemKey {
  readonly pair: KeyPair;
  readonly certificate: Uint8Array;
  /** As registrations have it. */
  readonly base64: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** `client_certificate_hash`. */
  readonly hash: string;
}

const day = 86_400_000;

/** Makes a key with a certificate that it signs itself. */
export async function systemKey(
  kind: 'rsa-2048' | 'gost2012-256',
  name = 'Client system',
  notAfter = Date.now() + 100 * day,
): Promise<SystemKey> {
  const pair = await generateKeyPair(kind);
  const certificate = await selfSigned(pair, name, { notBefore: Date.now() - 200 * day, notAfter });
  return {
    ...{ pair, certificate },
    base64: Buffer.from(certificate).toString('base64'),
    certificatePem: pem('CERTIFICATE', certificate),
    keyPem: pem('PRIVATE KEY', await exportPrivateKey(pair)),
    hash: Buffer.from(digest('streebog256', certificate)).toString('hex').toUpperCase(),
  };
}

/** A raw GOST signature, s ‖ r, in base64url. */
export function signRaw({ pair }: SystemKey, text: string): string {
  const { privateKey } = pair.keys;
  if (!(privateKey instanceof GostCryptoKey)) throw new Error('a GOST key is needed');
  const curve = curveOf(privateKey.algorithm);
  return Buffer.from(gost.sign(curve, digest('streebog256', Buffer.from(text)), privateKey.octets)).toString(
    'base64url',
  );
}

/** A detached CMS signature with signed attributes, in base64url. */
export async function signCms({ pair, certificate }: SystemKey, text: string): Promise<string> {
  const issued = { certificate, key: pair, chain: [] };
  return Buffer.from(await signDetached(Buffer.from(text), issued as never, Date.now())).toString(
    'base64url',
  );
}

/** A CMS signature of RSA with attached content and without attributes, as the npm client makes it. */
export function signAttached({ certificatePem, keyPem }: SystemKey, text: string, detached = false): string {
  const message = forge.pkcs7.createSignedData();
  message.content = forge.util.createBuffer(text);
  message.addCertificate(certificatePem);
  message.addSigner({
    key: forge.pki.privateKeyFromPem(keyPem),
    certificate: certificatePem,
    digestAlgorithm: forge.pki.oids.sha256 ?? '',
  });
  message.sign({ detached });
  return Buffer.from(forge.asn1.toDer(message.toAsn1()).getBytes(), 'binary').toString('base64url');
}

/** `yyyy.MM.dd HH:mm:ss Z` of a moment. */
export function timestamp(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  return `${date.replaceAll('-', '.')} ${time.slice(0, 8)} +0000`;
}

/** Parameters of a request by name. */
export type Form = Record<string, string>;

/** What is signed of them at v1 and at v2, as ЕСИА's rules have it. */
export function toSign(version: 'v1' | 'v2', form: Form, withCode = false): string {
  const names =
    version === 'v1'
      ? ['scope', 'timestamp', 'client_id', 'state']
      : [
          'client_id',
          'scope',
          'scope_org',
          'timestamp',
          'state',
          'redirect_uri',
          ...(withCode ? ['code'] : []),
        ];
  return names.map((name) => form[name] ?? '').join('');
}

/** A request for authorization without its signature. */
export function authorizationForm(more: Form = {}): Form {
  return {
    client_id: 'SYSTEM',
    scope: 'openid fullname snils inn usr_org',
    response_type: 'code',
    state: randomUUID(),
    timestamp: timestamp(Date.now()),
    access_type: 'offline',
    redirect_uri: 'https://portal.example/back',
    ...more,
  };
}
