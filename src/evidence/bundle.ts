import { hash } from 'node:crypto';
import { z } from 'zod';
import { link } from '../database/journal.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { packArchive, unpackArchive } from './archive.ts';
import { longestSeal } from './seal.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z.strictObject({
  format: z.literal('sealgate-evidence'),
  version: z.literal(1),
  /** The record of the audit that names the evidence, and the hashes that bind it into the chain. */
  audit: z.strictObject({
    sequence: z.int().min(1),
    at: z.int(),
    record: z.string(),
    previous: sha256,
    hash: sha256,
  }),
  files: z.array(z.strictObject({ name: z.string(), size: z.int(), sha256 })).max(5_000),
});

/** What stands in a bundle beside its files: their digests, and the record of the audit. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Evidence of one login as it is handed out. */
export interface Bundle {
  readonly manifest: Manifest;
  /** The manifest as it stands in the file: what the seal is about. */
  readonly manifestOctets: Uint8Array;
  /** Absent where the bundle was exported without. */
  readonly seal?: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Names of the files that every bundle has. */
export const fileNames = {
  manifest: 'manifest.json',
  manifestDigest: 'manifest.sha256',
  seal: 'manifest.jws',
  evidence: 'evidence.json',
  message: 'message.p7s',
  challenge: 'challenge.txt',
  policy: 'policy.json',
  reportJson: 'report.json',
  reportHtml: 'report.html',
} as const;

/** Name of the file of an object, by what it is. */
export const objectName = {
  certificate: (digest: string) => `certificates/${digest}.cer`,
  trust: (digest: string) => `trust/${digest}.json`,
  crl: (digest: string) => `revocation/${digest}.crl`,
  ocsp: (digest: string) => `revocation/${digest}.ocsp`,
  told: (digest: string) => `told/${digest}.bin`,
  power: 'power/document.xml',
  powerSignature: 'power/signature.p7s',
} as const;

/**
 * Packs files with a manifest of their digests, the manifest's own digest in the form of `sha256sum`, and what `seal`
 * makes of the manifest, if given. Rejects as `seal` does.
 */
export async function packBundle(
  files: ReadonlyMap<string, Uint8Array>,
  audit: Manifest['audit'],
  seal?: (manifest: Uint8Array) => Promise<string>,
): Promise<Uint8Array> {
  const manifest: Manifest = {
    format: 'sealgate-evidence',
    version: 1,
    audit,
    files: [...files].map(([name, octets]) => ({
      name,
      size: octets.length,
      sha256: hash('sha256', octets),
    })),
  };
  const json = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const packed = new Map(files);
  packed.set(fileNames.manifest, json);
  packed.set(fileNames.manifestDigest, digestLine(json));
  if (seal !== undefined) packed.set(fileNames.seal, Buffer.from(await seal(json)));
  return packArchive(packed);
}

function digestLine(manifest: Uint8Array): Buffer {
  return Buffer.from(`${hash('sha256', manifest)}  ${fileNames.manifest}\n`);
}

/**
 * Opens a bundle and checks that it is as it was packed: every file by its digest, the manifest by its own, the
 * record of the audit by its hash, the evidence by the digest in that record, and the archive itself octet by octet.
 * All of that a forger can make to fit: where it comes from, `checkOrigin` tells. Throws `evidence_malformed` where it
 * is no bundle at all, and `evidence_changed` with the files that were changed.
 */
export function openBundle(octets: Uint8Array): Bundle {
  const { files, isExact } = unpackArchive(octets);
  const json = files.get(fileNames.manifest);
  const digest = files.get(fileNames.manifestDigest);
  if (json === undefined || digest === undefined) {
    throw new SealgateError('evidence_malformed', { problem: 'no manifest' });
  }
  if (!digestLine(json).equals(digest)) {
    throw changed([fileNames.manifest, fileNames.manifestDigest]);
  }
  const manifest = readManifest(json);
  const named = new Map(manifest.files.map((file) => [file.name, file]));
  const own: readonly string[] = [fileNames.manifest, fileNames.manifestDigest, fileNames.seal];
  const extra = [...files.keys()].filter((name) => !named.has(name) && !own.includes(name));
  const wrong = manifest.files
    .filter(({ name, size, sha256: expected }) => {
      const file = files.get(name);
      return file === undefined || file.length !== size || hash('sha256', file) !== expected;
    })
    .map(({ name }) => name);
  if (wrong.length + extra.length > 0) throw changed([...wrong, ...extra]);
  if (!isExact) throw changed(['the archive itself']);
  expectBound(manifest, files);
  const seal = files.get(fileNames.seal);
  if (seal !== undefined && seal.length > longestSeal) throw changed([fileNames.seal]);
  return { manifest, manifestOctets: json, ...defined({ seal }), files };
}

function readManifest(json: Uint8Array): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(json).toString()));
  } catch (error) {
    throw new SealgateError('evidence_malformed', { problem: 'manifest' }, { cause: error });
  }
}

/** What the files say of the audit has to agree with itself, so that one record cannot be put beside another login. */
function expectBound({ audit }: Manifest, files: Bundle['files']): void {
  const expected = link(Buffer.from(audit.previous, 'hex'), audit.sequence, audit.at, audit.record);
  if (expected.toString('hex') !== audit.hash) throw changed([fileNames.manifest]);
  const digest = hash('sha256', files.get(fileNames.evidence) ?? new Uint8Array(), 'base64url');
  const record: unknown = parseOrNothing(audit.record);
  const named =
    typeof record === 'object' && record !== null && 'evidence' in record ? record.evidence : undefined;
  if (named !== digest) throw changed([fileNames.evidence]);
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Evidence that is not what it was; `files` say where. */
export function changed(files: readonly string[]): SealgateError {
  return new SealgateError('evidence_changed', { files });
}
