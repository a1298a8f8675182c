import { promisify } from 'node:util';
import { constants, crc32, inflateRaw, type Zlib } from 'node:zlib';
import type { Budget } from '../../budget/budget.ts';
import { giveWay } from '../../budget/slices.ts';
import { SealgateError } from '../../error.ts';

/** Most entries of a container. */
const mostEntries = 2000;

const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  descriptor: 0x08074b50,
} as const;
const localHeader = 30;
const centralHeader = 46;
const endRecord = 22;
const flag = { encrypted: 0x0001, descriptor: 0x0008, strong: 0x0040, utf8: 0x0800, masked: 0x2000 } as const;
/** What stands in place of a size that is told in an extra field (PKWARE APPNOTE, section 4.5.3). */
const elsewhere = 0xffffffff;
const zip64Field = 0x0001;
const method = { stored: 0, deflated: 8 } as const;
/** Octets of the CRC that are computed between two pauses. */
const summedAtOnce = 1 << 20;

/** A file in a container. */
export interface ZipEntry {
  readonly name: string;
  readonly octets: Uint8Array;
  readonly isStored: boolean;
}

/** A container, unpacked. */
export interface ZipFile {
  readonly entries: readonly ZipEntry[];
  readonly comment: string;
}

interface Header {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** Time and date of the last change, as they stand there. */
  readonly changed: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Reads a ZIP file (PKWARE APPNOTE, the part of it that containers use), strictly: the central directory has to agree
 * with every local header, nothing may stand between, before or behind the entries, and no name may occur twice or lead
 * out of the container. Unpacked sizes are paid before anything is unpacked. Throws `document_malformed` and
 * `budget_exhausted`.
 */
export async function readZip(octets: Uint8Array, budget: Budget): Promise<ZipFile> {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const end = findEnd(view);
  const count = view.readUInt16LE(end + 10);
  const start = view.readUInt32LE(end + 16);
  const isWhole =
    view.readUInt32LE(end + 4) === 0 &&
    view.readUInt16LE(end + 8) === count &&
    start + view.readUInt32LE(end + 12) === end;
  if (!isWhole) throw malformed('the end of the container does not fit its directory');
  if (count > mostEntries) throw malformed(`there are more than ${mostEntries} files`);
  const headers = readDirectory(view, start, end, count);
  requireNames(headers);
  const entries: ZipEntry[] = [];
  let position = 0;
  for (const header of [...headers].sort((a, b) => a.offset - b.offset)) {
    if (header.offset !== position) throw malformed('something stands between the files', header.name);
    const data = dataOf(view, header);
    position = endOf(view, header, data.end);
    budget.spend('octets', header.size);
    if (header.name.endsWith('/')) continue;
    const unpacked = await unpack(view.subarray(data.start, data.end), header, budget);
    entries.push({ name: header.name, octets: unpacked, isStored: header.method === method.stored });
  }
  if (position !== start) throw malformed('something stands before the directory');
  return { entries, comment: view.toString('latin1', end + endRecord) };
}

/** The end record stands at the very end, with a comment of the length that it says and no other record in that. */
function findEnd(view: Buffer): number {
  for (let at = view.length - endRecord; at >= 0 && at >= view.length - endRecord - 0xffff; at--) {
    if (view.readUInt32LE(at) !== signatures.end) continue;
    if (at + endRecord + view.readUInt16LE(at + 20) !== view.length)
      throw malformed('something stands behind the container');
    return at;
  }
  throw malformed('the container has no end');
}

function readDirectory(view: Buffer, start: number, end: number, count: number): readonly Header[] {
  const headers: Header[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + centralHeader > end || view.readUInt32LE(at) !== signatures.central)
      throw malformed('the directory is cut off');
    const flags = view.readUInt16LE(at + 8);
    const nameEnd = at + centralHeader + view.readUInt16LE(at + 28);
    const extraEnd = nameEnd + view.readUInt16LE(at + 30);
    const next = extraEnd + view.readUInt16LE(at + 32);
    if (next > end) throw malformed('the directory is cut off');
    const name = decodeName(view.subarray(at + centralHeader, nameEnd), flags);
    headers.push({
      name,
      flags,
      method: view.readUInt16LE(at + 10),
      changed: view.readUInt32LE(at + 12),
      crc: view.readUInt32LE(at + 16),
      ...sizesAt(view, at + 20, view.subarray(nameEnd, extraEnd), name),
      offset: view.readUInt32LE(at + 42),
    });
    at = next;
  }
  if (at !== end) throw malformed('the directory is longer than it says');
  return headers;
}

/** The sizes of a header, packed and unpacked, each in its field or, where that says so, in the extra field of ZIP64. */
function sizesAt(view: Buffer, at: number, extra: Buffer, name: string) {
  const [packed, size] = [view.readUInt32LE(at), view.readUInt32LE(at + 4)];
  if (packed !== elsewhere && size !== elsewhere) return { packed, size };
  const field = zip64In(extra);
  const count = size === elsewhere ? 8 : 0;
  if (field.length < count + (packed === elsewhere ? 8 : 0)) throw malformed('a file is too large', name);
  const read = (from: number) => Number(field.readBigUInt64LE(from));
  return {
    size: size === elsewhere ? read(0) : size,
    packed: packed === elsewhere ? read(count) : packed,
  };
}

/** The extra field of ZIP64, without its head; empty where there is none. */
function zip64In(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === zip64Field)
      return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  return Buffer.alloc(0);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Names are UTF-8, announced or not; what is no UTF-8 is shown octet by octet, since its code page is unknown. */
function decodeName(octets: Uint8Array, flags: number): string {
  try {
    return utf8.decode(octets);
  } catch {
    if ((flags & flag.utf8) !== 0) throw malformed('a name is not UTF-8, as it says');
    return Buffer.from(octets).toString('latin1');
  }
}

function requireNames(headers: readonly Header[]): void {
  const known = new Set<string>();
  for (const { name } of headers) {
    const path = name.endsWith('/') ? name.slice(0, -1) : name;
    const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (!isPlain || /[\\\u0000-\u001f]/.test(path))
      throw malformed('a name leads out of the container', name);
    const key = path.normalize('NFC').toLowerCase();
    if (known.has(key)) throw malformed('a name occurs twice', name);
    known.add(key);
  }
}

function dataOf(view: Buffer, header: Header): { readonly start: number; readonly end: number } {
  const { offset, name } = header;
  if (offset + localHeader > view.length || view.readUInt32LE(offset) !== signatures.local)
    throw malformed('a file is not where the directory says', name);
  const flags = view.readUInt16LE(offset + 6);
  const nameEnd = offset + localHeader + view.readUInt16LE(offset + 26);
  const start = nameEnd + view.readUInt16LE(offset + 28);
  const end = start + header.packed;
  if (start > view.length || end > view.length) throw malformed('a file is cut off', name);
  const own = {
    name: decodeName(view.subarray(offset + localHeader, nameEnd), flags),
    method: view.readUInt16LE(offset + 8),
    changed: view.readUInt32LE(offset + 10),
    crc: view.readUInt32LE(offset + 14),
    ...sizesAt(view, offset + 18, view.subarray(nameEnd, start), name),
  };
  const isLater = (flags & flag.descriptor) !== 0;
  const isSameSize = own.crc === header.crc && own.packed === header.packed && own.size === header.size;
  const isOpen = isLater && own.crc === 0 && own.packed === 0 && own.size === 0;
  const isSame =
    own.name === name &&
    own.method === header.method &&
    own.changed === header.changed &&
    flags === header.flags;
  if (!isSame || !(isSameSize || isOpen)) throw malformed('a file differs from the directory', name);
  const refused = flag.encrypted | flag.strong | flag.masked;
  if ((flags & refused) !== 0) throw malformed('a file is encrypted', name);
  if (header.method !== method.stored && header.method !== method.deflated)
    throw malformed('a file is packed in an unknown way', name);
  if (offset === elsewhere) throw malformed('a file is too large', name);
  return { start, end };
}

/** Behind the data a descriptor may stand that repeats CRC and sizes. */
function endOf(view: Buffer, { flags, crc, packed, size, name }: Header, end: number): number {
  if ((flags & flag.descriptor) === 0) return end;
  const isMarked = end + 4 <= view.length && view.readUInt32LE(end) === signatures.descriptor;
  const at = isMarked ? end + 4 : end;
  const isSame =
    at + 12 <= view.length &&
    view.readUInt32LE(at) === crc &&
    view.readUInt32LE(at + 4) === packed &&
    view.readUInt32LE(at + 8) === size;
  if (!isSame) throw malformed('a file differs from the directory', name);
  return at + 12;
}

const inflate = promisify(inflateRaw) as (
  data: Uint8Array,
  options: { readonly maxOutputLength: number; readonly info: true; readonly finishFlush: number },
) => Promise<unknown>;

async function unpack(packed: Uint8Array, header: Header, budget: Budget): Promise<Uint8Array> {
  const { name, size, crc } = header;
  const octets = header.method === method.stored ? packed : await inflated(packed, header);
  if (octets.length !== size) throw malformed('a file is not of the size that it says', name);
  let sum = 0;
  for (let at = 0; at < octets.length; at += summedAtOnce) {
    sum = crc32(octets.subarray(at, at + summedAtOnce), sum);
    await giveWay(budget.share);
  }
  if (sum !== crc) throw malformed('a file is damaged', name);
  return octets;
}

/** Unpacked by another thread, to the size that was said and not an octet more. */
async function inflated(packed: Uint8Array, { name, size }: Header): Promise<Uint8Array> {
  try {
    const maxOutputLength = Math.max(1, size);
    const options = { maxOutputLength, info: true, finishFlush: constants.Z_FINISH } as const;
    const { buffer, engine } = (await inflate(packed, options)) as {
      readonly buffer: Buffer;
      readonly engine: Zlib & { readonly bytesWritten: number };
    };
    if (engine.bytesWritten !== packed.length) throw malformed('something stands behind a packed file', name);
    return buffer;
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw malformed('a file cannot be unpacked', name, error);
  }
}

function malformed(problem: string, file?: string, cause?: unknown): SealgateError<'document_malformed'> {
  return new SealgateError('document_malformed', { problem, file }, { cause });
}
