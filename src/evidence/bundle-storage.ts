import { EncodingError } from '../asn1/error.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { readListFields } from '../revocation/crl/list.ts';
import type { Storage, StorageKind, StoredRecord } from '../revocation/store/storage.ts';

/** A list or an answer of a bundle. */
export interface StoredPiece {
  readonly kind: 'crl' | 'ocsp';
  readonly url: string;
  readonly key: string;
  readonly sha256: string;
  readonly octets: Uint8Array;
}

/** The lists and answers of a bundle in the place of those that a service holds; nothing is ever written. */
export class BundleStorage implements Storage {
  private readonly pieces: ReadonlyMap<string, StoredPiece>;
  private readonly bySha256: ReadonlyMap<string, StoredPiece>;
  private readonly certificates: readonly Certificate[];
  private readonly at: number;

  /** `certificates` are looked through for the issuers of large lists; `at` is the time of the check, ms. */
  constructor(pieces: readonly StoredPiece[], certificates: readonly Certificate[], at: number) {
    this.pieces = new Map(pieces.map((piece) => [`${piece.kind} ${piece.key}`, piece]));
    this.bySha256 = new Map(pieces.map((piece) => [piece.sha256, piece]));
    this.certificates = certificates;
    this.at = at;
  }

  async record(kind: StorageKind, key: string): Promise<StoredRecord | undefined> {
    const piece = this.pieces.get(`${kind === 'lists' ? 'crl' : 'ocsp'} ${key}`);
    if (piece === undefined) return undefined;
    const signer = piece.kind === 'crl' ? this.signerOf(piece) : '';
    return {
      key,
      sha256: piece.sha256,
      url: piece.url,
      fetchedAt: this.at,
      nextUpdate: null,
      signer,
      hosts: [],
      etag: null,
      lastModified: null,
    };
  }

  async readObject(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const piece = this.bySha256.get(sha256);
    return piece === undefined ? undefined : Uint8Array.from(piece.octets);
  }

  async records(): Promise<readonly StoredRecord[]> {
    return [];
  }

  async write(): Promise<void> {}

  async writeObject(): Promise<void> {}

  async prune(): Promise<number> {
    return 0;
  }

  /** A key to verify a large list under while it is read; the check itself decides whose list it is. */
  private signerOf({ octets }: StoredPiece): string {
    const issuer = issuerOf(octets);
    const signer =
      this.certificates.find(
        ({ subject }) => issuer !== undefined && compareOctets(subject.der, issuer) === 0,
      ) ?? this.certificates[0];
    return Buffer.from(signer?.publicKey.der ?? []).toString('base64');
  }
}

function issuerOf(list: Uint8Array): Uint8Array | undefined {
  try {
    return readListFields(list, new Set()).issuer.der;
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}
