import type { Certificate } from '../certificate/certificate.ts';
import { isFailure, SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import { showDate } from '../failure/value.ts';
import type { TokenInventory } from '../token/inventory.ts';
import { readPublicKey } from '../token/public-key.ts';
import { nameOfAlgorithm } from '../token/shown-key.ts';
import type { DoctorContext } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

/** From so long before its end on a certificate is marked, in milliseconds: authorities take weeks for another one. */
const timeToRenew = 30 * 86_400_000;

/** Most issuers that are named above a certificate. */
const longestChain = 8;

/** The certificates of keys on tokens: their terms, and the issuers that came along. Names of owners are left out. */
export function examineCertificates(
  context: DoctorContext,
  tokens: readonly TokenInventory[],
): readonly Finding[] {
  const found = tokens.flatMap(({ contents }) => {
    const { keys, loose } = contents ?? { keys: [], loose: [] };
    const own = keys.flatMap((key) => key.certificates);
    const all = [...own, ...loose].map(({ certificate }) => certificate);
    return own.map(({ certificate }) => certificateFinding(context, certificate, all));
  });
  return found.length > 0
    ? found
    : [good('certificates', context.words.sections.certificates, context.words.noCertificates)];
}

/** The certificates of keys, for whoever asks where their lists are published. */
export function certificatesOn(tokens: readonly TokenInventory[]): readonly Certificate[] {
  return tokens.flatMap(({ contents }) =>
    (contents?.keys ?? []).flatMap((key) => key.certificates.map(({ certificate }) => certificate)),
  );
}

function certificateFinding(
  context: DoctorContext,
  certificate: Certificate,
  all: readonly Certificate[],
): Finding {
  const { language, words, at } = context;
  const name = words.certificate(certificate.sha256.slice(0, 16));
  const { notBefore, notAfter } = certificate;
  const until = showDate(new Date(notAfter), language) ?? '?';
  const algorithm = nameOfAlgorithm(readPublicKey(certificate.publicKey));
  const authority = safeText(certificate.shortIssuerName);
  const issuers = issuersAbove(certificate, all).map((issuer) => safeText(issuer.shortName));
  const found = `${words.certificateFound(algorithm, until, authority)}; ${words.chain(issuers)}`;
  const { serialNumberHex: serialNumber } = certificate;
  const named = { certificate: certificate.sha256.slice(0, 16), serialNumber, at: new Date(at) };
  if (at > notAfter) {
    const expired = new SealgateError('certificate_expired', { ...named, notAfter: new Date(notAfter) });
    return findingOf('certificates', name, expired, language);
  }
  if (at < notBefore) {
    const early = new SealgateError('certificate_not_yet_valid', {
      ...named,
      notBefore: new Date(notBefore),
    });
    return findingOf('certificates', name, early, language);
  }
  if (notAfter - at < timeToRenew) {
    const soon = new SealgateError('certificate_expires_soon', { until: new Date(notAfter) });
    return findingOf('certificates', name, soon, language, 'warning', `${found}.`);
  }
  return good('certificates', name, found);
}

/** The issuers of a certificate as far as they are among `all`; by names only, nothing is verified. */
function issuersAbove(certificate: Certificate, all: readonly Certificate[]): readonly Certificate[] {
  const chain: Certificate[] = [];
  for (let below = certificate; !isSelfIssued(below) && chain.length < longestChain; ) {
    const above = all.find(({ subject }) => Buffer.compare(subject.der, below.issuer.der) === 0);
    if (above === undefined) break;
    chain.push(above);
    below = above;
  }
  return chain;
}

function isSelfIssued(certificate: Certificate): boolean {
  try {
    return certificate.isSelfIssued;
  } catch (error) {
    if (isFailure(error)) return true;
    throw error;
  }
}
