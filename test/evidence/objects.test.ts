import { hash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { ObjectWriter, readObject } from '../../src/evidence/objects.ts';
import { startTestService } from '../service/portal.ts';

it('a large object is packed in pieces, written once, and comes back as it was', async () => {
  const service = await startTestService();
  try {
    const { database } = service.service;
    const octets = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(3_000_000)]);
    const object = { sha256: hash('sha256', octets), octets };
    const at = Date.now();
    const writer = new ObjectWriter(database);
    // Two sign-ins at the same moment, and one in another process.
    await Promise.all([writer.statements([object], at), writer.statements([object], at)]);
    expect(await new ObjectWriter(database).statements([object], at + 1)).toEqual([]);
    const read = {
      sql: 'SELECT sum(length(octets)) AS octets, count(*) AS pieces FROM evidence_object',
      parameters: [],
    };
    const [row] = await database.read(read);
    expect(row).toMatchObject({ pieces: 3 });
    expect(Number(row?.octets)).toBeLessThan(3_100_000);
    const found = await readObject(database, object.sha256);
    expect(found && hash('sha256', found)).toBe(object.sha256);
  } finally {
    await service.dispose();
  }
});
