import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReport } from '../../src/document/report.ts';
import type { Signer } from '../../src/token/signer.ts';
import { signerOf } from '../signing/issued.ts';
import { Archive, day } from './archive.ts';
import { formats } from './formats.ts';

/** How many octets of each document are changed; `CHANGED_OCTETS=all` changes each of them, which takes an hour. */
const changes = process.env.CHANGED_OCTETS === 'all' ? Number.POSITIVE_INFINITY : 30;

type Range = readonly [start: number, end: number];

let archive: Archive;
let signer: Signer;
let lists: readonly Uint8Array[];
beforeAll(async () => {
  archive = await Archive.open('ecdsa-p256', Date.parse('2026-03-02T09:00:00Z'));
  signer = await signerOf(await archive.issue(3 * day));
  lists = await archive.lists();
});
afterAll(() => archive.close());

/** All that a report says, but how it was found out: coverage, level, certificates, time-stamps and times. */
function claim({ signatures, timestamps }: DocumentReport): string {
  return JSON.stringify([signatures, timestamps], (name, value) => (name === 'checks' ? undefined : value));
}

/** Where `part` stands in a document, as octets and as the texts that a format writes octets in. */
function placesOf(document: Buffer, part: Uint8Array): readonly Range[] {
  const texts = (['hex', 'base64'] as const).map((form) => Buffer.from(Buffer.from(part).toString(form)));
  return [Buffer.from(part), ...texts].flatMap((octets) => {
    const found: Range[] = [];
    for (let at = document.indexOf(octets); at >= 0; at = document.indexOf(octets, at + 1))
      found.push([at, at + octets.length]);
    return found;
  });
}

/**
 * What may change without a word: certificates of the authorities, which the verdict does not take from the document
 * where it knows them; what fills the place behind a message in a PDF; what names files of a container a second time;
 * declarations of namespaces that nothing signs.
 */
function freePlaces(document: Buffer): readonly Range[] {
  const { root, accredited } = archive.authority;
  const matches = (expression: RegExp) =>
    [...document.toString('latin1').matchAll(expression)].map(
      ({ index, 0: { length } }): Range => [index, index + length],
    );
  const directory = document.indexOf('PK\u0001\u0002');
  return [
    ...[root.certificate, accredited.certificate].flatMap((der) => placesOf(document, der)),
    ...matches(/0{64,}>/g),
    ...matches(/ xmlns:[a-z0-9]+="[^"]*"/g),
    ...(document.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))
      ? [[directory, document.length] as Range]
      : []),
  ];
}

/** The reports on a document that each have one octet changed, and are what they were. */
async function unnoticed(document: Buffer): Promise<readonly number[]> {
  const before = claim(await archive.validate(document, lists));
  const step = Math.max(1, Math.floor(document.length / changes));
  const found: number[] = [];
  for (let at = step >> 1; at < document.length; at += step) {
    const changed = Buffer.from(document);
    changed[at]! ^= 1;
    const report = await archive.validate(changed, lists);
    if (report.indication === 'TOTAL-PASSED' && claim(report) === before) found.push(at);
  }
  return found;
}

describe.each(Object.keys(formats))('%s, with one octet changed', (format) => {
  it.each(['B', 'LTA'] as const)(
    'never passes as what it was, wherever that octet counts: level %s',
    async (level) => {
      const signed = await formats[format]!(signer, archive);
      const document = Buffer.from(level === 'B' ? signed : await archive.extend(signed, level));
      expect(await archive.validate(document, lists)).toMatchObject({
        indication: 'TOTAL-PASSED',
        signatures: [{ level }],
      });
      const free = freePlaces(document);
      const counted = (await unnoticed(document)).filter(
        (at) => !free.some(([start, end]) => at >= start && at < end),
      );
      expect(counted).toEqual([]);
    },
    3_600_000,
  );
});
