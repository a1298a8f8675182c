import type { ShownPlace } from '../../sign-in/view/model.ts';
import { fromBase64 } from '../base64.ts';
import { PageFailure } from '../failure.ts';
import { within } from '../limit.ts';
import type { Plugin } from './loader.ts';
import { call, callForObject, get, getObject, getText, type PluginObject } from './object.ts';
import { pluginFailure } from './result.ts';

/** A certificate of the plug-in's stores. */
export interface StoredCertificate {
  readonly object: PluginObject;
  readonly isOnToken: boolean;
}

const currentUser = 2;
const maximumAllowed = 2;
/** Certificates that lie in containers alone, as on a token, and were never installed. */
const containers = 100;

/** The person answers the plug-in's question whether this site may see certificates. */
const personLimit = 120_000;
/** One certificate, which needs no person. */
const certificateLimit = 5_000;

/**
 * The certificates of the person's store and of the containers, joined by thumbprint; `isOnToken` says that only a
 * container has it. That the second store cannot be opened is no failure of the list. Throws `signing_cancelled`,
 * `plugin_access_refused`, `signing_timed_out` and whatever the plug-in reports.
 */
export async function* storedCertificates(
  plugin: Plugin,
  signal: AbortSignal,
): AsyncGenerator<{ readonly total: number; readonly certificate: StoredCertificate | undefined }> {
  const known = new Set<string>();
  const opened = [await openStore(plugin, signal, currentUser, 'My', maximumAllowed)];
  const second = await openStore(plugin, signal, containers).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
  if (second !== undefined) opened.push(second);
  const total = opened.reduce((sum, { count }) => sum + count, 0);
  for (const [index, { certificates, count }] of opened.entries()) {
    for (let position = 1; position <= count; position += 1) {
      const object = await readable(callForObject(certificates, 'Item', position), signal);
      const thumbprint = object && (await readable(getText(object, 'Thumbprint'), signal));
      if (object === undefined || thumbprint === undefined) {
        yield { total, certificate: undefined };
        continue;
      }
      if (known.has(thumbprint)) continue;
      known.add(thumbprint);
      yield { total, certificate: { object, isOnToken: index > 0 } };
    }
  }
  for (const { store } of opened) await readable(call(store, 'Close'), signal);
}

async function openStore(
  plugin: Plugin,
  signal: AbortSignal,
  ...args: readonly unknown[]
): Promise<{ readonly store: PluginObject; readonly certificates: PluginObject; readonly count: number }> {
  const timedOut = () => new PageFailure('signing_timed_out', { waited: personLimit / 1_000 });
  const work = async () => {
    const store = await plugin.create('CAdESCOM.Store');
    await call(store, 'Open', ...args);
    const certificates = await getObject(store, 'Certificates');
    return { store, certificates, count: Number(await get(certificates, 'Count')) };
  };
  try {
    return await within(work(), personLimit, timedOut, signal);
  } catch (error) {
    throw pluginFailure(error);
  }
}

/** What a certificate gives within its limit; undefined where it does not. Cancelling goes on. */
async function readable<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await within(work, certificateLimit, () => new PageFailure('certificate_unreadable'), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

/** The certificate itself; undefined where the store does not give it in time. */
export async function exported(
  { object }: StoredCertificate,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const text = await readable(call(object, 'Export', 0), signal);
  return typeof text === 'string' ? fromBase64(text) : undefined;
}

/** Whether its key is there; undefined where nobody says so in time, which signing will show. */
export async function hasKey(
  { object }: StoredCertificate,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const answer = await readable(call(object, 'HasPrivateKey'), signal);
  return typeof answer === 'boolean' ? answer : undefined;
}

/** Where it lies, as its container's name tells: `SCARD\\rutoken_ecp_1234\\…` is on a token, others on this computer. */
export async function placeOf(
  { object, isOnToken }: StoredCertificate,
  signal: AbortSignal,
): Promise<ShownPlace> {
  const name = await readable(
    getObject(object, 'PrivateKey').then((key) => getText(key, 'UniqueContainerName')),
    signal,
  );
  const [medium = '', label = ''] = (name ?? '').split('\\').filter((part) => part !== '');
  if (/^SCARD$/i.test(medium)) return { kind: 'token', ...(label === '' ? {} : { label }) };
  if (isOnToken) return { kind: 'token' };
  return { kind: 'store', ...(label === '' ? {} : { label }) };
}
