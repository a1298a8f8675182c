import { PageFailure } from '../failure.ts';

/** Results of Windows, its cards and the plug-in that have a meaning for the person, by our codes. */
const codes: Readonly<Record<string, string>> = {
  '8010006E': 'signing_cancelled',
  '80090036': 'signing_cancelled',
  '000004C7': 'plugin_access_refused',
  '800704C7': 'plugin_access_refused',
  '8010006B': 'pin_incorrect',
  '8010006C': 'pin_locked',
  '80100069': 'token_removed',
  '8010000C': 'token_not_present',
  '8010001D': 'plugin_card_service',
  '80090016': 'key_not_found',
  '8009000D': 'key_not_found',
  '8009200B': 'key_not_found',
  '80090010': 'certificate_expired',
  '80090008': 'plugin_provider_outdated',
  '80090019': 'plugin_provider_missing',
  '80040154': 'plugin_provider_missing',
  '0000065B': 'plugin_licence_over',
  '8007065B': 'plugin_licence_over',
  '80092004': 'certificate_unreadable',
};

/** A result of the plug-in as a failure: by the last hexadecimal number of its words, which the system's language frames. */
export function pluginFailure(error: unknown): PageFailure {
  if (error instanceof PageFailure) return error;
  const message = messageOf(error);
  const result = /0x([0-9A-F]{8})(?![\s\S]*0x[0-9A-F]{8})/i.exec(message)?.[1]?.toUpperCase();
  if (result === undefined) return new PageFailure('plugin_failed', { message });
  return new PageFailure(codes[result] ?? 'plugin_failed', { result: `0x${result}`, message });
}

/** In Chromium an error is a plain object with a message, elsewhere an Error with a number beside it. */
function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, number } = error as { readonly message?: unknown; readonly number?: unknown };
  const text = typeof message === 'string' ? message : '';
  if (typeof number !== 'number') return text;
  return `${text} (0x${(number >>> 0).toString(16).toUpperCase().padStart(8, '0')})`;
}
