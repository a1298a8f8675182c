import type { Database } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import type { Keyring } from '../secret/keyring.ts';
import { readEnd } from './file.ts';
import { readAnchor } from './line.ts';

/** So much of the file's end is looked at, in octets: some hundreds of heads. What is older is for `audit verify`. */
const looked = 64 * 1024;

/**
 * Expects the audit to contain the heads at the end of an anchor's file: a database that was put back to an older state
 * does not. Rejects with `audit_damaged`, and with `configuration_invalid` where the file cannot be read. A file that
 * is not there yet says nothing.
 */
export async function expectAnchored(database: Database, keys: Keyring, file: string): Promise<void> {
  const text = await readEnd(file, looked).catch((error: unknown) => {
    const details = { field: 'auditAnchor', problem: `${file} cannot be read` };
    throw new SealgateError('configuration_invalid', details, { cause: error });
  });
  const { heads } = readAnchor(text ?? '', keys);
  for (const { sequence, hash } of heads) {
    const [row] = await database.read({
      sql: 'SELECT hash FROM journal WHERE sequence = ?',
      parameters: [sequence],
    });
    const found = row?.hash;
    if (found instanceof Uint8Array && Buffer.compare(found, hash) === 0) continue;
    throw new SealgateError('audit_damaged', { sequence, problem: 'audit-behind-anchor', where: file });
  }
}
