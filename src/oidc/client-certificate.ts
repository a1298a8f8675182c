import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isInNetworks } from '../fetch/address.ts';

/** Where the certificates of TLS clients come from: a proxy ends TLS, and passes on what the client showed. */
export interface CertificateHeader {
  /** Name of the header, in lower case. */
  readonly name: string;
  /** Addresses or networks of the proxies that set it, or take it out; from any other it says nothing. */
  readonly proxies: readonly string[];
}

/**
 * The certificate that a TLS client showed to the proxy: DER in base64, between colons as `Client-Cert` has it (RFC
 * 9440) or bare, or PEM, percent-encoded or with blanks for its line ends, as proxies write it. Undefined where the
 * connection is not one of the proxy's, whatever stands in the header, and where that is no one certificate.
 *
 * The proxy has seen that the client has the key; nothing else of the certificate is verified.
 */
export function presentedCertificate(
  { name, proxies }: CertificateHeader,
  headers: IncomingHttpHeaders,
  peer: string | undefined,
): X509Certificate | undefined {
  const text = headers[name];
  if (typeof text !== 'string' || peer === undefined || !isInNetworks(peer, proxies)) return undefined;
  const base64 = base64Of(text);
  return base64 === undefined ? undefined : certificateOf(Buffer.from(base64, 'base64'));
}

const forms = [
  /^:([A-Za-z0-9+/]+={0,2}):$/,
  /^([A-Za-z0-9+/]+={0,2})$/,
  /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/,
];

function base64Of(text: string): string | undefined {
  const plain = text.startsWith('-----BEGIN%20') ? decoded(text) : text;
  return forms.map((form) => form.exec(plain)?.[1]).find((found) => found !== undefined);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** One certificate and nothing behind it: what is compared is all of what was shown. */
function certificateOf(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
