/** What may stand in an element; `undefined` and `false` stand for nothing. */
export type Child = Element | string | undefined | false | readonly Child[];

/** Attributes by name; `true` is one without a value, `false` and `undefined` are none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A piece of a page as plain data. The server writes it as HTML (`toHtml`), a page's script builds it from nodes; in
 * both, text is text, whatever it holds. Tags and names of attributes are constants of the code, never input.
 */
export interface Element {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly (Element | string)[];
}

/** An element; nested lists of children are laid flat. */
export function element(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): Element {
  return { tag, attributes, children: flat(children) };
}

function flat(children: readonly Child[]): (Element | string)[] {
  return children.flatMap((child) => {
    if (child === undefined || child === false || child === '') return [];
    return isList(child) ? flat(child) : [child];
  });
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}
