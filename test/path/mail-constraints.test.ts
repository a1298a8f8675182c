import { describe, expect, it } from 'vitest';
import { context, contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { attributeOids } from '../../src/certificate/name.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import {
  alternativeNames,
  authority,
  commonName,
  dns,
  email,
  issue,
  name,
  nameConstraints,
  newKeys,
  usage,
  usualTime,
  utf8,
} from './certificates.ts';

const keys = { root: newKeys(), middle: newKeys(), signer: newKeys() };
const root = issue({
  subject: commonName('Root'),
  issuer: commonName('Root'),
  keys: keys.root,
  signer: keys.root,
  extensions: authority(),
});

interface Constraints {
  readonly permitted?: readonly Uint8Array[];
  readonly excluded?: readonly Uint8Array[];
}

/** The outcome for a certificate with these names below an authority with these constraints. */
function outcome(
  { permitted = [], excluded = [] }: Constraints,
  alternative: readonly Uint8Array[],
  subject: Uint8Array = commonName('Signer'),
): unknown {
  const middle = issue({
    subject: commonName('Authority'),
    issuer: commonName('Root'),
    keys: keys.middle,
    signer: keys.root,
    extensions: [...authority(), nameConstraints(permitted, excluded)],
  });
  const target = issue({
    subject,
    issuer: commonName('Authority'),
    keys: keys.signer,
    signer: keys.middle,
    extensions: [usage(0xc0), ...(alternative.length === 0 ? [] : [alternativeNames(...alternative)])],
  });
  try {
    const anchors = [anchorOf(root)];
    findPath({
      target,
      pool: [middle],
      anchors,
      at: usualTime,
      profile: profiles.rfc5280,
      budget: new Budget(),
    });
    return 'valid';
  } catch (error) {
    if (!isFailure(error, 'chain_invalid')) throw error;
    return error.details.rule;
  }
}

function otherName(oid: string, value: Uint8Array): Uint8Array {
  return encode(contextConstructed(0), encodeOid(oid), encode(contextConstructed(0), value));
}

function utf8Mailbox(value: string): Uint8Array {
  return otherName('1.3.6.1.5.5.7.8.9', utf8(value));
}

function subjectWith(value: Uint8Array): Uint8Array {
  return name([attributeOids.commonName, utf8('Signer')], [attributeOids.email, value]);
}

const ia5 = (text: string) => encode(tag.ia5String, Buffer.from(text));
const permitted = { permitted: [email('good.example')] };
const excluded = { excluded: [email('evil.example')] };

describe('a SmtpUTF8Mailbox is bound by constraints on mail addresses', () => {
  it.each<[string, Constraints, string, string]>([
    ['at a permitted host', permitted, 'пётр@good.example', 'valid'],
    ['at a permitted host in other case', permitted, 'пётр@GOOD.example', 'valid'],
    ['at another host', permitted, 'пётр@evil.example', 'name-constraints'],
    ['below a permitted host', permitted, 'пётр@sub.good.example', 'name-constraints'],
    ['below a permitted domain', { permitted: [email('.good.example')] }, 'пётр@a.good.example', 'valid'],
    ['at an excluded host', excluded, 'пётр@evil.example', 'name-constraints'],
    ['beside an excluded host', excluded, 'пётр@good.example', 'valid'],
    [
      'under a mailbox that is another',
      { permitted: [email('a@good.example')] },
      'ä@good.example',
      'name-constraints',
    ],
    ['with a domain in Unicode', { permitted: [email('')] }, 'пётр@пример.example', 'name-constraints'],
    ['with a domain in Unicode, excluded elsewhere', excluded, 'пётр@пример.example', 'name-constraints'],
    ['without a domain', permitted, 'пётр', 'name-constraints'],
    ['with an invisible character', permitted, 'пё\u200bтр@good.example', 'name-constraints'],
    ['with a space', permitted, 'пё тр@good.example', 'name-constraints'],
  ])('%s', (_, constraints, mailbox, expected) => {
    expect(outcome(constraints, [utf8Mailbox(mailbox)])).toBe(expected);
  });

  it('is refused where it cannot be read, and only under constraints on mail addresses', () => {
    const broken = [
      otherName('1.3.6.1.5.5.7.8.9', ia5('a@good.example')),
      encode(contextConstructed(0), encodeOid('1.3.6.1.5.5.7.8.9')),
      encode(contextConstructed(0), encodeOctetString(utf8('a@good.example'))),
      otherName('1.3.6.1.5.5.7.8.9', encode(tag.utf8String, Uint8Array.of(0xff))),
    ];
    for (const one of broken) {
      expect(outcome(permitted, [one])).toBe('name-constraints');
      expect(outcome({ permitted: [dns('good.example')] }, [one])).toBe('valid');
    }
  });

  it('stays an otherName beside: constraints on these cannot be judged', () => {
    const constraint = utf8Mailbox('пётр@good.example');
    expect(outcome({ permitted: [constraint] }, [constraint])).toBe('name-constraints');
  });

  it('and names of other types are not', () => {
    const principal = otherName('1.3.6.1.4.1.311.20.2.3', utf8('пётр@evil.example'));
    expect(outcome(permitted, [principal])).toBe('valid');
  });
});

describe('a mail address in the subject', () => {
  it.each<[string, Uint8Array, string]>([
    ['at a permitted host', ia5('a@good.example'), 'valid'],
    ['at a permitted host, as UTF8String', utf8('a@good.example'), 'valid'],
    ['at another host', ia5('a@evil.example'), 'name-constraints'],
    ['that is no text', encodeOctetString(Buffer.from('a@good.example')), 'name-constraints'],
    ['that is a structure', encodeSequence(ia5('a@good.example')), 'name-constraints'],
    ['that is broken text', encode(tag.utf8String, Uint8Array.of(0xff)), 'name-constraints'],
    ['beyond ASCII', utf8('пётр@good.example'), 'name-constraints'],
  ])('%s', (_, value, expected) => {
    expect(outcome(permitted, [], subjectWith(value))).toBe(expected);
  });

  it('counts beside an alternative one as well', () => {
    const alternative = [email('a@good.example')];
    expect(outcome(permitted, alternative, subjectWith(ia5('a@evil.example')))).toBe('name-constraints');
    expect(outcome(permitted, alternative, subjectWith(ia5('b@good.example')))).toBe('valid');
  });

  it('of any kind is free where no constraint is on mail addresses', () => {
    const odd = subjectWith(encodeOctetString(Uint8Array.of(1)));
    expect(outcome({ permitted: [dns('good.example')] }, [], odd)).toBe('valid');
    expect(outcome({ excluded: [encode(context(2), Buffer.from('x'))] }, [], odd)).toBe('valid');
  });
});
