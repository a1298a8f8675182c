import type { Random } from '../random.ts';
import { type Mutation, octetMutations } from './octets.ts';

/** Changes tokens of a text; `others` are those of another valid one. */
type Change = (tokens: string[], random: Random, others: readonly string[]) => void;

const common: readonly Change[] = [
  (tokens, random) => void tokens.splice(random.below(tokens.length), 1),
  (tokens, random) => {
    const at = random.below(tokens.length);
    tokens.splice(at, 0, tokens[at]!);
  },
  (tokens, random) => {
    const [first, second] = [random.below(tokens.length), random.below(tokens.length)];
    [tokens[first], tokens[second]] = [tokens[second]!, tokens[first]!];
  },
  (tokens, random, others) => {
    tokens[random.below(tokens.length)] = random.pick(others);
  },
  (tokens, random, others) => void tokens.splice(random.below(tokens.length), 0, random.pick(others)),
];

/** Puts one of `texts` somewhere between tokens. */
function inserting(texts: readonly string[]): Change {
  return (tokens, random) => void tokens.splice(random.below(tokens.length + 1), 0, random.pick(texts));
}

/** Changes one token by one of `changes`. */
function changing(changes: readonly ((token: string, random: Random) => string)[]): Change {
  return (tokens, random) => {
    const at = random.below(tokens.length);
    tokens[at] = random.pick(changes)(tokens[at]!, random);
  };
}

const anyText = changing([
  (token) => token.toUpperCase(),
  (token) => token.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  (token, random) => token.slice(0, random.below(token.length + 1)),
  (token, random) => `${token}${String.fromCharCode(random.below(0x500))}`,
  (token) => `${token} `,
]);

const xmlChanges: readonly Change[] = [
  ...common,
  anyText,
  inserting([
    ...['<!-- -->', '<?pi?>', '<![CDATA[x]]>', '<![CDATA[]]>', '&#x41;', '&amp;', '&x;', ' ', '\r\n', '\t'],
    ...['<x/>', '<x xmlns=""/>', '<!DOCTYPE x>', '\u0000', '\ufeff', '</x>', '<x>'],
  ]),
  changing([
    (token) => token.replace('>', ' >'),
    (token) => token.replace('/>', '></x>'),
    (token) => token.replace(/"/g, "'"),
    (token) => token.replace(/ (\S+="[^"]*")/, ' $1 $1'),
    (token) => token.replace(/(\S+="[^"]*") (\S+="[^"]*")/, '$2 $1'),
    (token) => token.replace(/ (\S+="[^"]*")/, ''),
    (token) => token.replace('<', '<p:'),
    (token) => token.replace(/(xmlns(?::\w+)?)="[^"]*"/, '$1="urn:x"'),
    (token) => token.replace(/[а-яa-z]/i, (letter) => `&#${letter.codePointAt(0)};`),
    (token) => token.replace(/URI="[^"]*"/, 'URI="#x"'),
  ]),
];

const jsonChanges: readonly Change[] = [
  ...common,
  anyText,
  inserting([
    'null',
    '0',
    '-0',
    '1e999',
    '"\\ud800"',
    '{}',
    '[]',
    '[[',
    ',',
    ':',
    '"a":',
    ' ',
    '\n',
    '"__proto__":1,',
  ]),
  changing([
    (token) =>
      token.replace(/[a-z]/, (letter) => `\\u${letter.codePointAt(0)!.toString(16).padStart(4, '0')}`),
    (token) => token.replace(/^"/, '"\\u0000'),
    (token) => `${token},${token}`,
  ]),
];

const tokenChanges: readonly Change[] = [
  ...common,
  anyText,
  inserting(['.', '=', ' ', '..', 'e30', 'bnVsbA']),
  changing([
    (token) => token.replaceAll('-', '+').replaceAll('_', '/'),
    (token) => `${token}=`,
    insideBase64((text) => text.replace(/"alg":"[^"]*"/, '"alg":"none"')),
    insideBase64((text) => text.replace(/"alg":"[^"]*"/, '"alg":"HS256"')),
    insideBase64((text) => text.replace(/"kid":"[^"]*"/, '')),
    insideBase64((text, random) => text.replace(/\d/g, (digit) => (random.oneIn(8) ? '9' : digit))),
    insideBase64((text, random) => mutatedWith(jsonTokens, jsonChanges, text, random, text)),
  ]),
];

/** Changes the text that a token is the base64url of. */
function insideBase64(
  change: (text: string, random: Random) => string,
): (token: string, random: Random) => string {
  return (token, random) =>
    Buffer.from(change(Buffer.from(token, 'base64url').toString(), random)).toString('base64url');
}

const xmlTokens = /<[^>]*>|[^<]+/g;
const jsonTokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+|\s+/g;
const dottedTokens = /[^.]+|\./g;

function mutatedWith(
  split: RegExp,
  changes: readonly Change[],
  text: string,
  random: Random,
  other: string,
): string {
  const tokens: string[] = text.match(split) ?? [text];
  random.pick(changes)(tokens, random, other.match(split) ?? [other]);
  return tokens.join('');
}

function mutating(split: RegExp, changes: readonly Change[]): Mutation {
  return (octets, random, other) =>
    Buffer.from(mutatedWith(split, changes, textOf(octets), random, textOf(other)));
}

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString();
}

function together(mutation: Mutation): readonly Mutation[] {
  return [...octetMutations, ...octetMutations.flatMap(() => [mutation, mutation])];
}

/** Mutations of XML documents: two in three change whole tags and texts. */
export const xmlMutations: readonly Mutation[] = together(mutating(xmlTokens, xmlChanges));
/** The same for JSON. */
export const jsonMutations: readonly Mutation[] = together(mutating(jsonTokens, jsonChanges));
/** The same for parts in base64url with dots between them, and for the JSON inside of these. */
export const tokenMutations: readonly Mutation[] = together(mutating(dottedTokens, tokenChanges));
