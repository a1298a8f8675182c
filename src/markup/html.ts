import type { Element } from './element.ts';

/** Elements without content (HTML, section 13.1.2). */
const voidTags: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'input', 'link', 'meta']);

/** Writes an element as HTML. Text and values are escaped; raw text of `script` and `style` must not come this way. */
export function toHtml(piece: Element | string): string {
  if (typeof piece === 'string') return escapeHtml(piece);
  const { tag, attributes, children } = piece;
  if (tag === 'script' && children.length > 0)
    throw new TypeError('a script’s text is not escaped like others');
  const opening = `<${tag}${Object.entries(attributes).map(attributeOf).join('')}>`;
  return voidTags.has(tag) ? opening : `${opening}${children.map(toHtml).join('')}</${tag}>`;
}

function attributeOf([name, value]: [string, string | number | boolean | undefined]): string {
  if (value === false || value === undefined) return '';
  return value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
}

/** Text as it may stand in HTML, between tags and in quoted values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Data for a page's script: JSON that can neither end its element nor open a comment. */
export function dataBlock(id: string, data: unknown): string {
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `<script type="application/json" id="${escapeHtml(id)}">${json}</script>`;
}
