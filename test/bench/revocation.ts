import { randomFillSync } from 'node:crypto';
import * as pkijs from 'pkijs';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { Budget } from '../../src/budget/budget.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import type { CertificateList } from '../../src/revocation/crl/list.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import { loadCertificateList } from '../../src/revocation/crl/load.ts';
import { strictPolicy } from '../../src/revocation/policy.ts';
import { day, hour, makeList, makeSigner, type Signer } from '../revocation/maker.ts';
import { makeSetting, makeSources } from '../revocation/setting.ts';
import { compare, type Figure, median, repeat, repeatAsync } from './measure.ts';

const at = Date.UTC(2026, 5, 1);
const million = 1_000_000;
const serialLength = 16;
/** SEQUENCE with a serial number, a date and a reasonCode. */
const entryLength = 2 + 2 + serialLength + 15 + 14;
const rounds = 5;

/** What a list of a million entries may take: ms to load, ms in one go, octets held an octet of DER, µs a look-up. */
const limits = { load: 1000, hold: 20, memory: 1.5, lookUp: 2 };

/** A revocation list, made. */
export interface MadeList {
  readonly der: Uint8Array;
  readonly signer: Signer;
  readonly serials: readonly Uint8Array[];
}

/** A list of so many entries, and every tenth serial number in it. */
export function madeList(count: number): MadeList {
  const entries = Buffer.alloc(count * entryLength);
  const serials: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const start = index * entryLength;
    entries.set([0x30, entryLength - 2, 2, serialLength], start);
    const serial = entries.subarray(start + 4, start + 4 + serialLength);
    randomFillSync(serial);
    serial[0] = (serial[0]! & 0x7f) | 0x40;
    entries.write(
      '170d3235303130313030303030305a300c300a0603551d1504030a0101',
      start + 4 + serialLength,
      'hex',
    );
    if (index % 10 === 0) serials.push(Uint8Array.from(serial));
  }
  const signer = makeSigner('Large');
  const order = {
    issuer: signer,
    thisUpdate: at - hour,
    nextUpdate: at + day,
    number: 1,
    rawEntries: entries,
  };
  return { der: makeList(order), signer, serials };
}

/** A list of a million entries against what it may take, one of a thousand against pkijs, and a check at hand. */
export async function revocationBenchmarks(): Promise<Figure[]> {
  return [...(await millionFigures()), await parseFigure(), await checkFigure()];
}

async function millionFigures(): Promise<Figure[]> {
  const { der, signer, serials } = madeList(million);
  const times: number[] = [];
  const holds: number[] = [];
  let list: CertificateList | undefined;
  for (let round = 0; round < rounds; round++) {
    list = undefined;
    const { taken, longestHold, result } = await holding(() =>
      loadCertificateList(der, [parsePublicKeyInfo(signer.spki)]),
    );
    if (!result.signed.holdsUnder(parsePublicKeyInfo(signer.spki)))
      throw new Error('the signature does not hold');
    times.push(taken);
    holds.push(longestHold);
    list = result;
  }
  if (list === undefined) throw new Error('nothing was loaded');
  return [
    limit(
      'list of a million entries, loaded and verified',
      'a second',
      1000 / median(times),
      1000 / limits.load,
    ),
    limit('… longest hold of the event loop', '20 ms', 1000 / median(holds), 1000 / limits.hold),
    limit(
      '… memory held',
      '1.5 times its DER',
      der.length / (der.length + list.entries.overhead),
      1 / limits.memory,
    ),
    limit('… look-up of a revoked serial', '2 µs', lookUps(list, serials), 1_000_000 / limits.lookUp),
  ];
}

/** Runs work while a timer notes how long the event loop was held up at most, both in ms. */
async function holding<T>(
  work: () => Promise<T>,
): Promise<{ readonly taken: number; readonly longestHold: number; readonly result: T }> {
  let longestHold = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longestHold = Math.max(longestHold, now - last);
    last = now;
  }, 1);
  const start = performance.now();
  const result = await work();
  const taken = performance.now() - start;
  clearInterval(timer);
  return { taken, longestHold, result };
}

function lookUps(list: CertificateList, serials: readonly Uint8Array[]): number {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    let found = 0;
    for (const serial of serials) found += list.entries.find(serial, list.issuer, true).length;
    if (found < serials.length) throw new Error('a revoked serial number was not found');
    rates.push((serials.length / (performance.now() - start)) * 1000);
  }
  return median(rates);
}

function limit(name: string, peer: string, ours: number, theirs: number): Figure {
  return { name, peer: `limit: ${peer}`, ours, theirs, ratio: ours / theirs, goal: 1 };
}

function parseFigure(): Promise<Figure> {
  const { der } = madeList(1000);
  return compare(
    'list of a thousand entries, parsed and indexed',
    'pkijs, parsed',
    repeat(() => void parseCertificateList(der)),
    repeat(() => void pkijs.CertificateRevocationList.fromBER(der)),
  );
}

/** A path of two whose lists are held, against one for which they are fetched over the loopback interface. */
async function checkFigure(): Promise<Figure> {
  const setting = await makeSetting();
  const held = makeSources();
  const input = {
    path: setting.house.path(setting.person),
    policy: strictPolicy,
    budget: new Budget(),
    at: setting.at,
    algorithms: currentAlgorithms,
  };
  try {
    return await compare(
      'revocation of a path of two, lists held',
      'lists fetched',
      repeatAsync(async () => void (await checkRevocation({ ...input, sources: held }))),
      repeatAsync(async () => {
        const sources = makeSources();
        await checkRevocation({ ...input, sources });
        await sources.fetcher.close();
      }),
    );
  } finally {
    await held.fetcher.close();
    await setting.host.stop();
  }
}
