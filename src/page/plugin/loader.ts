import { pluginExtensions, pluginScript } from '../../sign-in/plugin-extension.ts';
import { PageFailure } from '../failure.ts';
import { within } from '../limit.ts';
import { call, callForObject, getText, type PluginObject } from './object.ts';
import { pluginFailure } from './result.ts';

/** The plug-in, found and answering. */
export interface Plugin {
  readonly version?: string;
  /** Makes an object of the plug-in by its class. */
  create(name: string): Promise<PluginObject>;
  /** Lets go of all objects that were made. */
  release(): Promise<void>;
}

/** What the extension's script defines in the page. */
interface ExtensionWindow {
  cadesplugin?: object;
  readonly cpcsp_chrome_nmcades?: {
    check_chrome_plugin(found: () => void, missing: (why?: unknown) => void): void;
    ReleasePluginObjects?(): unknown;
  };
}

const extensionWindow = window as unknown as ExtensionWindow;

/** How long the extension has to answer, in milliseconds; it is asked without a person. */
const extensionLimit = 3_000;
const nativeLimit = 15_000;
/** Type of the provider for GOST R 34.10-2012 with 256 bits, and the one before it. */
const providerTypes = [80, 75];

/** The object that the extension hands over; it outlives a second look, since the script is loaded once. */
let handedOver: PluginObject | undefined;

/**
 * Looks for CryptoPro's plug-in: extension, native part and provider, one after the other. Throws
 * `plugin_extension_missing`, `plugin_native_missing`, `plugin_provider_missing`, or `plugin_unanswered`.
 */
export async function loadPlugin(): Promise<Plugin> {
  // The script hands the plug-in to an object of this name, and looks at these members of it.
  extensionWindow.cadesplugin ??= {
    set: (object: PluginObject) => {
      handedOver = object;
    },
    is_capilite_enabled: () => false,
    ...{ LOG_LEVEL_DEBUG: 4, LOG_LEVEL_INFO: 2, LOG_LEVEL_ERROR: 1, current_log_level: 1 },
  };
  if (handedOver === undefined) await loadExtension();
  await within(
    nativePart(),
    nativeLimit,
    () => new PageFailure('plugin_unanswered', { waited: nativeLimit / 1_000 }),
  );
  const object = handedOver;
  if (object === undefined) throw new PageFailure('plugin_extension_missing');
  const create = (name: string) => callForObject(object, 'CreateObjectAsync', name);
  const version = await within(
    provider(create),
    nativeLimit,
    () => new PageFailure('plugin_unanswered', { waited: nativeLimit / 1_000 }),
  );
  return {
    ...(version === undefined ? {} : { version }),
    create,
    async release() {
      await extensionWindow.cpcsp_chrome_nmcades?.ReleasePluginObjects?.();
    },
  };
}

async function loadExtension(): Promise<void> {
  const address = await (isChromium() ? loadByIdentifier() : addressOfExtension());
  if (address !== undefined) await load(address);
  if (extensionWindow.cpcsp_chrome_nmcades === undefined) throw new PageFailure('plugin_extension_missing');
}

function isChromium(): boolean {
  return /Chrom(?:e|ium)\//.test(navigator.userAgent);
}

/** One of the identifiers is right, or none is; then its part in the page has to answer as well. */
async function loadByIdentifier(): Promise<undefined> {
  for (const id of pluginExtensions) {
    try {
      await load(`chrome-extension://${id}/${pluginScript}`);
    } catch {
      continue;
    }
    await echo(() => true);
    return undefined;
  }
  throw new PageFailure('plugin_extension_missing');
}

/** Firefox and Safari name the extension anew for each installation, so that it has to say its address. */
async function addressOfExtension(): Promise<string> {
  const form =
    /url:((?:moz|safari|safari-web)-extension:\/\/[A-Za-z0-9_-]+\/(?:[A-Za-z0-9_-]+\/)*nmcades_plugin_api\.js)$/;
  return echo((answer) => form.exec(answer)?.[1]);
}

/** What `read` makes of the extension's answer; answers that it makes nothing of are none. */
function echo<T>(read: (answer: string) => T | undefined): Promise<T> {
  let stop = () => {};
  const answered = new Promise<T>((resolve) => {
    const listen = ({ data, source }: MessageEvent) => {
      if (source !== window || typeof data !== 'string' || !data.includes('cadesplugin_loaded')) return;
      const found = read(data);
      if (found !== undefined) resolve(found);
    };
    window.addEventListener('message', listen);
    stop = () => window.removeEventListener('message', listen);
  });
  window.postMessage('cadesplugin_echo_request', location.origin);
  return within(answered, extensionLimit, () => new PageFailure('plugin_extension_missing')).finally(() =>
    stop(),
  );
}

function load(address: string): Promise<void> {
  const script = document.createElement('script');
  script.src = address;
  const loaded = new Promise<void>((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => reject(new PageFailure('plugin_extension_missing'));
  });
  document.head.append(script);
  return within(loaded, extensionLimit, () => new PageFailure('plugin_extension_missing'));
}

function nativePart(): Promise<void> {
  return new Promise((resolve, reject) => {
    extensionWindow.cpcsp_chrome_nmcades?.check_chrome_plugin(resolve, () =>
      reject(new PageFailure('plugin_native_missing')),
    );
  });
}

/** The plug-in's version, once a provider has answered. */
async function provider(create: Plugin['create']): Promise<string | undefined> {
  const about = await create('CAdESCOM.About');
  let failure: unknown;
  for (const type of providerTypes) {
    try {
      await call(about, 'CSPVersion', '', type);
      return await getText(about, 'Version').catch(() => undefined);
    } catch (error) {
      failure = error;
    }
  }
  throw new PageFailure('plugin_provider_missing', pluginFailure(failure).details);
}
