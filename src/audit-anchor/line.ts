import { headHolds, type JournalHead } from '../database/journal.ts';
import type { Keyring } from '../secret/keyring.ts';

/** What each line has in common, so that they are found in a log of many programs. */
const mark = 'sealgate audit head';
const form = /sealgate audit head (\d{1,15}):([0-9a-f]{64}) ([A-Za-z0-9_-]{8})\.([A-Za-z0-9_-]{43})(?!\S)/;

/** One head as a line, without its end: number and hash of the newest record, and the seal of this service's secrets. */
export function anchorLine({ sequence, hash, keyId, mac }: JournalHead): string {
  const seal = `${keyId}.${Buffer.from(mac).toString('base64url')}`;
  return `${mark} ${sequence}:${Buffer.from(hash).toString('hex')} ${seal}`;
}

/** What stands in an anchor. */
export interface Anchor {
  /** Heads that this service has sealed, in the order of the lines. */
  readonly heads: readonly JournalHead[];
  /** Numbers of lines, from 1, that name a secret of this service and do not bear its seal: somebody made them up. */
  readonly forged: readonly number[];
  /** How many lines are sealed by secrets that are not known here: of other services, or taken away since. */
  readonly foreign: number;
  /** Numbers of lines that should hold a head and cannot be read, as one that was cut off. */
  readonly unreadable: readonly number[];
}

/** Reads an anchor: its own file, or a log in which its lines stand among others. */
export function readAnchor(text: string, keys: Keyring): Anchor {
  const heads: JournalHead[] = [];
  const forged: number[] = [];
  const unreadable: number[] = [];
  let foreign = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.includes(mark)) continue;
    const head = headIn(line);
    if (head === undefined) unreadable.push(index + 1);
    else if (keys.find(head.keyId) === undefined) foreign += 1;
    else if (headHolds(keys, head)) heads.push(head);
    else forged.push(index + 1);
  }
  return { heads, forged, foreign, unreadable };
}

function headIn(line: string): JournalHead | undefined {
  const [, sequence, hash = '', keyId = '', mac = ''] = form.exec(line) ?? [];
  if (sequence === undefined) return undefined;
  return {
    sequence: Number(sequence),
    hash: Buffer.from(hash, 'hex'),
    keyId,
    mac: Buffer.from(mac, 'base64url'),
  };
}
