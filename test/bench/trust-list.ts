import { createAuthority } from '../../src/authority/authority.ts';
import { generateKeyPair, type KeyKind, type KeyPair } from '../../src/authority/key.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import type { Pins } from '../../src/trust-list/pin.ts';
import { openSignedList } from '../../src/trust-list/signed-list.ts';
import { trustViewOf } from '../../src/trust-list/view.ts';
import { type ListEntry, signXml, writeTrustList } from '../authority/trust-list.ts';
import { compare, type Figure, repeat } from './measure.ts';

const start = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const keysOfOne = 6;
const listSize = 500;
const smallSize = 10;
/** Import of the long list, in seconds. */
const importGoal = 2;

/** A list of trusted authorities, made. */
export interface MadeList {
  readonly document: Uint8Array;
  readonly pins: Pins;
  readonly certificates: readonly Certificate[];
}

/** A list of `count` authorities with six keys each, made and signed by a test authority. */
export async function makeList(count: number, algorithm: KeyKind): Promise<MadeList> {
  const authority = await createAuthority({ algorithm, at: start, now: () => start });
  const ogrn = '1047702026701';
  const signer = await authority.issue({
    subject: [
      { type: 'CN', value: 'Испытательное министерство' },
      { type: 'OGRN', value: ogrn },
    ],
    purpose: 'seal',
    notAfter: start + 3650 * day,
  });
  const { key } = signer;
  if (key === undefined) throw new Error('the signer has no key');
  const entries: ListEntry[] = [];
  const certificates: Uint8Array[] = [];
  for (let number = 0; number < count; number++) {
    const own = await Promise.all(
      Array.from({ length: keysOfOne }, () => issueAuthority(authority.root, algorithm, number)),
    );
    certificates.push(...own);
    entries.push(entryOf(number, own));
  }
  const document = await signXml(writeTrustList({ version: 1, date: start, authorities: entries }), {
    key,
    certificates: [signer.certificate, authority.accredited.certificate, authority.root.certificate],
  });
  return {
    document,
    certificates: certificates.map((der) => parseCertificate(der)),
    pins: {
      roots: new Map([[parseCertificate(authority.root.certificate).sha256, 'root']]),
      signerOgrns: new Set([ogrn]),
      signerFingerprints: new Set(),
    },
  };
}

type Root = Awaited<ReturnType<typeof createAuthority>>['root'];

async function issueAuthority(root: Root, algorithm: KeyKind, number: number): Promise<Uint8Array> {
  const key: KeyPair = await generateKeyPair(algorithm);
  const name = `Удостоверяющий центр № ${number}`;
  const { certificate } = await root.issue({
    purpose: 'authority',
    key,
    subject: [
      { type: 'C', value: 'RU' },
      { type: 'L', value: 'г. Байконур' },
      { type: 'O', value: name },
      { type: 'CN', value: name },
      { type: 'OGRN', value: ogrnOf(number) },
    ],
    notAfter: start + 3650 * day,
    isRecorded: false,
  });
  return certificate;
}

function ogrnOf(number: number): string {
  const digits = String(125_990_000_000 + number);
  return `${digits}${(Number(digits) % 11) % 10}`;
}

function entryOf(number: number, own: readonly Uint8Array[]): ListEntry {
  return {
    name: `Удостоверяющий центр № ${number}`,
    inn: '9900000017',
    ogrn: ogrnOf(number),
    status: { status: 'Действует', since: start - 1000 * day },
    history: [
      { status: 'Действует', since: start - 3000 * day },
      { status: 'Приостановлена', since: start - 2000 * day },
    ],
    crlAddresses: [
      `http://authority-${number}.invalid/list.crl`,
      `http://authority-${number}.invalid/second.crl`,
    ],
    keys: own.map((der) => [der]),
  };
}

/** The question whether a key of a list is accredited, about one after the other, at one time after the other. */
export function askingFor({ document, pins, certificates }: MadeList): () => void {
  const { list } = openSignedList(document, { pins, known: [] }, start + day);
  const { accreditation } = trustViewOf(list, pins);
  let turn = 0;
  return () => {
    const { publicKey } = certificates[turn++ % certificates.length]!;
    const { state } = accreditation.find(publicKey, start - (turn % 4000) * day);
    if (state === 'unknown') throw new Error('a key of the list is unknown');
  };
}

/**
 * The list of 500 authorities with 3,000 keys, signed with GOST: how often a second it is imported, against the goal
 * of two seconds; and a question about a key in it, against the same question in a list of 10 authorities.
 */
export async function trustListBenchmarks(algorithm: KeyKind = 'gost2012-256'): Promise<readonly Figure[]> {
  const [long, short] = [await makeList(listSize, algorithm), await makeList(smallSize, algorithm)];
  const importLong = (): void => {
    const { list } = openSignedList(long.document, { pins: long.pins, known: [] }, start + day);
    trustViewOf(list, long.pins);
  };
  const megabytes = (long.document.length / 1e6).toFixed(1);
  return [
    await compare(
      `trust list, 500 authorities, 3,000 keys, ${megabytes} MB: opened, a second`,
      `once in ${importGoal} s`,
      repeatOnce(importLong),
      () => 1 / importGoal,
      1,
    ),
    await compare(
      'trust list: is this key accredited, among 3,000',
      'among 60',
      repeat(askingFor(long)),
      repeat(askingFor(short)),
    ),
  ];
}

/** Operations a second of something that takes longer than a round. */
function repeatOnce(operation: () => void): () => number {
  return () => {
    const begin = performance.now();
    operation();
    return 1000 / (performance.now() - begin);
  };
}
