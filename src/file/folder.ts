import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder with those above it that are missing, each readable by its owner only. Throws the system's error
 * where one cannot be made, or where a file stands in its place. The recursive `mkdir` of Node.js tries again for ever
 * where the system says of a folder whose parent is there that there is no such place, as Linux does below `/proc`.
 */
export function makeFolder(path: string): void {
  for (const folder of missingOf(resolve(path))) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!isFolder(folder)) throw error;
    }
  }
}

function missingOf(path: string): readonly string[] {
  if (isFolder(path)) return [];
  const parent = dirname(path);
  return parent === path ? [path] : [...missingOf(parent), path];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
