import { describe, expect, it } from 'vitest';
import { type CanonicalForm, Canonicaliser } from '../../src/xml/canonical.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { ask, missing } from './tool.ts';

const limits = { octets: 1_000_000, depth: 32, elements: 1000, attributes: 32 };
const inclusive: CanonicalForm = { kind: 'inclusive' };
const exclusive: CanonicalForm = { kind: 'exclusive', prefixes: new Set() };

function canonical(document: string, form: CanonicalForm): string {
  const canonicaliser = new Canonicaliser(form);
  parseXml(Buffer.from(document), canonicaliser, limits);
  return canonicaliser.result().toString();
}

const documents: Readonly<Record<string, string>> = {
  'RFC 3076, section 3.1: instructions and comments outside of the root':
    '<?xml version="1.0"?>\n\n<?xml-stylesheet   href="doc.xsl"\n   type="text/xsl"   ?>\n\n<doc>Hello, world!<!-- 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- 2 -->\n\n<!-- 3 -->\n',
  'RFC 3076, section 3.2: white space in content':
    '<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      <clean>   </clean>\n      B\n   </mixed>\n</doc>\n',
  'RFC 3076, section 3.3: start and end tags':
    '<doc><e1   /><e2   ></e2><e3   name = "elem3"   id="elem3"   /><e5 a:attr="out" b:attr="sorted" attr2="all" attr="I\'m" xmlns:b="http://www.ietf.org" xmlns:a="http://www.w3.org" xmlns="http://example.org"/><e6 xmlns="" xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org"><e8 xmlns="" xmlns:a="http://www.w3.org"><e9 xmlns="" xmlns:a="http://www.ietf.org"/></e8></e7></e6></doc>',
  'RFC 3076, section 3.4: characters and references':
    '<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n   <compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute>\n   <compute expr=\'value>"0" &amp;&amp; value&lt;"10" ?"valid":"error"\'>valid</compute>\n   <norm attr=\' &apos;   &#x20;&#13;&#xa;&#9;   &apos; \'/>\n</doc>',
  'RFC 3741, section 2.1: namespaces that are not used':
    '<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n0:local>',
  'a default namespace that is lifted and set again':
    '<a xmlns="urn:u"><b xmlns=""><c xmlns="urn:u"/><d/></b><e xmlns="urn:v"><f xmlns="urn:u"/></e></a>',
  'a prefix bound to another namespace further down':
    '<x:a xmlns:x="urn:u" x:k="1"><x:b xmlns:x="urn:v" x:k="2"><x:c xmlns:x="urn:u" x:k="3"/></x:b><x:d/></x:a>',
  'attributes in namespaces, against the order of their prefixes':
    '<a xmlns:z="urn:u1" xmlns:y="urn:u2" y:b="1" z:c="2" z:a="3" b="4" a="5" xml:lang="ru"/>',
  'characters beyond 16 bits and Cyrillic names':
    '<АккредитованныеУдостоверяющиеЦентры \u{1d4d0}="1" \ufb00="2">\u{1f511} — «ключ» &#x1F511;</АккредитованныеУдостоверяющиеЦентры>',
  'ends of lines of every kind': '<a b="1\r\n2\r3&#13;&#10;">1\r\n2\r3&#13;4\n</a>\r\n',
};

describe('Canonicaliser', () => {
  it.each([
    [
      'RFC 3076, section 3.1: instructions and comments outside of the root',
      '<?xml-stylesheet href="doc.xsl"\n   type="text/xsl"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>',
    ],
    [
      'RFC 3076, section 3.4: characters and references',
      '<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   <compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute>\n   <compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;">valid</compute>\n   <norm attr=" \'    &#xD;&#xA;&#x9;   \' "></norm>\n</doc>',
    ],
  ])('writes as printed in %s', (name, expected) => {
    expect(canonical(documents[name]!, inclusive)).toBe(expected);
  });

  it('writes the exclusive form as printed in RFC 3741, section 2.1', () => {
    expect(canonical(documents['RFC 3741, section 2.1: namespaces that are not used']!, exclusive)).toBe(
      '<n0:local xmlns:n0="foo:bar"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2></n0:local>',
    );
  });

  it('writes the namespaces of PrefixList where they are in scope, used or not', () => {
    const form: CanonicalForm = { kind: 'exclusive', prefixes: new Set(['x', '', 'absent']) };
    expect(
      canonical('<p:a xmlns:p="urn:u" xmlns:x="urn:v" xmlns="urn:w"><p:b/><c xmlns=""/></p:a>', form),
    ).toBe('<p:a xmlns="urn:w" xmlns:p="urn:u" xmlns:x="urn:v"><p:b></p:b><c xmlns=""></c></p:a>');
  });

  it('writes a part with the namespaces around it: all of them, or those in use', () => {
    const around = new Map([
      ['', 'urn:d'],
      ['p', 'urn:u'],
      ['q', 'urn:v'],
    ]);
    const write = (form: CanonicalForm): string => {
      const canonicaliser = new Canonicaliser(form, around);
      parseXml(Buffer.from('<q:a xmlns:q="urn:v"><q:b/></q:a>'), canonicaliser, limits);
      return canonicaliser.result().toString();
    };
    expect(write(inclusive)).toBe('<q:a xmlns="urn:d" xmlns:p="urn:u" xmlns:q="urn:v"><q:b></q:b></q:a>');
    expect(write(exclusive)).toBe('<q:a xmlns:q="urn:v"><q:b></q:b></q:a>');
  });

  it('refuses relative names of namespaces, which have no canonical form', () => {
    expect(() => canonical('<a xmlns="b"/>', exclusive)).toThrow(/not absolute/);
    expect(() => canonical('<a xmlns:b="c"/>', inclusive)).toThrow(/not absolute/);
  });

  const reason = missing('xmllint', 'libxml2-utils');
  describe.skipIf(reason)(`agrees with libxml2${reason ? ` (skipped: ${reason})` : ''}`, () => {
    it.each(Object.entries(documents))('on %s', (_, document) => {
      const withoutComments = document.replace(/<!--.*?-->/g, '');
      expect(canonical(document, inclusive)).toBe(
        ask('xmllint', ['--c14n', '-'], withoutComments).toString(),
      );
      expect(canonical(document, exclusive)).toBe(
        ask('xmllint', ['--exc-c14n', '-'], withoutComments).toString(),
      );
    });
  });
});
