import { attributeOids, Name } from '../certificate/name.ts';

/** What JSON can hold. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [name: string]: Plain | undefined };

const deepest = 6;

/**
 * A detail of a check as JSON has it: dates in ISO 8601, octets in hexadecimal, large numbers as text, names of
 * certificates by what people call them (a whole subject would tell a person's SNILS and INN), other things with a
 * text of their own by that text. Undefined for what cannot be told.
 */
export function plainValue(value: unknown, depth = 0): Plain | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'object':
      return plainObject(value, depth);
    default:
      return undefined;
  }
}

function plainObject(value: object | null, depth: number): Plain | undefined {
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Name) return calledName(value);
  if (depth >= deepest) return undefined;
  if (value instanceof Set) return plainObject([...value], depth);
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1) ?? null);
  const hasText = typeof value.toString === 'function' && value.toString !== Object.prototype.toString;
  if (hasText) return String(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, plainValue(item, depth + 1)] as const),
  );
}

/** The organisation's name or, without one, the common name; the whole name where it has neither. */
export function calledName(name: Name): string {
  try {
    return name.text(attributeOids.organisation) ?? name.text(attributeOids.commonName) ?? String(name);
  } catch {
    return String(name);
  }
}
