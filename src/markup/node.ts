import type { Element as Piece } from './element.ts';

const svg = 'http://www.w3.org/2000/svg';
const svgTags: ReadonlySet<string> = new Set(['svg', 'path', 'circle', 'rect']);

/** Builds nodes of a piece of a page. What is text there is text here, so that nothing is ever read as markup. */
export function toNode(piece: Piece | string): Node {
  if (typeof piece === 'string') return document.createTextNode(piece);
  const { tag, attributes, children } = piece;
  const node = svgTags.has(tag) ? document.createElementNS(svg, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.map(toNode));
  return node;
}

/** The element of that id, which the page is sure to have. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}
