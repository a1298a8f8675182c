import type { Language } from '../failure/failure.ts';
import { safeText } from '../failure/value.ts';
import {
  type ChallengeOrganisation,
  challengeText,
  challengeWords,
  codeAlphabet,
  type TextFacts,
  textVersions,
} from './text.ts';

const languages = Object.keys(challengeWords) as Language[];

/** A nonce is 32 octets. */
const nonceLength = 32;

/**
 * What a challenge's text says, of any of its forms; undefined for a text that the service would not have written.
 * The text is read by its labels, and then written again from what was read: only where both are equal, character by
 * character, is it one. So nothing can stand in it that is not in the facts. Of the first form, in which name and INN
 * shared a line, that whole line is given as the name.
 */
export function parseChallengeText(text: string): TextFacts | undefined {
  for (const language of languages) {
    const facts = readFacts(text.split('\n'), language);
    if (facts !== undefined && textVersions.some((version) => challengeText(facts, version) === text)) {
      return facts;
    }
  }
  return undefined;
}

function readFacts(lines: readonly string[], language: Language): TextFacts | undefined {
  const said = challengeWords[language];
  const value = (label: string) =>
    lines.find((line) => line.startsWith(`${label}: `))?.slice(label.length + 2);
  const portal = value(said.portal);
  const origin = value(said.origin);
  const issuedAt = readTime(value(said.time));
  const nonce = readCode(value(said.code));
  if (portal === undefined || origin === undefined || issuedAt === undefined || nonce === undefined) {
    return undefined;
  }
  if (lines.some((line) => safeText(line, line.length) !== line)) return undefined;
  const page = value(said.page);
  const handOver = value(said.opens)?.slice(said.elsewhere('').length);
  const organisation = readOrganisation(value(said.organisation), value(said.innLine));
  return {
    language,
    portal,
    origin,
    issuedAt,
    nonce,
    ...(lines[0] === said.carrier[0] && { purpose: 'carrier' as const }),
    ...(page !== undefined && { page }),
    ...(handOver !== undefined && { handOver }),
    ...(organisation !== undefined && { organisation }),
  };
}

function readOrganisation(
  name: string | undefined,
  inn: string | undefined,
): ChallengeOrganisation | undefined {
  if (name === undefined && inn === undefined) return undefined;
  return { ...(name !== undefined && { name }), ...(inn !== undefined && { inn }) };
}

/** The moment that stands in UTC, whatever else stands beside it. */
function readTime(value: string | undefined): number | undefined {
  const [, date, time] = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC\)?$/.exec(value ?? '') ?? [];
  const at = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The nonce behind a one-time code. */
function readCode(value: string | undefined): Uint8Array | undefined {
  const digits = [...(value ?? '').replaceAll('-', '')].map((digit) => codeAlphabet.indexOf(digit));
  if (digits.length !== Math.ceil((nonceLength * 8) / 5) || digits.includes(-1)) return undefined;
  const nonce = new Uint8Array(nonceLength);
  for (const [index, digit] of digits.entries()) {
    for (let bit = 0; bit < 5; bit++) {
      const at = index * 5 + bit;
      if (at < nonceLength * 8 && (digit & (16 >> bit)) !== 0) nonce[at >> 3]! |= 128 >> (at & 7);
    }
  }
  return nonce;
}
