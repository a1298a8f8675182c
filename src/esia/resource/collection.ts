import { hash } from 'node:crypto';

/** What an address of data answers. */
export type Resource = Readonly<Record<string, unknown>>;

/** One element of a collection: its identifier, and what it says where it is embedded. */
export interface CollectionElement {
  readonly id: number;
  readonly value: Resource;
}

/** A value with the tag that ЕСИА gives each: 40 hexadecimal digits. */
export function tagged(stateFact: string, value: Resource): Resource {
  const text = JSON.stringify(value);
  return { stateFacts: [stateFact], eTag: hash('sha1', text, 'hex').toUpperCase(), ...value };
}

/** A collection: addresses of its elements below `address`, or the elements themselves where they are embedded. */
export function collection(
  address: string,
  elements: readonly CollectionElement[],
  isEmbedded: boolean,
): Resource {
  return tagged('hasSize', {
    size: elements.length,
    elements: elements.map(({ id, value }) =>
      isEmbedded ? tagged('Identifiable', value) : `${address}/${id}`,
    ),
  });
}

/** What `embed` asks for: `(elements)`, or `(contacts.elements,addresses.elements)`; nothing where it is anything else. */
export function embedded(embed: string | undefined): ReadonlySet<string> {
  const inside = /^\((.{0,500})\)$/.exec(embed ?? '')?.[1] ?? '';
  const names = inside.split(',').map((name) => name.trim());
  return new Set(names.filter((name) => /^[A-Za-z.]{1,64}$/.test(name)));
}
