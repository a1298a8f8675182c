import type { OpenedFile } from '../document/opened-file.ts';
import { type Kind, kindOf } from '../document/recognise.ts';
import { documentIn } from '../encoding/document.ts';
import { isFailure } from '../error.ts';
import { parseSignedData } from '../signature/signed-data.ts';

/** One of the files that a person gave, as what it is to be judged. */
export interface SortedFile {
  readonly file: OpenedFile;
  /** Others to which its signatures may refer. */
  readonly beside: readonly OpenedFile[];
  /** It is what another file signs: it is judged by itself only where it is signed itself. */
  readonly isContent: boolean;
}

/** A file with what it is by its octets; undefined where it is no signed document of any format, or too long for one. */
interface KnownFile {
  readonly file: OpenedFile;
  readonly kind: Kind | undefined;
  /** Its signature, or time-stamp, is over another file. */
  readonly isDetached: boolean;
}

/** Octets of the longest detached signature: with evidence for decades it stays below. */
const longestSignature = 8 * 1024 * 1024;

/**
 * Sorts files that were given together: which of them hold signatures, and which are what those sign. A detached
 * signature is over the file of its own name (`contract.pdf.sig`), or over the only other one.
 */
export async function sortFiles(files: readonly OpenedFile[]): Promise<readonly SortedFile[]> {
  const known: KnownFile[] = [];
  for (const file of files) known.push(await knownFile(file));
  const contents = new Map(
    known.map((each) => [each.file, each.isDetached ? contentOf(each.file, known) : undefined]),
  );
  const signed = new Set(contents.values());
  return known.map(({ file, kind }) => {
    const content = contents.get(file);
    const others = files.filter((each) => each !== file);
    const beside = kind === 'xml' ? others : content === undefined ? [] : [content];
    return { file, beside, isContent: signed.has(file) };
  });
}

async function knownFile(file: OpenedFile): Promise<KnownFile> {
  const begun = await file.octets(256);
  const plain = kindOf(begun);
  if (plain === 'pdf' || plain === 'zip' || plain === 'xml') return { file, kind: plain, isDetached: false };
  if (file.length > longestSignature) return { file, kind: plain, isDetached: false };
  const octets = messageIn(await file.octets());
  const kind = octets && kindOf(octets);
  return { file, kind, isDetached: octets !== undefined && isDetached(octets, kind) };
}

/** A file without its armour; undefined where it is something else than a signed document. */
function messageIn(octets: Uint8Array): Uint8Array | undefined {
  try {
    return documentIn(octets);
  } catch (error) {
    if (isFailure(error, 'encoding_unexpected')) return undefined;
    throw error;
  }
}

function isDetached(octets: Uint8Array, kind: Kind | undefined): boolean {
  if (kind === 'time-stamp' || kind === 'time-stamp-answer') return true;
  if (kind !== 'cms') return false;
  try {
    return parseSignedData(octets).content === undefined;
  } catch (error) {
    if (isFailure(error, 'signature_malformed')) return false;
    throw error;
  }
}

/** The file that a detached signature is over. */
function contentOf(signature: OpenedFile, known: readonly KnownFile[]): OpenedFile | undefined {
  const others = known.filter(({ file, isDetached }) => file !== signature && !isDetached);
  const named = others.find(({ file }) => signature.name.startsWith(`${file.name}.`));
  const [only, another] = others;
  return named?.file ?? (another === undefined ? only?.file : undefined);
}
