import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { SealgateError } from '../../../src/error.ts';
import { conform } from '../../../src/service/body.ts';
import { parseJson } from '../../../src/service/json.ts';
import { loginRequest } from '../../../src/service/schema.ts';
import { octetsOf, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';

const login = {
  challenge: 'token.of.challenge',
  signature: Buffer.from('signature').toString('base64'),
  origin: 'https://portal.example',
  browser: 'a browser’s session',
  powerOfAttorney: { document: 'ZG9j', signature: 'c2ln' },
  audience: 'portal',
};

/** The body of a request, read as strictly as any: what is taken is what every reader of JSON takes it for. */
export const body: Kind = {
  name: 'body',
  form: 'json',
  meaning: 'a second reader of JSON understands the same, and no name stands twice',
  async make() {
    const inputs = [
      ['compact', octetsOf(JSON.stringify(login))],
      ['spaced', octetsOf(JSON.stringify(login, null, 2))],
    ] as const;
    return { inputs: new Map(inputs), context: new Map() };
  },
  judge: () => (octets) =>
    verdictOf(() => {
      if (!isUtf8(octets))
        throw new SealgateError('request_malformed', { field: 'body', problem: 'not UTF-8' });
      const text = Buffer.from(octets).toString();
      const read = conform(loginRequest, parseJson(text));
      const again: unknown = JSON.parse(text);
      return isDeepStrictEqual(plain(read), plain(again)) && !hasTwins(text) ? 'the same' : 'another';
    }),
};

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Whether a name stands twice in one object, by a reader that counts members: as many names as members are written. */
function hasTwins(text: string): boolean {
  let written = 0;
  let kept = 0;
  JSON.parse(text, (_, value) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      kept += Object.keys(value).length;
    return value as unknown;
  });
  for (const [, quoted] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:?/g)) if (quoted !== undefined) written++;
  const strings = countStrings(JSON.parse(text));
  return written !== kept + strings;
}

/** Strings that are values. */
function countStrings(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + countStrings(member), 0);
}
