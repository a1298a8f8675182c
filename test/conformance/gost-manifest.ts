/** Big-endian hexadecimal numbers. */
interface Point {
  readonly x: string;
  readonly y: string;
}

/** A signature as numbers, with the digest as octets. */
export interface RawSignature {
  readonly id: string;
  readonly param_set: string;
  readonly digest_hex: string;
  readonly public_key: Point;
  readonly r: string;
  readonly s: string;
  readonly result: string;
}

/** A path; certificates are files, or stand in a collection and are named by fingerprint. */
export interface Chain {
  readonly id: string;
  readonly certificates?: string;
  readonly trust_anchor?: string;
  readonly trust_anchor_sha256?: string;
  readonly intermediates?: readonly string[];
  readonly intermediates_sha256?: readonly string[];
  readonly end_entity: string;
  readonly at: string;
  readonly expected: string | null;
}

/** A CMS message. */
export interface Message {
  readonly id: string;
  readonly file: string;
  readonly content?: string;
  readonly certificates?: readonly string[];
  readonly checked_over?: string;
  readonly chain?: { readonly trust_anchor: string; readonly at: string; readonly expected: string | null };
  readonly expected: { readonly signature?: string; readonly digest?: string } | null;
}

/** The manifest of a folder of GOST vectors; each part may be missing. Where `expected` is null nobody knows what is right. */
export interface GostManifest {
  readonly streebog?: readonly { id: string; bits: number; message_hex: string; digest_hex: string }[];
  readonly signatures?: readonly {
    id: string;
    curve: { oid: string };
    public_key: Point;
    e: string;
    r: string;
    s: string;
    result: string;
  }[];
  readonly raw_signatures?: readonly RawSignature[];
  readonly rfc9215?: readonly {
    id: string;
    request: string;
    certificate: string;
    crl: string;
    expected: { request_signature: string; certificate_signature: string; crl_signature: string } | null;
  }[];
  readonly tk26_certificates?: readonly {
    id: string;
    certificate: string;
    expected: { certificate_signature: string } | null;
  }[];
  readonly certificates?: readonly {
    id: string;
    file: string;
    issuer_file?: string;
    expected: { certificate_signature: string } | null;
  }[];
  readonly crls?: readonly {
    id: string;
    file: string;
    issuer: string;
    expected: { crl_signature: string } | null;
  }[];
  readonly chains?: readonly Chain[];
  readonly cms?: readonly Message[];
}
