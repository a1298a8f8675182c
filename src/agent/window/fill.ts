import type { Element as Piece } from '../../markup/element.ts';
import { byId, toNode } from '../../markup/node.ts';

/** Puts these pieces in the place of what stands in the element with that id. */
export function fill(id: string, ...pieces: readonly (Piece | string)[]): void {
  byId(id).replaceChildren(...pieces.map(toNode));
}
