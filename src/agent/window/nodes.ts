import type { Element } from '../../markup/element.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Builds an element as nodes of the page. Text is set as text: nothing is ever read as markup. */
export function toNode(piece: Element | string, isSvg = false): Node {
  if (typeof piece === 'string') return document.createTextNode(piece);
  const { tag, attributes, children } = piece;
  const inSvg = isSvg || tag === 'svg';
  const node = inSvg ? document.createElementNS(svgNamespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.map((child) => toNode(child, inSvg)));
  return node;
}

/** Puts these elements in the place of what stands in the element with that id. */
export function fill(id: string, ...pieces: readonly (Element | string)[]): void {
  byId(id).replaceChildren(...pieces.map((piece) => toNode(piece)));
}

/** The element with that id. Throws an Error where the page has none. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}
