import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/asn1/reader.ts';
import { tag } from '../../src/asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { readName } from '../../src/certificate/name.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import type { PathInput } from '../../src/path/input.ts';
import type { PeerName } from '../../src/path/peer-name.ts';
import { addressText } from '../../src/path/peer-name.ts';
import { profiles } from '../../src/path/profile.ts';
import { webPkiRules } from '../../src/path/web-pki.ts';
import { caught } from '../failure-code.ts';
import {
  alternativeNames,
  authorityConstraints,
  authorityKeyId,
  commonName,
  dns,
  extension,
  ip,
  issue,
  name,
  nameConstraints,
  newKeys,
  type Order,
  policyConstraints,
  purposes,
  subjectKeyId,
  usage,
  usualTime,
} from './certificates.ts';

const rootKeys = newKeys();
const serverKeys = newKeys();
const rootId = Uint8Array.of(1, 2, 3);
const serverAuth = '1.3.6.1.5.5.7.3.1';
const critical = true;

const rootParts = {
  constraints: authorityConstraints(),
  usage: usage(0x06),
  id: subjectKeyId(rootId),
};
const serverParts = {
  names: alternativeNames(dns('www.example.com'), dns('*.example.org'), ip(192, 0, 2, 1)),
  usage: usage(0x80),
  purposes: purposes(serverAuth),
  authority: authorityKeyId(rootId),
};

type Changes = Readonly<Record<string, Uint8Array | undefined>>;

function present(parts: Changes): Uint8Array[] {
  return Object.values(parts).filter((part) => part !== undefined);
}

function root(changes: Changes = {}, order: Partial<Order> = {}) {
  return issue({
    subject: commonName('Root'),
    issuer: commonName('Root'),
    keys: rootKeys,
    signer: rootKeys,
    extensions: present({ ...rootParts, ...changes }),
    ...order,
  });
}

function server(changes: Changes = {}, order: Partial<Order> = {}) {
  return issue({
    subject: commonName('www.example.com'),
    issuer: commonName('Root'),
    keys: serverKeys,
    signer: rootKeys,
    extensions: present({ ...serverParts, ...changes }),
    ...order,
  });
}

function ruleBroken(input: Partial<PathInput>): unknown {
  try {
    findPath({
      target: server(),
      pool: [],
      anchors: [anchorOf(root())],
      at: usualTime,
      profile: profiles['web-pki'],
      budget: new Budget(),
      ...input,
    });
    return undefined;
  } catch (error) {
    const { code, details } = caught(error);
    return code === 'chain_invalid' ? details.rule : code;
  }
}

const target = (changes: Changes, order?: Partial<Order>) => ({ target: server(changes, order) });
const anchor = (changes: Changes, order?: Partial<Order>) => ({ anchors: [anchorOf(root(changes, order))] });
const keyId = (oid: string) => extension(oid, encodeOctetString(rootId), critical);
const authorityKeyOfIssuer = extension(
  '2.5.29.35',
  encodeSequence(
    encode(0x80, rootId),
    encode(0xa1, encode(0xa4, commonName('Root'))),
    encode(0x82, Uint8Array.of(1)),
  ),
);

describe('the rules for servers', () => {
  it('are kept by an ordinary certificate', () => {
    expect(ruleBroken({})).toBeUndefined();
  });

  const cases: readonly (readonly [rule: string, what: string, input: Partial<PathInput>])[] = [
    ['serial-number', 'of zero', target({}, { serial: 0 })],
    [
      'issuer-empty',
      'an empty issuer',
      {
        ...target({}, { issuer: name() }),
        anchors: [{ name: readName(Reader.der(name())), publicKey: root().publicKey }],
      },
    ],
    [
      'subject-empty',
      'an authority of no name',
      { ...target({}, { issuer: name() }), ...anchor({}, { subject: name() }) },
    ],
    [
      'certificate_malformed',
      'access information that is malformed',
      target({ access: extension('1.3.6.1.5.5.7.1.1', encodeSequence()) }),
    ],
    ['basic-constraints', 'a root without basic constraints', anchor({ constraints: undefined })],
    [
      'basic-constraints',
      'basic constraints that are not critical',
      anchor({
        constraints: extension('2.5.29.19', encodeSequence(encode(tag.boolean, Uint8Array.of(0xff)))),
      }),
    ],
    ['key-usage', 'a root without key usage', anchor({ usage: undefined })],
    ['key-usage-of-no-authority', 'a server that signs certificates', target({ usage: usage(0x84) })],
    ['subject-key-identifier', 'a root without key identifier', anchor({ id: undefined })],
    ['critical-extension', 'a critical key identifier', { ...anchor({ id: keyId('2.5.29.14') }) }],
    ['authority-key-identifier', 'a server without one', target({ authority: undefined })],
    [
      'root-authority-key-identifier',
      'a root that points at another key',
      anchor({ authority: authorityKeyId(Uint8Array.of(9)) }),
    ],
    [
      'root-authority-key-identifier',
      'a root that names its issuer',
      anchor({ authority: authorityKeyOfIssuer }),
    ],
    ['root-extended-key-usage', 'a root with purposes', anchor({ purposes: purposes(serverAuth) })],
    ['extended-key-usage', 'any purpose', target({ purposes: purposes(serverAuth, '2.5.29.37.0') })],
    [
      'extended-key-usage',
      'critical purposes',
      target({ purposes: extension('2.5.29.37', encodeSequence(encodeOid(serverAuth)), critical) }),
    ],
    [
      'name-constraints-of-no-authority',
      'constraints in a server',
      target({ constraints: nameConstraints([dns('example.com')], []) }),
    ],
    [
      'name-constraints-form',
      'a leading point',
      anchor({ names: nameConstraints([dns('.example.com')], []) }),
    ],
    [
      'name-constraints-form',
      'a mask with holes',
      anchor({ names: nameConstraints([], [ip(192, 0, 2, 0, 255, 0, 255, 0)]) }),
    ],
    [
      'policy-constraints-critical',
      'policy constraints that are not',
      anchor({ limits: policyConstraints({ requireExplicitPolicy: 3 }, false) }),
    ],
    ['alternative-name', 'no alternative names', target({ names: undefined })],
    [
      'alternative-name',
      'critical ones beside a subject',
      target({ names: extension('2.5.29.17', encodeSequence(dns('www.example.com')), critical) }),
    ],
    ['alternative-name', 'others without a subject', target({}, { subject: name() })],
    [
      'alternative-name-syntax',
      'an underscore',
      target({ names: alternativeNames(dns('www.example.com'), dns('a_b.example.com')) }),
    ],
    [
      'alternative-name-syntax',
      'a wildcard for all',
      target({ names: alternativeNames(dns('www.example.com'), dns('*')) }),
    ],
    [
      'alternative-name-syntax',
      'a wildcard below a top-level domain',
      target({ names: alternativeNames(dns('www.example.com'), dns('*.com')) }),
    ],
    [
      'alternative-name-syntax',
      'a wildcard inside a label',
      target({ names: alternativeNames(dns('www.example.com'), dns('w*.example.com')) }),
    ],
    [
      'common-name',
      'a common name that differs in case',
      target({}, { subject: commonName('WWW.example.com') }),
    ],
    [
      'common-name',
      'a common name that is no alternative one',
      target({}, { subject: commonName('example.net') }),
    ],
    [
      'not-an-authority',
      'a root that is none',
      anchor({ constraints: extension('2.5.29.19', encodeSequence(), critical) }),
    ],
    ['target-is-authority', 'an authority as the server', target({ constraints: authorityConstraints() })],
    [
      'critical-extension',
      'critical access information',
      target({ access: extension('1.3.6.1.5.5.7.1.1', encodeSequence(), critical) }),
    ],
    ['certificate_usage_forbidden', 'a client', target({ purposes: purposes('1.3.6.1.5.5.7.3.2') })],
    [
      'certificate_malformed',
      'constraints that are empty',
      anchor({ names: extension('2.5.29.30', encodeSequence(), critical) }),
    ],
  ];

  it.each(cases)('%s refuses %s', (rule, _, input) => {
    expect(ruleBroken(input)).toBe(rule);
  });

  it('have a test each, but for those whose breach shows as malformed or cannot be made here', () => {
    const tested = new Set(cases.map(([rule]) => rule));
    const untested = webPkiRules.map(({ id }) => id).filter((id) => !tested.has(id));
    expect(untested).toEqual([
      'version-3',
      'strict-encoding',
      'extensions-readable',
      'key-size',
      'path-length-of-no-authority',
    ]);
  });

  it.each([
    ['an address', target({}, { subject: commonName('192.0.2.1') })],
    ['a wildcard', target({}, { subject: commonName('*.example.org') })],
    [
      'an empty subject with critical names',
      target(
        { names: extension('2.5.29.17', encodeSequence(dns('a.example.com')), critical) },
        { subject: name() },
      ),
    ],
  ])('take %s as the common name, or none', (_, input) => {
    expect(ruleBroken(input)).toBeUndefined();
  });
});

describe('the other end', () => {
  const is = (peer: PeerName) => ruleBroken({ peers: [peer] }) === undefined;

  it.each([
    ['www.example.com', true],
    ['WWW.EXAMPLE.COM', true],
    ['example.com', false],
    ['sub.www.example.com', false],
    ['a.example.org', true],
    ['example.org', false],
    ['a.b.example.org', false],
  ])('%s is named: %s', (value, expected) => {
    expect(is({ kind: 'dns', value })).toBe(expected);
  });

  it('is compared by kind, an address octet by octet', () => {
    expect(is({ kind: 'ip', value: Uint8Array.of(192, 0, 2, 1) })).toBe(true);
    expect(is({ kind: 'ip', value: Uint8Array.of(192, 0, 2, 2) })).toBe(false);
    expect(is({ kind: 'dns', value: '192.0.2.1' })).toBe(false);
    expect(is({ kind: 'email', value: 'www.example.com' })).toBe(false);
  });
});

describe('an address as text (RFC 5952)', () => {
  it.each([
    ['192.0.2.1', [192, 0, 2, 1]],
    ['::', Array<number>(16).fill(0)],
    ['::1', [...Array<number>(15).fill(0), 1]],
    ['2001:db8::1:0:0:1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]],
    ['2001:db8:0:1:1:1:1:1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]],
  ])('%s', (text, octets) => {
    expect(addressText(Uint8Array.from(octets))).toBe(text);
  });
});
