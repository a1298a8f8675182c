import { readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { cardServiceSocket } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import type { DoctorContext } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

/** Class of USB interfaces for smart cards (USB CCID, revision 1.1). */
const smartCard = '0b';

/** How long the card service may take to answer, in milliseconds. */
const patience = 2_000;

/**
 * The service through which drivers reach smart cards (pcscd), and the readers that are plugged in by USB, tokens with
 * a reader of their own among them. Linux only; other systems bring their own service, which was not tried.
 */
export async function examineReaders(
  context: DoctorContext,
  system: NodeJS.Platform,
): Promise<readonly Finding[]> {
  const { language, words } = context;
  if (system !== 'linux') return [good('tokens', words.cardService, words.notLookedAt)];
  const socket = cardServiceSocket();
  const readers = await usbReaders(context.root);
  const stopped = new SealgateError('card_service_stopped', { socket });
  const isNeeded = readers.length > 0;
  return [
    (await answersAt(socket))
      ? good('tokens', words.cardService, words.answers(socket))
      : findingOf('tokens', words.cardService, stopped, language, isNeeded ? 'bad' : 'warning'),
    good('tokens', words.readers, readers.length === 0 ? words.noReaders : readers.join(', ')),
  ];
}

function answersAt(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: patience });
    const settle = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

/** Names of USB devices with an interface for smart cards, as they name themselves. */
async function usbReaders(root: string): Promise<readonly string[]> {
  const folder = join(root, 'sys/bus/usb/devices');
  const entries = await readdir(folder).catch(() => []);
  const names = await Promise.all(
    entries
      // An interface stands beside its device: `1-2:1.0` of `1-2`.
      .filter((entry) => entry.includes(':'))
      .map(async (entry) => {
        if ((await line(join(folder, entry, 'bInterfaceClass'))) !== smartCard) return [];
        const device = join(folder, entry.split(':')[0] ?? '');
        if ((await stat(device).catch(() => undefined)) === undefined) return [];
        const parts = await Promise.all([line(join(device, 'manufacturer')), line(join(device, 'product'))]);
        return [safeText(parts.filter((part) => part !== '').join(' ') || entry)];
      }),
  );
  return [...new Set(names.flat())];
}

async function line(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}
