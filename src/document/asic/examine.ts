import { digestOnceInSlices } from '../../algorithm/digest-in-slices.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { examineMessage } from '../cades/examine.ts';
import { octetsIn as existingIn } from '../cades/existing.ts';
import {
  type Examination,
  type ExaminedDocument,
  type ExaminedSignature,
  type ExaminedTimestamp,
  joined,
  type Material,
  materialOfTimestamps,
} from '../examined.ts';
import type { Coverage } from '../report.ts';
import { examineTimestamp, materialOfToken } from '../timestamp.ts';
import { examineXml } from '../xades/examine.ts';
import { flawOfEntries, type Manifest, readManifest } from './manifest.ts';
import { readZip, type ZipFile } from './zip.ts';

const folder = 'META-INF/';
const simple = 'application/vnd.etsi.asic-s+zip';

/** A container with its files sorted by what they are for. */
export interface Container {
  readonly format: 'ASiC-S' | 'ASiC-E';
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Names of the documents in it. */
  readonly data: readonly string[];
  readonly manifests: readonly Manifest[];
}

interface Found {
  readonly signatures: readonly ExaminedSignature[];
  readonly timestamps: readonly ExaminedTimestamp[];
  readonly material: readonly Material[];
}

/**
 * Examines every signature and time-stamp of an ASiC container (EN 319 162-1). Throws `document_malformed`,
 * `document_unrecognised` where it has none, and `budget_exhausted`.
 */
export async function examineContainer(
  octets: Uint8Array,
  examination: Examination,
): Promise<ExaminedDocument> {
  const zip = await readZip(octets, examination.budget);
  const container = await containerOf(zip, examination);
  const names = [...container.files.keys()].filter((name) => name.startsWith(folder)).sort();
  if (container.data.length === 0)
    throw new SealgateError('document_malformed', { problem: 'the container holds no document' });
  if (container.format === 'ASiC-S') requireSimple(container, names);
  const found: Found[] = [];
  for (const name of names) {
    if (/\.p7s$/i.test(name)) found.push(await examineCms(name, container, examination));
    else if (/signatures[^/]*\.xml$/i.test(name))
      found.push(await examineXmlFile(name, container, examination));
    else if (/\.tst$/i.test(name)) found.push(await examineToken(name, container, examination));
  }
  const signatures = found.flatMap((each) => each.signatures);
  const timestamps = found.flatMap((each) => each.timestamps);
  if (signatures.length === 0 && timestamps.length === 0) throw new SealgateError('document_unrecognised');
  return {
    format: container.format,
    signatures,
    timestamps,
    material: joined(found.flatMap((each) => each.material)),
  };
}

/** Sorts the files of a container. Throws `document_malformed` for a manifest that cannot be read. */
export async function containerOf({ entries }: ZipFile, { budget }: Examination): Promise<Container> {
  const files = new Map(entries.map(({ name, octets }) => [name, octets]));
  const data = [...files.keys()].filter((name) => name !== 'mimetype' && !name.startsWith(folder)).sort();
  const manifests: Manifest[] = [];
  for (const [name, octets] of files) {
    if (!/^META-INF\/ASiC(?:Archive)?Manifest[^/]*\.xml$/.test(name)) continue;
    budget.spend('octets', octets.length);
    manifests.push(await readManifest(name, octets, budget.share));
  }
  return { format: formatOf(files, data), files, data, manifests };
}

/** What the type says that stands in the container; without one, what is in it. */
function formatOf(files: ReadonlyMap<string, Uint8Array>, data: readonly string[]): Container['format'] {
  const type = files.get('mimetype');
  if (type !== undefined) return Buffer.from(type).toString('latin1').trim() === simple ? 'ASiC-S' : 'ASiC-E';
  const names = ['signature.p7s', 'signatures.xml', 'timestamp.tst'];
  const isSimple = data.length === 1 && names.some((name) => files.has(folder + name));
  return isSimple ? 'ASiC-S' : 'ASiC-E';
}

/** EN 319 162-1, section 4.3.3: one document, and one kind of what covers it. */
function requireSimple({ data }: Container, names: readonly string[]): void {
  const [only, another] = data;
  if (only === undefined || another !== undefined || only.includes('/'))
    throw new SealgateError('document_malformed', {
      problem: 'a simple container holds exactly one document',
    });
  const kinds = ['signature.p7s', 'signatures.xml', 'timestamp.tst'].filter((name) =>
    names.includes(folder + name),
  );
  if (kinds.length !== 1)
    throw new SealgateError('document_malformed', {
      problem: 'a simple container has exactly one signature file',
    });
}

async function examineCms(name: string, container: Container, examination: Examination): Promise<Found> {
  const manifest = container.manifests.find(({ signature }) => signature === name);
  const covered = contentOf(manifest, container);
  const file = container.files.get(name) ?? new Uint8Array();
  const { signatures, material } = await examineMessage(file, covered, examination);
  const flaw = manifest && (await flawOfEntries(manifest, container.files));
  const coverage = coverageOf(manifest, container);
  return {
    signatures: signatures.map((each) => ({ ...withFlaw(each, flaw), name, coverage })),
    timestamps: [],
    material: [material],
  };
}

/** What a file covers: its manifest, or in a simple container the document. */
export function contentOf(
  manifest: Manifest | undefined,
  { format, files, data }: Container,
): Uint8Array | undefined {
  if (manifest !== undefined) return manifest.octets;
  return format === 'ASiC-S' && data[0] !== undefined ? files.get(data[0]) : undefined;
}

/** A manifest that is signed says nothing as long as what it lists is not as it says. */
function withFlaw(signature: ExaminedSignature, flaw: SealgateError | undefined): ExaminedSignature {
  if (flaw === undefined || signature.failure !== undefined) return signature;
  return { ...signature, intact: undefined, failure: flaw };
}

function coverageOf(manifest: Manifest | undefined, { format, files, data }: Container): Coverage {
  const listed = new Set(manifest?.entries.map(({ name }) => name) ?? (format === 'ASiC-S' ? data : []));
  const uncovered = data.filter((name) => !listed.has(name));
  const covered = [...listed].filter((name) => files.has(name));
  const isWhole = uncovered.length === 0 && covered.length === listed.size;
  return { extent: isWhole ? 'whole' : 'part', covered, uncovered };
}

async function examineXmlFile(
  name: string,
  { files, data }: Container,
  examination: Examination,
): Promise<Found> {
  const contents = [...files].map(([file, octets]) => ({
    name: file,
    octets,
    isAuxiliary: !data.includes(file),
  }));
  try {
    const examined = await examineXml(files.get(name) ?? new Uint8Array(), { ...examination, contents });
    const signatures = examined.signatures.map((each) => ({ ...each, name }));
    return { signatures, timestamps: [], material: [examined.material] };
  } catch (error) {
    if (!isFailure(error, 'document_malformed')) throw error;
    throw new SealgateError('document_malformed', { ...error.details, file: name }, { cause: error });
  }
}

/** A time-stamp over the document of a simple container, or over a manifest (EN 319 162-1, annex A.7). */
async function examineToken(name: string, container: Container, examination: Examination): Promise<Found> {
  const manifest = container.manifests.find(({ signature }) => signature === name);
  const content = contentOf(manifest, container);
  const flaw = manifest && (await flawOfEntries(manifest, container.files));
  const listed = manifest?.entries.flatMap((entry) => container.files.get(entry.name) ?? []) ?? [];
  const examined = await examineTimestamp(
    {
      kind: manifest === undefined ? 'document' : 'archive',
      token: container.files.get(name) ?? new Uint8Array(),
      imprints: async (algorithm) => {
        if (content === undefined) throw new SealgateError('signed_data_missing');
        return [await digestOnceInSlices(algorithm, content)];
      },
      covers: (read) => {
        if (flaw !== undefined) throw flaw;
        const { certificates, lists, answers } = materialOfToken(read);
        return [...listed.flatMap(existingIn), ...certificates, ...lists, ...answers];
      },
      coverage: coverageOf(manifest, container),
    },
    examination,
  );
  return {
    signatures: [],
    timestamps: [examined],
    material: materialOfTimestamps({ timestamps: [examined], counterSignatures: [] }),
  };
}
