import { stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasTestTokens, windowsFolders } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { describeKind, isLoadable, ownKind, readBinaryKind } from './binary.ts';

/** A PKCS#11 library that stands in one of its usual places. */
export interface Library {
  /** Name by which it may be chosen: `rutoken`, `jacarta`, `softhsm`, `opensc`, `sealgate-test`. */
  readonly name: string;
  readonly title: string;
  readonly path: string;
}

/** The module for testers that is built with the rest; it keeps its tokens where SEALGATE_TOKEN_DIR says. */
export const testLibraryName = 'sealgate-test';
const testLibrary = fileURLToPath(new URL('../../native/build/Release/sealgate_token.so', import.meta.url));

interface KnownLibrary {
  readonly name: string;
  readonly title: string;
  readonly places: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>>;
}

const linuxFolders = [
  '/usr/lib',
  '/usr/lib64',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/local/lib',
];
const macFolders = ['/usr/local/lib', '/opt/homebrew/lib'];
const { system: system32, programs } = windowsFolders();

/** Files of the makers' drivers where their installers put them. Places on Windows and macOS are not verified on devices. */
const knownLibraries: readonly KnownLibrary[] = [
  {
    name: 'rutoken',
    title: 'Rutoken (Aktiv)',
    places: {
      linux: [
        ...under(linuxFolders, 'librtpkcs11ecp.so'),
        '/opt/aktivco/rutokenecp/x86_64/librtpkcs11ecp.so',
        '/opt/aktivco/rutokenecp/amd64/librtpkcs11ecp.so',
        '/opt/aktivco/rutokenecp/aarch64/librtpkcs11ecp.so',
      ],
      darwin: [
        '/Library/Frameworks/rtpkcs11ecp.framework/rtpkcs11ecp',
        ...under(macFolders, 'librtpkcs11ecp.dylib'),
      ],
      win32: [`${system32}\\rtPKCS11ECP.dll`],
    },
  },
  {
    name: 'jacarta',
    title: 'JaCarta (Aladdin R.D.)',
    places: {
      linux: under(linuxFolders, 'libjcPKCS11-2.so'),
      darwin: [
        '/Library/Frameworks/jcPKCS11-2.framework/jcPKCS11-2',
        ...under(macFolders, 'libjcPKCS11-2.dylib'),
      ],
      win32: [`${system32}\\jcPKCS11-2.dll`],
    },
  },
  {
    name: 'softhsm',
    title: 'SoftHSM',
    places: {
      linux: under([...linuxFolders, ...linuxFolders.map((folder) => `${folder}/softhsm`)], 'libsofthsm2.so'),
      darwin: under([...macFolders, ...macFolders.map((folder) => `${folder}/softhsm`)], 'libsofthsm2.so'),
      win32: [`${programs}\\SoftHSM2\\lib\\softhsm2-x64.dll`, 'C:\\SoftHSM2\\lib\\softhsm2-x64.dll'],
    },
  },
  {
    name: 'opensc',
    title: 'OpenSC',
    places: {
      linux: under(linuxFolders, 'opensc-pkcs11.so'),
      darwin: ['/Library/OpenSC/lib/opensc-pkcs11.so', ...under(macFolders, 'opensc-pkcs11.so')],
      win32: [`${programs}\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll`],
    },
  },
  {
    name: testLibraryName,
    title: 'Sealgate test token',
    places: { linux: [testLibrary], darwin: [testLibrary], win32: [testLibrary] },
  },
];

function under(folders: readonly string[], file: string): string[] {
  return folders.map((folder) => `${folder}/${file}`);
}

/**
 * Libraries that stand in their usual places on this system, each once. The module for testers is among them only
 * where SEALGATE_TOKEN_DIR says that somebody tests.
 */
export async function findLibraries(): Promise<readonly Library[]> {
  const found = await Promise.all(
    knownLibraries.map(async (library) => {
      const { name, title } = library;
      if (name === testLibraryName && !hasTestTokens()) return [];
      const path = await firstFile(placesOf(library));
      return path === undefined ? [] : [{ name, title, path }];
    }),
  );
  return found.flat();
}

/**
 * The library that a person named: by path, or by the name of a known one.
 * Throws `pkcs11_module_not_found` with the paths that were tried, and `pkcs11_module_incompatible` if the file is
 * no library, or one for another system or processor.
 */
export async function resolveLibrary(nameOrPath: string): Promise<Library> {
  const named = knownLibraries.find(({ name }) => name === nameOrPath);
  const places = named === undefined ? [absolute(nameOrPath)] : placesOf(named);
  const path = await firstFile(places);
  if (path === undefined) throw new SealgateError('pkcs11_module_not_found', { paths: places });
  await checkKind(path);
  const known = named ?? knownLibraries.find((library) => placesOf(library).includes(path));
  return { name: known?.name ?? basename(path), title: known?.title ?? basename(path), path };
}

function placesOf({ places }: KnownLibrary): readonly string[] {
  return places[platform()] ?? [];
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(path);
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  return undefined;
}

/** Looked at before loading, because the system's loader says of a 32-bit library only that it is wrong. */
async function checkKind(path: string): Promise<void> {
  const kind = await readBinaryKind(path).catch((cause: unknown) => {
    throw new SealgateError('pkcs11_module_incompatible', { path, problem: 'it cannot be read' }, { cause });
  });
  const needed = describeKind(ownKind);
  if (kind === undefined) {
    throw new SealgateError('pkcs11_module_incompatible', {
      path,
      problem: 'it is not a native library',
      needed,
    });
  }
  if (!isLoadable(kind)) {
    const problem =
      kind.format === ownKind.format ? 'it is made for another processor' : 'it is made for another system';
    throw new SealgateError('pkcs11_module_incompatible', {
      path,
      problem,
      found: describeKind(kind),
      needed,
    });
  }
}
