import { randomFillSync } from 'node:crypto';
import type { Database, Statement } from '../../src/database/database.ts';
import { type PathToWatch, watchPath } from '../../src/watch/watched-path.ts';

/** Statements that one unit carries. */
const unit = 2_000;

/**
 * Puts so many paths under watch that are all like `path` but for the serial number of their first certificate, as if
 * as many people had signed in at `at`.
 */
export async function watchMany(
  database: Database,
  path: PathToWatch,
  count: number,
  at: number,
): Promise<void> {
  const [chain, watched] = watchPath({ subject: 'ogrn:0', certificate: '0' }, path, at);
  if (chain === undefined || watched === undefined) throw new Error('a path is put under watch by two');
  await database.write({ statements: [chain] });
  const own = watched.parameters.indexOf(path.signer.serialNumberHex);
  const serialNumber = Buffer.alloc(16);
  let statements: Statement[] = [];
  for (let nth = 0; nth < count; nth++) {
    randomFillSync(serialNumber);
    const parameters = [`ogrn:${nth}`, String(nth), ...watched.parameters.slice(2)];
    parameters[own] = serialNumber.toString('hex');
    statements.push({ ...watched, parameters });
    if (statements.length === unit || nth === count - 1) {
      await database.write({ statements });
      statements = [];
    }
  }
}
