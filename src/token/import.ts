import { encodeIntegerContent } from '../asn1/writer.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isFailure, SealgateError } from '../error.ts';
import { certificateTypeX509, objectClass } from './cryptoki.ts';
import { type PrivateKey, pairObjects, type TokenContents, type TokenKey } from './pairing.ts';
import { isSameKey, readPublicKey } from './public-key.ts';
import { nameOfToken } from './selection.ts';
import type { Access, Limits, TokenSession } from './session.ts';
import { tryKey } from './trial.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A certificate that stands on the token now; `isNew` says whether it was written just now. */
export interface ImportedCertificate {
  readonly key: Pick<TokenKey, 'id' | 'label'>;
  readonly certificate: Certificate;
  readonly label: string;
  readonly isNew: boolean;
}

/**
 * Writes a certificate beside its key, under the key's identifier. Where the token does not tell which of its keys that
 * is, trial signatures do. Nothing is written where the certificate is there already.
 * Throws `key_not_found` if the key is not on the token, `certificate_malformed`, and the failures of the session.
 */
export async function importCertificate(
  worker: WorkerProcess,
  session: TokenSession,
  access: Access,
  der: Uint8Array,
  label: string | undefined,
  limits: Limits,
): Promise<ImportedCertificate> {
  const certificate = parseCertificate(der);
  const contents = pairObjects(await session.request('objects', {}, limits.login));
  const key = keyInQuestion(contents, certificate);
  const half = key.isCertain ? key.privateKeys[0] : await halfOf(worker, session, access, key, limits);
  if (half === undefined) {
    throw new SealgateError('key_not_found', {
      certificate: certificate.subject.toString(),
      token: nameOfToken(session.token),
    });
  }
  const own = { id: half.id === '' ? key.id : half.id, label: half.label === '' ? key.label : half.label };
  const present = key.certificates.find((entry) => Buffer.compare(entry.certificate.der, der) === 0);
  if (present !== undefined) return { key: own, certificate, label: present.label, isNew: false };
  const name = label ?? own.label;
  const template = {
    class: objectClass.certificate,
    certType: certificateTypeX509,
    token: true,
    private: false,
    label: name,
    ...(own.id !== '' && { id: Buffer.from(own.id, 'hex') }),
    subject: certificate.subject.der,
    issuer: certificate.issuer.der,
    serial: encodeIntegerContent(certificate.fields.serialNumber),
    value: der,
  };
  await session.request('create', { template }, limits.sign);
  return { key: own, certificate, label: name, isNew: true };
}

type KeyInQuestion = TokenKey & Required<Pick<TokenKey, 'publicKey' | 'spki'>>;

/** The certificate's key as far as the token tells it; otherwise every private key of which it tells no public half. */
function keyInQuestion(contents: TokenContents, certificate: Certificate): KeyInQuestion {
  const publicKey = readPublicKey(certificate.publicKey);
  const spki = certificate.publicKey.der;
  const known = contents.keys.find(
    (key) => key.publicKey !== undefined && key.privateKeys.length > 0 && isSameKey(key.publicKey, publicKey),
  );
  if (known !== undefined) return { ...known, publicKey, spki };
  const unknown = contents.keys.filter((key) => key.publicKey === undefined);
  const privateKeys = unknown.flatMap((key) => key.privateKeys);
  return { id: '', label: '', publicKey, spki, privateKeys, isCertain: false, certificates: [] };
}

async function halfOf(
  worker: WorkerProcess,
  session: TokenSession,
  access: Access,
  key: KeyInQuestion,
  limits: Limits,
): Promise<PrivateKey | undefined> {
  if (key.privateKeys.length === 0) return undefined;
  try {
    return await tryKey(worker, session, access, key, limits);
  } catch (error) {
    if (isFailure(error, 'key_not_found') || isFailure(error, 'mechanism_unsupported')) return undefined;
    throw error;
  }
}
