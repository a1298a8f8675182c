import { PageFailure } from '../failure.ts';
import { within } from '../limit.ts';
import type { Plugin } from './loader.ts';
import { call, type PluginObject } from './object.ts';
import { pluginFailure } from './result.ts';

const base64ToBinary = 1;
const displayContent = 1;
const cadesBes = 1;
const signingTime = 0;
const chainWithoutRoot = 0;

/** The person finds the token and enters the PIN in the provider's own window. */
const personLimit = 120_000;

/**
 * Signs the octets that `content` is base64 of, attached, as CAdES-BES; the provider asks for the PIN by itself, and
 * the page never sees it. Gives DER in base64. Throws `signing_cancelled`, `signing_timed_out` and whatever the plug-in
 * reports.
 */
export async function signByPlugin(
  plugin: Plugin,
  certificate: PluginObject,
  { content, at }: { readonly content: string; readonly at: number },
  signal: AbortSignal,
): Promise<string> {
  const timedOut = () => new PageFailure('signing_timed_out', { waited: personLimit / 1_000 });
  try {
    return await within(sign(plugin, certificate, content, at), personLimit, timedOut, signal);
  } catch (error) {
    const failure = pluginFailure(error);
    // Its “No” to a signature is a cancellation; to the list it is a refusal of the access.
    throw failure.code === 'plugin_access_refused'
      ? new PageFailure('signing_cancelled', failure.details)
      : failure;
  }
}

async function sign(plugin: Plugin, certificate: PluginObject, content: string, at: number): Promise<string> {
  const signer = await plugin.create('CAdESCOM.CPSigner');
  await call(signer, 'propset_Certificate', certificate);
  await call(signer, 'propset_Options', chainWithoutRoot);
  // The service decides, and says why; the plug-in would only fail.
  await call(signer, 'propset_CheckCertificate', false);
  const time = await plugin.create('CAdESCOM.CPAttribute');
  await call(time, 'propset_Name', signingTime);
  await call(time, 'propset_Value', new Date(at));
  const attributes = (await signer.AuthenticatedAttributes2) as PluginObject;
  await call(attributes, 'Add', time);
  const data = await plugin.create('CAdESCOM.CadesSignedData');
  // Before the content: the other way round the plug-in takes base64 for text, and signs UTF-16.
  await call(data, 'propset_ContentEncoding', base64ToBinary);
  await call(data, 'propset_Content', content);
  await call(data, 'propset_DisplayData', displayContent);
  const signature = await call(data, 'SignCades', signer, cadesBes, false);
  if (typeof signature !== 'string') throw new PageFailure('plugin_failed', { message: 'SignCades' });
  return signature.replace(/\s+/g, '');
}
