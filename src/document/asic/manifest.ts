import { type DigestAlgorithm, digestLengths } from '../../algorithm/digest.ts';
import { digestOnceInSlices } from '../../algorithm/digest-in-slices.ts';
import { compareOctets } from '../../asn1/writer.ts';
import { inSlices, type Share } from '../../budget/slices.ts';
import { SealgateError } from '../../error.ts';
import { XmlError } from '../../xml/error.ts';
import { xmlDigests } from '../../xml/signature-algorithm.ts';
import { attributeIn, parseTree, type TreeElement } from '../../xml/tree.ts';
import { childNamed, childrenNamed, isNamed, signatureUri } from '../xades/names.ts';
import { documentXmlLimits } from '../xades/reference.ts';
import { octetsIn } from '../xades/structure.ts';

const asicUri = 'http://uri.etsi.org/02918/v1.2.1#';

/** A file with its hash in a manifest. */
export interface ManifestEntry {
  readonly name: string;
  readonly digest: DigestAlgorithm;
  readonly value: Uint8Array;
}

/** ASiCManifest (EN 319 162-1, annex A.4): which signature or time-stamp file covers which files. */
export interface Manifest {
  /** Name of the manifest itself. */
  readonly file: string;
  readonly octets: Uint8Array;
  /** Name of the file that signs it. */
  readonly signature: string;
  readonly entries: readonly ManifestEntry[];
}

/** Reads a manifest. Throws `document_malformed`. */
export async function readManifest(file: string, octets: Uint8Array, share: Share): Promise<Manifest> {
  const root = await rootOf(file, octets, share);
  const reference = childNamed(root, asicUri, 'SigReference');
  const signature = reference && nameIn(reference);
  if (!isNamed(root, asicUri, 'ASiCManifest') || signature === undefined)
    throw new SealgateError('document_malformed', { problem: 'it is no manifest of a signature', file });
  const entries = childrenNamed(root, asicUri, 'DataObjectReference').map((node) => entryIn(node, file));
  return { file, octets, signature, entries };
}

async function rootOf(file: string, octets: Uint8Array, share: Share): Promise<TreeElement> {
  try {
    return (await inSlices(parseTree(octets, documentXmlLimits), share)).root;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new SealgateError('document_malformed', { problem: error.message, file }, { cause: error });
  }
}

function nameIn(node: TreeElement): string | undefined {
  const uri = attributeIn(node, 'URI');
  if (uri === undefined) return undefined;
  try {
    return decodeURIComponent(uri).replace(/^\//, '');
  } catch {
    return uri;
  }
}

function entryIn(node: TreeElement, file: string): ManifestEntry {
  const method = childNamed(node, signatureUri, 'DigestMethod');
  const value = childNamed(node, signatureUri, 'DigestValue');
  const name = nameIn(node);
  const digest = xmlDigests.get((method && attributeIn(method, 'Algorithm')) ?? '');
  if (value === undefined || name === undefined || digest === undefined)
    throw new SealgateError('document_malformed', { problem: 'a file in the manifest has no hash', file });
  const octets = octetsIn(value);
  if (octets.length !== digestLengths[digest])
    throw new SealgateError('document_malformed', { problem: 'a hash is not of its length', file });
  return { name, digest, value: octets };
}

/** What is wrong with the files that a manifest lists: the first that is missing or changed. */
export async function flawOfEntries(
  { entries }: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<SealgateError | undefined> {
  const absent = entries.filter(({ name }) => !files.has(name)).map(({ name }) => name);
  for (const { name, digest, value } of entries) {
    const octets = files.get(name);
    if (octets === undefined) continue;
    if (compareOctets(await digestOnceInSlices(digest, octets), value) !== 0)
      return new SealgateError('document_changed', { file: name });
  }
  return absent.length === 0 ? undefined : new SealgateError('signed_data_missing', { files: absent });
}
