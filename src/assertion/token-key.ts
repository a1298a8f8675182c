import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SealgateError } from '../error.ts';
import { secretFromEnvironment } from '../terminal/prompt.ts';
import type { Signer } from '../token/signer.ts';

/**
 * Opens the key that a PKCS#11 URI names (RFC 7512): `token` or `serial`, `object` or `id`, and in its query
 * `module-path` (or `module-name`) and `pin-source`, the file that holds the PIN. A `pin-value` is refused, for the
 * URI stands in configuration and database. Without `pin-source` the PIN is taken from SEALGATE_PIN.
 *
 * Throws `configuration_invalid` for a URI that lacks something, and the failures of the token.
 */
export async function openTokenKey(
  uri: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Signer> {
  const parts = parse(uri);
  const { path, query } = parts;
  // Loaded by whoever opens a token: most services have their keys elsewhere.
  const { openModule } = await import('../token/token-module.ts');
  const module = await openModule(moduleOf(parts), { environment });
  return module.signer({
    token: { label: path.get('token'), serial: path.get('serial') },
    key: { label: path.get('object'), id: path.get('id'), withoutCertificate: true },
    pin: () => readPin(query.get('pin-source')),
  });
}

/** Throws `configuration_invalid` for a URI that `openTokenKey` could not open whatever stands behind it. */
export function expectTokenUri(uri: string): void {
  moduleOf(parse(uri));
}

function moduleOf({ query }: Parts): string {
  const library = query.get('module-path') ?? query.get('module-name');
  if (library === undefined) throw invalid('it names no module-path');
  if (query.has('pin-value')) throw invalid('a PIN must not stand in it; use pin-source');
  return library;
}

const markKey = randomBytes(32);

/**
 * A mark of the PIN that `openTokenKey` would show now: the same for the same PIN while this program runs, and of no
 * use to others. Undefined where it cannot be told, as of a URI that is no PKCS#11 one or a file that cannot be read.
 */
export async function pinMark(uri: string): Promise<string | undefined> {
  try {
    const pin = (await readPin(parse(uri).query.get('pin-source'))) ?? new Uint8Array();
    const mark = createHmac('sha256', markKey).update(pin).digest('base64url');
    pin.fill(0);
    return mark;
  } catch {
    return undefined;
  }
}

interface Parts {
  readonly path: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
}

function parse(uri: string): Parts {
  const [, path, query] = /^pkcs11:([^?]*)(?:\?(.*))?$/.exec(uri) ?? [];
  if (path === undefined) throw invalid('it is not a PKCS#11 URI');
  return { path: attributes(path, ';'), query: attributes(query ?? '', '&') };
}

function attributes(text: string, separator: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const attribute of text.split(separator).filter(Boolean)) {
    const [name = '', ...value] = attribute.split('=');
    if (found.has(name)) throw invalid(`${name} stands in it twice`);
    found.set(name, name === 'id' ? octetsOf(value.join('=')) : textOf(value.join('=')));
  }
  return found;
}

function textOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalid('its percent-encoding is wrong');
  }
}

/** `id` is octets and not text (RFC 7512, section 2.3): in hexadecimal here, as the token's keys are named. */
function octetsOf(encoded: string): string {
  const octets = encoded.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(octets, 'latin1').toString('hex');
}

/**
 * The PIN's octets; a line feed that an editor has put behind it does not belong to it. Undefined where there is none,
 * as in a file that is being written anew just now.
 */
async function readPin(source: string | undefined): Promise<Uint8Array | undefined> {
  if (source === undefined) return secretFromEnvironment('SEALGATE_PIN');
  const octets = await readFile(source.startsWith('file:') ? fileURLToPath(source) : source);
  const end = octets.findLastIndex((octet) => octet !== 0x0a && octet !== 0x0d) + 1;
  const pin = Uint8Array.from(octets.subarray(0, end));
  octets.fill(0);
  return end === 0 ? undefined : pin;
}

function invalid(problem: string): SealgateError {
  return new SealgateError('configuration_invalid', { field: 'PKCS#11 URI of the assertion key', problem });
}
