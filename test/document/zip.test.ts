import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/budget/budget.ts';
import { readZip } from '../../src/document/asic/zip.ts';

const text = Buffer.from('A contract of one line.');
const files = { mimetype: Buffer.from('application/vnd.etsi.asic-e+zip'), 'contract.txt': text };

const read = (octets: Uint8Array, budget = new Budget()) => readZip(octets, budget);

/** A container with every `from` written as `to`, which is as long. */
function rewritten(from: string, to: string): Uint8Array {
  const octets = Buffer.from(zipSync(files, { level: 9 }));
  for (let at = octets.indexOf(from); at >= 0; at = octets.indexOf(from, at + 1))
    octets.write(to, at, 'latin1');
  return octets;
}

/** A container of one stored file whose local header has its sizes, said to be `size`, in the extra field of ZIP64. */
function zip64(content: Buffer, size: number): Buffer {
  const plain = Buffer.from(zipSync({ 'contract.txt': content }, { level: 0 }));
  const dataAt = plain.indexOf(content);
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1);
  field.writeUInt16LE(16, 2);
  field.writeBigUInt64LE(BigInt(size), 4);
  field.writeBigUInt64LE(BigInt(content.length), 12);
  const header = Buffer.from(plain.subarray(0, dataAt));
  header.fill(0xff, 18, 26);
  header.writeUInt16LE(field.length, 28);
  const rest = Buffer.from(plain.subarray(dataAt));
  const end = rest.length - 22;
  rest.writeUInt32LE(rest.readUInt32LE(end + 16) + field.length, end + 16);
  return Buffer.concat([header, field, rest]);
}

describe('a container', () => {
  it('is unpacked, packed files and stored ones', async () => {
    for (const level of [0, 9] as const) {
      const { entries } = await read(zipSync(files, { level }));
      expect(entries.map(({ name }) => name).sort()).toEqual(['contract.txt', 'mimetype']);
      expect(entries.find(({ name }) => name === 'contract.txt')?.octets).toEqual(text);
    }
  });

  it.each([
    ['leads out of it', rewritten('contract.txt', '../tract.txt'), 'a name leads out of the container'],
    ['is absolute', rewritten('contract.txt', '/ontract.txt'), 'a name leads out of the container'],
    ['has a backslash', rewritten('contract.txt', 'con\\ract.txt'), 'a name leads out of the container'],
  ])('is refused where a name %s', async (_, octets, problem) => {
    await expect(read(octets)).rejects.toMatchObject({ code: 'document_malformed', details: { problem } });
  });

  it('is refused where a name occurs twice, be it in other letters', async () => {
    const twice = Buffer.from(zipSync({ 'a.txt': text, 'b.txt': text }));
    for (let at = twice.indexOf('b.txt'); at >= 0; at = twice.indexOf('b.txt', at + 1))
      twice.write('A.txt', at);
    await expect(read(twice)).rejects.toMatchObject({ details: { problem: 'a name occurs twice' } });
  });

  it('is refused where something stands before, behind or between', async () => {
    const octets = Buffer.from(zipSync(files));
    for (const other of [
      Buffer.concat([octets, Buffer.from('x')]),
      Buffer.concat([Buffer.from('x'), octets]),
      octets.subarray(0, octets.length - 1),
    ])
      await expect(read(other)).rejects.toMatchObject({ code: 'document_malformed' });
  });

  it('is refused where the directory and a file disagree', async () => {
    const octets = Buffer.from(zipSync(files, { level: 0 }));
    octets.write('content', octets.indexOf('contract.txt'));
    const problem = 'a file differs from the directory';
    await expect(read(octets)).rejects.toMatchObject({ details: { problem } });
  });

  it('is read where sizes stand in the fields of ZIP64, and refused where these disagree', async () => {
    const [entry] = (await read(zip64(text, text.length))).entries;
    expect(entry?.octets).toEqual(text);
    const problem = 'a file differs from the directory';
    await expect(read(zip64(text, text.length + 1))).rejects.toMatchObject({ details: { problem } });
  });

  it('is refused where a size is to stand in a field of ZIP64 that is not there', async () => {
    const octets = zip64(text, text.length);
    octets.writeUInt16LE(0x7075, octets.indexOf(Buffer.from([1, 0, 16, 0])));
    const problem = 'a file is too large';
    await expect(read(octets)).rejects.toMatchObject({ details: { problem, file: 'contract.txt' } });
  });

  it('is refused before anything is unpacked where that would be more than there is budget', async () => {
    const bomb = zipSync({ 'zeros.bin': new Uint8Array(8 * 1024 * 1024) }, { level: 1 });
    expect(bomb.length).toBeLessThan(100_000);
    const budget = new Budget({ octets: 1024 * 1024 });
    await expect(read(bomb, budget)).rejects.toMatchObject({ code: 'budget_exhausted' });
  });

  it('is refused where a file unpacks to more than it says', async () => {
    const octets = Buffer.from(zipSync({ 'zeros.bin': new Uint8Array(100_000) }, { level: 9 }));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(100_000);
    for (let at = octets.indexOf(size); at >= 0; at = octets.indexOf(size, at + 1))
      octets.writeUInt32LE(10, at);
    await expect(read(octets)).rejects.toMatchObject({
      details: { problem: 'a file cannot be unpacked', file: 'zeros.bin' },
    });
  });
});
