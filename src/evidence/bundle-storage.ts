import { digestOfKey } from '../algorithm/public-key-info.ts';
import { EncodingError } from '../asn1/error.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { parseCertificateList } from '../revocation/crl/list.ts';
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
  private readonly pieces: readonly StoredPiece[];
  private readonly bySha256: ReadonlyMap<string, StoredPiece>;
  private readonly certificates: ReadonlyMap<string, Certificate>;
  private readonly at: number;

  /** `certificates` are those of the bundle, and `at` is the time of the check, ms. */
  constructor(pieces: readonly StoredPiece[], certificates: readonly Certificate[], at: number) {
    this.pieces = pieces;
    this.bySha256 = new Map(pieces.map((piece) => [piece.sha256, piece]));
    this.certificates = new Map(certificates.map((each) => [digestOfKey(each.publicKey), each]));
    this.at = at;
  }

  async record(kind: StorageKind, key: string): Promise<StoredRecord | undefined> {
    const piece = kind === 'crl' ? this.listOf(key) : this.answerOf(key);
    if (piece === undefined) return undefined;
    return {
      key,
      sha256: piece.sha256,
      url: piece.url,
      fetchedAt: this.at,
      nextUpdate: null,
      signer: '',
      requester: { branch: '', issuer: '' },
      hosts: [],
      etag: null,
      lastModified: null,
    };
  }

  async readObject(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const piece = this.bySha256.get(sha256);
    return piece === undefined ? undefined : Uint8Array.from(piece.octets);
  }

  async *records(): AsyncGenerator<readonly StoredRecord[]> {}

  async write(): Promise<void> {}

  async writeObject(): Promise<void> {}

  async prune(): Promise<number> {
    return 0;
  }

  /** Of several lists of one place the last that this key has signed; whoever reads one verifies it again. */
  private listOf(key: string): StoredPiece | undefined {
    const [signer = '', url] = key.split(' ');
    const there = this.pieces.filter((piece) => piece.kind === 'crl' && piece.url === url);
    if (there.length < 2) return there[0];
    const publicKey = this.certificates.get(signer)?.publicKey;
    return there.findLast(
      ({ octets }) => publicKey !== undefined && listIn(octets)?.signed.holdsUnder(publicKey) === true,
    );
  }

  private answerOf(key: string): StoredPiece | undefined {
    return this.pieces.findLast((piece) => piece.kind === 'ocsp' && piece.key === key);
  }
}

function listIn(octets: Uint8Array) {
  try {
    return parseCertificateList(octets);
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}
