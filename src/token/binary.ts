import { open } from 'node:fs/promises';
import { arch, platform } from 'node:os';

/** A native library by its header: what system and processors it is made for. */
export interface BinaryKind {
  readonly format: 'ELF' | 'PE' | 'Mach-O';
  /** One, or several in a universal Mach-O file; names as Node gives them, or the header's number. */
  readonly processors: readonly string[];
}

const elfMachines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  175: 'e2k',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const peMachines: Readonly<Record<number, string>> = {
  332: 'ia32',
  452: 'arm',
  34404: 'x64',
  43620: 'arm64',
};
const machProcessors: Readonly<Record<number, string>> = {
  7: 'ia32',
  16777223: 'x64',
  12: 'arm',
  16777228: 'arm64',
};

/** Enough of a file for any of the headers; the PE header stands a few hundred octets in. */
const headerSize = 4096;

/** Reads the header of a library; undefined if it is none. Throws what the file system throws. */
export async function readBinaryKind(path: string): Promise<BinaryKind | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerSize), 0, headerSize, 0);
    return binaryKindOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The kind of library that begins with `header` (ELF gABI; Microsoft PE format; Apple mach-o/loader.h and fat.h). */
export function binaryKindOf(header: Buffer): BinaryKind | undefined {
  if (header.length < 64) return undefined;
  switch (header.readUInt32BE(0)) {
    case 0x7f454c46: {
      const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
      return { format: 'ELF', processors: [elfMachines[machine] ?? `machine ${machine}`] };
    }
    case 0xcffaedfe:
    case 0xcefaedfe:
      return { format: 'Mach-O', processors: [machProcessor(header.readUInt32LE(4))] };
    case 0xcafebabe: {
      const count = Math.min(header.readUInt32BE(4), 8);
      const processors = Array.from({ length: count }, (_, at) =>
        machProcessor(header.readUInt32BE(8 + 20 * at)),
      );
      return { format: 'Mach-O', processors };
    }
    default:
      return peKindOf(header);
  }
}

function machProcessor(type: number): string {
  return machProcessors[type] ?? `processor ${type}`;
}

function peKindOf(header: Buffer): BinaryKind | undefined {
  if (header.readUInt16LE(0) !== 0x5a4d) return undefined;
  const at = header.readUInt32LE(60);
  if (at > header.length - 6 || header.readUInt32LE(at) !== 0x4550) return undefined;
  const machine = header.readUInt16LE(at + 4);
  return { format: 'PE', processors: [peMachines[machine] ?? `machine ${machine}`] };
}

/** What this process can load. */
export const ownKind: BinaryKind = {
  format: platform() === 'win32' ? 'PE' : platform() === 'darwin' ? 'Mach-O' : 'ELF',
  processors: [arch()],
};

/** In words: `ELF for ia32 (32-bit)`. */
export function describeKind({ format, processors }: BinaryKind): string {
  return `${format} for ${processors.map((name) => `${name}${bitsOf(name)}`).join(', ')}`;
}

function bitsOf(processor: string): string {
  if (['ia32', 'arm', 'mips', 'ppc'].includes(processor)) return ' (32-bit)';
  return ['x64', 'arm64', 'e2k', 'ppc64', 's390x', 'riscv64', 'loong64'].includes(processor)
    ? ' (64-bit)'
    : '';
}

/** Whether a process of kind `own` can load a library of kind `kind`. */
export function isLoadable(kind: BinaryKind, own: BinaryKind = ownKind): boolean {
  return kind.format === own.format && kind.processors.some((name) => own.processors.includes(name));
}
