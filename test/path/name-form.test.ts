import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/asn1/reader.ts';
import type { GeneralName } from '../../src/certificate/general-name.ts';
import { attributeOids, readName } from '../../src/certificate/name.ts';
import { comparableBase, comparableName, relationOf } from '../../src/path/name-form.ts';
import { name, printable, utf8 } from './certificates.ts';

function relation(name: GeneralName, base: GeneralName): string {
  return relationOf(comparableName(name), comparableBase(base));
}

function within(kind: 'dns' | 'email' | 'uri', value: string, base: string): 'yes' | 'no' | 'unclear' {
  const found = relation({ kind, value }, { kind, value: base });
  return found === 'within' ? 'yes' : found === 'outside' ? 'no' : 'unclear';
}

describe('a DNS name', () => {
  it.each([
    ['host.example.com', 'host.example.com', 'yes'],
    ['my.host.example.com', 'host.example.com', 'yes'],
    ['HOST.Example.com', 'host.example.COM', 'yes'],
    ['host1.example.com', 'host.example.com', 'no'],
    ['badexample.com', 'example.com', 'no'],
    ['example.com', 'host.example.com', 'no'],
    ['example.com', '', 'yes'],
    ['*.example.com', 'example.com', 'yes'],
    ['*.example.com', 'bar.example.com', 'unclear'],
    ['*.example.com', 'a.bar.example.com', 'no'],
    ['host.example.com', '.example.com', 'unclear'],
    ['host.example.com', '*.example.com', 'unclear'],
    ['ex ample.com', 'example.com', 'unclear'],
    ['example.com.', 'example.com', 'unclear'],
  ] as const)('%s is in %j: %s', (value, base, expected) => {
    expect(within('dns', value, base)).toBe(expected);
  });
});

describe('a mailbox', () => {
  it.each([
    ['a@example.com', 'a@example.com', 'yes'],
    ['a@EXAMPLE.com', 'a@example.com', 'yes'],
    ['A@example.com', 'a@example.com', 'no'],
    ['a@example.com', 'example.com', 'yes'],
    ['a@host.example.com', 'example.com', 'no'],
    ['a@host.example.com', '.example.com', 'yes'],
    ['a@example.com', '.example.com', 'no'],
    ['*@example.com', '*@example.com', 'yes'],
    ['*@sub.example.com', '*@example.com', 'no'],
    ['a@b@example.com', 'example.com', 'unclear'],
    ['example.com', 'example.com', 'unclear'],
    ['a@example.com', '@example.com', 'unclear'],
  ] as const)('%s is in %j: %s', (value, base, expected) => {
    expect(within('email', value, base)).toBe(expected);
  });
});

describe('a URI', () => {
  it.each([
    ['http://example.com/a?b#c', 'example.com', 'yes'],
    ['https://user:pass@example.com:8443/', 'example.com', 'yes'],
    ['http://host.example.com', 'example.com', 'no'],
    ['http://host.example.com', '.example.com', 'yes'],
    ['http://example.com', '.example.com', 'no'],
    ['http://192.0.2.1/', 'example.com', 'unclear'],
    ['http://[2001:db8::1]/', 'example.com', 'unclear'],
    ['urn:example:com', 'example.com', 'unclear'],
    ['ldap:///CN=a', 'example.com', 'unclear'],
    ['http://example.com@evil.test/', 'example.com', 'no'],
  ] as const)('%s is in %j: %s', (value, base, expected) => {
    expect(within('uri', value, base)).toBe(expected);
  });
});

describe('an address', () => {
  const ip = (...octets: number[]): GeneralName => ({ kind: 'ip', value: Uint8Array.from(octets) });

  it('is compared under the mask', () => {
    expect(relation(ip(192, 0, 2, 7), ip(192, 0, 2, 0, 255, 255, 255, 0))).toBe('within');
    expect(relation(ip(192, 0, 3, 7), ip(192, 0, 2, 0, 255, 255, 255, 0))).toBe('outside');
    expect(relation(ip(192, 0, 3, 7), ip(0, 0, 0, 0, 0, 0, 0, 0))).toBe('within');
  });

  it('of another family lies outside', () => {
    const v6 = ip(...Array<number>(16).fill(0), ...Array<number>(16).fill(255));
    expect(relation(ip(0, 0, 0, 0), v6)).toBe('outside');
  });

  it('under a mask with holes, or of false length, cannot be judged', () => {
    for (const base of [ip(192, 0, 2, 0, 255, 0, 255, 0), ip(192, 0, 2, 0), ip()]) {
      expect(relation(ip(192, 0, 2, 7), base)).toBe('unclear');
    }
    expect(relation(ip(192, 0, 2), ip(192, 0, 2, 0, 255, 255, 255, 0))).toBe('unclear');
  });
});

describe('a directory name', () => {
  const directory = (...attributes: [string, Uint8Array][]): GeneralName => ({
    kind: 'directory',
    value: readName(Reader.der(name(...attributes))),
  });
  const country: [string, Uint8Array] = [attributeOids.country, printable('RU')];
  const unit: [string, Uint8Array] = [attributeOids.organisationalUnit, utf8('Отдел')];

  it('lies below every beginning of it, whatever the case and string type', () => {
    const name = directory(country, unit);
    const upper: [string, Uint8Array] = [attributeOids.organisationalUnit, utf8('ОТДЕЛ')];
    expect(relation(name, directory(country))).toBe('within');
    expect(relation(name, directory(country, upper))).toBe('within');
    expect(relation(name, directory())).toBe('within');
    expect(relation(name, directory(unit))).toBe('outside');
    expect(relation(directory(country), directory(country, unit))).toBe('outside');
  });
});

it('forms that RFC 5280 gives no subtrees cannot be judged', () => {
  const other: GeneralName = { kind: 'other', value: Uint8Array.of(1) };
  expect(relation(other, other)).toBe('unclear');
});
