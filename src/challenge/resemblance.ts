import { giveWay, Share } from '../budget/slices.ts';
import { challengeWords } from './text.ts';

/** Encodings in which a text of ours could stand in a file, under the names of the Encoding Standard. */
const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1251',
  'koi8-r',
  'ibm866',
  'iso-8859-5',
  'x-mac-cyrillic',
] as const;

/** How many letters of a document are looked at, and how many octets at a time. */
const lettersRead = 4096;
const chunkLength = 32_768;

const openings = Object.values(challengeWords).flatMap(({ opening, carrier }) =>
  [opening[0], carrier[0]].map(lettersOf),
);

/**
 * Whether a document begins as a challenge does, in whatever encoding, with whatever line ends, blanks, marks of
 * octet order or invisible characters before it and between its letters. Such a document is never signed: a service
 * may accept a challenge in UTF-16, and what a person takes for a document must not open a sign-in.
 */
export async function resemblesChallenge(document: Uint8Array): Promise<boolean> {
  const share = new Share();
  for (const encoding of encodings) {
    // With one octet in front, two-octet encodings are read one octet later; UTF-32 is UTF-16 with zeros between.
    const readings = isWide(encoding) ? [document, document.subarray(1)] : [document];
    for (const reading of readings) {
      const letters = await firstLetters(reading, encoding, share);
      if (openings.some((opening) => letters.includes(opening))) return true;
    }
  }
  return false;
}

function isWide(encoding: string): boolean {
  return encoding.startsWith('utf-16');
}

async function firstLetters(octets: Uint8Array, encoding: string, share: Share): Promise<string> {
  const decoder = new TextDecoder(encoding);
  let letters = '';
  for (let at = 0; at < octets.length && letters.length < lettersRead; at += chunkLength) {
    const chunk = octets.subarray(at, at + chunkLength);
    // What is decoded bit by bit would take seconds for a large file of blanks.
    if (!isWithoutLetters(chunk, encoding)) letters += lettersOf(decoder.decode(chunk, { stream: true }));
    await giveWay(share);
  }
  return letters;
}

/**
 * Whether octets are surely no letter and no digit, looked at one by one: those below the digits where one octet or
 * more is a character, and zeros and blanks where two are.
 */
function isWithoutLetters(chunk: Uint8Array, encoding: string): boolean {
  const isTwoOctets = isWide(encoding);
  for (const octet of chunk) {
    if (isTwoOctets ? octet !== 0 && octet !== 0x20 : octet >= 0x30) return false;
  }
  return true;
}

/** Letters and digits alone, in one case and one form. */
function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
