import { z } from 'zod';

/** Lists are kept by key and URL (see `listKey`), answers by what they answer (see `answerKey`). */
export type StorageKind = 'crl' | 'ocsp';

/** What is known of one list or answer beside its octets; the form in which it is stored. */
export const storedRecord = z.object({
  key: z.string().max(8192),
  /** SHA-256 of the octets, lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where it came from. */
  url: z.string().max(4096),
  /** When it was had or confirmed last, ms since the epoch. */
  fetchedAt: z.number(),
  nextUpdate: z.number().nullable(),
  /** SubjectPublicKeyInfo of a list's signer, base64: to verify with in the background, never to trust it. */
  signer: z.string().max(16_384),
  /** For whose certificates it was accepted; see `Requester`. */
  requester: z.object({ branch: z.string().max(64), issuer: z.string().max(64) }),
  /** Hosts that the chain named when it was fetched. */
  hosts: z.array(z.string().max(255)).max(64),
  etag: z.string().max(1024).nullable(),
  lastModified: z.string().max(128).nullable(),
});

export type StoredRecord = z.infer<typeof storedRecord>;

/** The record in a stored text, or undefined where it is none; such a one counts as never written. */
export function parseRecord(text: string): StoredRecord | undefined {
  try {
    return storedRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Where lists and answers outlive the process: the database that replicas share, or a bundle of evidence. Nothing that
 * comes from there is trusted: it is verified like anything else that comes from outside.
 */
export interface Storage {
  /** Puts a record in place of the one before; `octets` are left out where they have been written already. */
  write(kind: StorageKind, record: StoredRecord, octets?: Uint8Array): Promise<void>;
  /** Keeps octets by their SHA-256 (lower-case hexadecimal) without a record, as evidence. */
  writeObject(sha256: string, octets: Uint8Array): Promise<void>;
  /** The records that were written at `since` (ms since the epoch) or later, as far as they can be read; page by page. */
  records(kind: StorageKind, since: number): AsyncIterable<readonly StoredRecord[]>;
  record(kind: StorageKind, key: string): Promise<StoredRecord | undefined>;
  /** Octets by their SHA-256; undefined where they are not there. Whether they are what they should be is checked by the reader. */
  readObject(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Removes what has had its time; returns how many octet strings that were. */
  prune(limits: PruneLimits): Promise<number>;
}

/** What a storage lets go; ms since the epoch. */
export interface PruneLimits {
  /** Answers that came before this, or whose term was over then, are not looked for any more. */
  readonly answersBefore: number;
  /** Lists that were had or confirmed last before this: nobody has asked for them for long. */
  readonly listsBefore: number;
  /** Octets that no record names and that were written before this: no evidence points at them any more. */
  readonly evidenceBefore: number;
}
