import { expect, it } from 'vitest';
import { atOnce } from '../../src/budget/slices.ts';
import { inserted, placesOf } from '../../src/xml/places.ts';
import { elementsBelow, parseTree } from '../../src/xml/tree.ts';

const limits = { octets: 10_000, depth: 16, elements: 100, attributes: 16 };
const treeOf = (octets: Uint8Array) => atOnce(parseTree(octets, limits));

it('places are found whatever looks like markup in comments, CDATA, instructions and values', () => {
  const octets = Buffer.from(
    '\ufeff<?xml version="1.0"?><!-- <a> --><a x="<b>" y=\'"/>\'><?p <c> ?><![CDATA[<d></a>]]><b />текст<c z=">"></c></a>\n'.replace(
      'x="<b>"',
      'x="b>"',
    ),
  );
  const tree = treeOf(octets);
  const places = placesOf(octets, tree);
  const found = [...elementsBelow(tree.root)].map((node) => {
    const { opened, closing, end, isEmptyTag } = places.get(node)!;
    return [
      node.element.local,
      octets.toString('utf8', opened, closing),
      octets.toString('utf8', closing, end),
      isEmptyTag,
    ];
  });
  expect(found).toEqual([
    ['a', '<?p <c> ?><![CDATA[<d></a>]]><b />текст<c z=">"></c>', '</a>', false],
    ['b', '', '', true],
    ['c', '', '</c>', false],
  ]);
});

it('what is put in changes no other octet, in windows-1251 too', () => {
  const head = Buffer.from('<?xml version="1.0" encoding="windows-1251"?><a>');
  const octets = Buffer.concat([head, Buffer.from([0xc0, 0xc1, 0xe0]), Buffer.from('</a>')]);
  const tree = treeOf(octets);
  const place = placesOf(octets, tree).get(tree.root)!;
  const longer = inserted(octets, place.closing, '<b/>');
  expect([...elementsBelow(treeOf(longer).root)].map(({ element }) => element.local)).toEqual(['a', 'b']);
  expect(longer.length).toBe(octets.length + 4);
  expect(longer.subarray(0, place.closing)).toEqual(octets.subarray(0, place.closing));
});
