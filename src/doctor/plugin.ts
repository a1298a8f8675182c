import { access, constants, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SealgateError } from '../error.ts';
import { type DoctorContext, shownPath } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

/** Where CryptoPro's parts stand on Linux. They are not published with any guarantee; none was tried. */
const providerPlaces = ['opt/cprocsp/lib/amd64/libcapi20.so', 'opt/cprocsp/lib/aarch64/libcapi20.so'];
const pluginPlaces = ['opt/cprocsp/lib/amd64/libnpcades.so', 'opt/cprocsp/lib/aarch64/libnpcades.so'];

/** Name of the native part, by which extensions call it. */
const hostName = 'ru.cryptopro.nmcades';

/** Where browsers look for it: folders of the system, and below the user's own. */
const systemFolders = [
  'etc/opt/chrome/native-messaging-hosts',
  'etc/chromium/native-messaging-hosts',
  'etc/opt/edge/native-messaging-hosts',
  'etc/opt/yandex/browser/native-messaging-hosts',
  'usr/lib/mozilla/native-messaging-hosts',
  'usr/lib64/mozilla/native-messaging-hosts',
];
const userFolders = [
  '.config/google-chrome/NativeMessagingHosts',
  '.config/chromium/NativeMessagingHosts',
  '.config/microsoft-edge/NativeMessagingHosts',
  '.config/yandex-browser/NativeMessagingHosts',
  '.mozilla/native-messaging-hosts',
];

/**
 * CryptoPro's plug-in, for those who sign by it: provider, plug-in, and the files by which browsers find the native
 * part. None of them is needed for signing by the agent; some of them without the others are of no use. Linux only.
 */
export async function examinePlugin(
  context: DoctorContext,
  system: NodeJS.Platform,
): Promise<readonly Finding[]> {
  const { language, words, root, home } = context;
  if (system !== 'linux') return [good('plugin', words.sections.plugin, words.notLookedAt)];
  const provider = await firstOf(root, providerPlaces);
  const plugin = await firstOf(root, pluginPlaces);
  const folders = [
    ...systemFolders.map((each) => join(root, each)),
    ...userFolders.map((each) => join(home, each)),
  ];
  const manifests = (
    await Promise.all(folders.map((folder) => readManifest(join(folder, `${hostName}.json`))))
  ).flat();
  if (provider === undefined && plugin === undefined && manifests.length === 0) {
    return [good('plugin', words.sections.plugin, words.absent)];
  }
  const part = (
    name: string,
    found: string | undefined,
    code: 'plugin_provider_missing' | 'plugin_native_missing',
  ) =>
    found === undefined
      ? findingOf('plugin', name, new SealgateError(code), language, 'warning')
      : good('plugin', name, words.present(found));
  const working = manifests.find(({ isWhole }) => isWhole);
  return [
    part(words.provider, provider, 'plugin_provider_missing'),
    part(words.pluginPart, plugin, 'plugin_native_missing'),
    part(words.manifests, working && shownPath(context, working.path), 'plugin_native_missing'),
  ];
}

async function firstOf(root: string, places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    if ((await stat(join(root, place)).catch(() => undefined))?.isFile() === true) return `/${place}`;
  }
  return undefined;
}

interface Manifest {
  readonly path: string;
  /** Whether it names a program that this user may start. */
  readonly isWhole: boolean;
}

async function readManifest(path: string): Promise<readonly Manifest[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  try {
    const { name, path: program } = JSON.parse(text);
    const canStart = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    return [{ path, isWhole: name === hostName && canStart }];
  } catch {
    return [{ path, isWhole: false }];
  }
}
