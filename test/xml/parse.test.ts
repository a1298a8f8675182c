import { describe, expect, it } from 'vitest';
import { XmlError } from '../../src/xml/error.ts';
import { parseXml, type XmlHandler, type XmlLimits } from '../../src/xml/parse.ts';

const limits: XmlLimits = { octets: 100_000, depth: 8, elements: 100, attributes: 8 };

/** What a handler is told, in short. */
function told(document: string | Uint8Array, bounds = limits): string {
  const events: string[] = [];
  const handler: XmlHandler = {
    open: ({ prefix, local, uri, attributes, namespaces }) => {
      const listed = attributes.map((attribute) => ` ${attribute.uri}|${attribute.local}=${attribute.value}`);
      const declared = [...namespaces].map(([name, value]) => ` xmlns:${name}=${value}`);
      events.push(`<${prefix}:${local}|${uri}${listed.join('')}${declared.join('')}>`);
    },
    close: () => events.push('</>'),
    text: (text) => events.push(text),
    instruction: (target, body) => events.push(`<?${target} ${body}?>`),
  };
  parseXml(typeof document === 'string' ? Buffer.from(document) : document, handler, bounds);
  return events.join('');
}

function ruleOf(document: string | Uint8Array, bounds = limits): string {
  try {
    told(document, bounds);
  } catch (error) {
    if (error instanceof XmlError) return error.rule;
    throw error;
  }
  return 'accepted';
}

describe('parseXml', () => {
  it('tells elements, attributes, namespaces and text, and no comments', () => {
    const document =
      '<?xml version="1.0"?><a:b xmlns:a="u" c="1&amp;" a:d="2">x<!-- y --><![CDATA[<z>]]><e/></a:b>';
    expect(told(document)).toBe('<a:b|u |c=1& u|d=2 xmlns:a=u>x<z><:e|></></>');
  });

  it('normalises ends of lines and white space in attributes', () => {
    expect(told('<a b="1\r\n2\t3">4\r\n5\r6&#13;</a>')).toBe('<:a| |b=1 2 3>4\n5\n6\r</>');
  });

  it('reads windows-1251 where the document says so', () => {
    const head = Buffer.from('<?xml version="1.0" encoding="windows-1251"?><a>');
    const document = Buffer.concat([head, Uint8Array.of(0xdf), Buffer.from('</a>')]);
    expect(told(document)).toBe('<:a|>Я</>');
  });

  it('reads UTF-8 with a byte order mark, and text that a piece boundary cuts', () => {
    const text = 'я'.repeat(40_000);
    expect(told(`\ufeff<a>${text}</a>`)).toBe(`<:a|>${text}</>`);
  });

  it.each([
    ['a document type declaration', '<!DOCTYPE a><a/>'],
    ['an internal entity', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    [
      'a bomb of entities',
      '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]><a>&d;</a>',
    ],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'],
    ['an external subset', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>'],
  ])('refuses %s', (_, document) => {
    expect(ruleOf(document)).toBe('document type declarations are refused');
  });

  it.each([
    ['an unknown entity', '<a>&b;</a>'],
    ['an entity named like a property of objects', '<a>&constructor;</a>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute twice by its namespace', '<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>'],
    ['an undeclared prefix', '<x:a/>'],
    ['the end of CDATA in text', '<a>]]></a>'],
    ['a control character', '<a>\u0001</a>'],
    ['a control character by number', '<a>&#1;</a>'],
    ['a lone surrogate by number', '<a>&#xD800;</a>'],
    ['< in an attribute', '<a b="<"/>'],
    ['two hyphens in a comment', '<a><!-- a -- b --></a>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>x'],
    ['a declaration that is not first', '<a/><?xml version="1.0"?>'],
    ['an end that does not match', '<a></b>'],
    ['an end that is missing', '<a>'],
    ['no element at all', ''],
    ['the prefix xml bound anew', '<a xmlns:xml="u"/>'],
    ['a prefix bound to nothing', '<a xmlns:x=""/>'],
  ])('refuses %s', (_, document) => {
    expect(ruleOf(document)).not.toBe('accepted');
  });

  it('refuses XML 1.1', () => {
    expect(ruleOf('<?xml version="1.1"?><a/>')).toBe('only XML 1.0 is read');
  });

  it.each(['utf-16', 'koi8-r', 'iso-8859-5'])('refuses the encoding %s', (encoding) => {
    expect(ruleOf(`<?xml version="1.0" encoding="${encoding}"?><a/>`)).toBe(
      'the encoding is none of utf-8, windows-1251',
    );
  });

  it('refuses octets that are not of their encoding', () => {
    expect(ruleOf(Buffer.concat([Buffer.from('<a>'), Uint8Array.of(0xdf), Buffer.from('</a>')]))).toBe(
      'document is not utf-8',
    );
    expect(ruleOf(Buffer.from('<a/>', 'utf16le'))).not.toBe('accepted');
  });

  it.each<readonly [string, string, Partial<XmlLimits>, string]>([
    ['too large', `<a>${'x'.repeat(20)}</a>`, { octets: 20 }, 'document is larger than 20 octets'],
    ['too deep', '<a><b><c/></b></a>', { depth: 2 }, 'elements are nested more than 2 deep'],
    ['of too many elements', '<a><b/><c/></a>', { elements: 2 }, 'there are more than 2 elements'],
    [
      'of too many attributes',
      '<a b="1" c="2" d="3"/>',
      { attributes: 2 },
      'an element has more than 2 attributes',
    ],
  ])('refuses what is %s, and takes what is just within', (_, document, bound, rule) => {
    const [name, value] = Object.entries(bound)[0]!;
    expect(ruleOf(document, { ...limits, [name]: value })).toBe(rule);
    const isOctets = name === 'octets';
    expect(ruleOf(document, { ...limits, [name]: isOctets ? document.length : value + 1 })).toBe('accepted');
  });

  it('says in which line the flaw is', () => {
    try {
      told('<a>\n<b>\n</c></a>');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: 'XmlError', line: 3 });
    }
  });
});
