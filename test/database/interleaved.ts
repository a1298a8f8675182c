import type { Database } from '../../src/database/database.ts';

/**
 * The database, in which something else happens between what is read and the first unit that is written after it, as
 * another process could do it.
 */
export function interleaved(database: Database, between: () => Promise<void>): Database {
  let isDone = false;
  return {
    read: (statement) => database.read(statement),
    async write(unit) {
      if (!isDone) {
        isDone = true;
        await between();
      }
      await database.write(unit);
    },
    judgeSeal: (text, seal) => database.judgeSeal(text, seal),
    ready: () => database.ready(),
    close: () => database.close(),
  };
}
