import { type Keyring, macMatches } from '../secret/keyring.ts';
import { mac } from '../secret/mac.ts';
import type { SealState, Value } from './database.ts';

/** A seal over `text` by the key of that id, or the newest where it is unknown: the key's id, a dot, the MAC. */
export function makeSeal(keys: Keyring, id: string, text: string): string {
  const { id: known, key } = keys.find(id) ?? keys.current;
  return `${known}.${mac(key, message(text)).toString('base64url')}`;
}

/** What a seal is worth by these keys. */
export function judgeSeal(keys: Keyring, text: string, seal: Value | undefined): SealState {
  const id = sealKeyId(seal);
  if (typeof seal !== 'string' || id === undefined) return 'broken';
  if (keys.find(id) === undefined) return 'unknown';
  const tag = Buffer.from(seal.slice(id.length + 1), 'base64url');
  if (!macMatches(keys, id, message(text), tag)) return 'broken';
  return id === keys.current.id ? 'current' : 'older';
}

/** The id of the key that a seal names; undefined for what is none. */
export function sealKeyId(seal: Value | undefined): string | undefined {
  return typeof seal === 'string' ? /^([A-Za-z0-9_-]{8})\.[A-Za-z0-9_-]{43}$/.exec(seal)?.[1] : undefined;
}

function message(text: string): string {
  return `sealgate record\n${text}`;
}
