import { crc32, deflateRawSync } from 'node:zlib';
import type { ZipFile } from './zip.ts';

const version = 20;
/** Names are UTF-8. */
const flags = 0x0800;
/** The first of January 1980, the earliest date that there is: a container does not tell when it was packed. */
const changed = 0x0021_0000;
const method = { stored: 0, deflated: 8 } as const;

/** A ZIP file as EN 319 162-1, annex A.1 asks for it: files in their order, packed as they say. */
export function writeZip({ entries, comment }: ZipFile): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, octets, isStored } of entries) {
    const file = Buffer.from(name);
    const packed = isStored ? octets : deflateRawSync(octets);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(version, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(isStored ? method.stored : method.deflated, 4);
    common.writeUInt32LE(changed, 6);
    common.writeUInt32LE(crc32(octets), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(octets.length, 18);
    common.writeUInt16LE(file.length, 22);
    const header = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, file]);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(version);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\u0001\u0002', 'latin1'), made, common, rest, file);
    local.push(header, Buffer.from(packed));
    offset += header.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  const parts = [...local, directory, Buffer.from('PK\u0005\u0006', 'latin1'), end];
  return Buffer.concat([...parts, Buffer.from(comment, 'latin1')]);
}
