import type { Reader } from './reader.ts';

/**
 * Reads what is left of `sequence` as a list of at least one and at most `most` values, each by `read`. `what` names
 * them in the refusal. A list without a limit lets little input cost much time and memory. Throws an EncodingError.
 */
export function readList<T>(
  sequence: Reader,
  what: string,
  most: number,
  read: (sequence: Reader) => T,
): readonly T[] {
  if (sequence.isAtEnd) sequence.refuse(`list of ${what} is empty`);
  const list: T[] = [];
  while (!sequence.isAtEnd) {
    if (list.length >= most) sequence.refuse(`there are more than ${most} ${what}`);
    list.push(read(sequence));
  }
  return list;
}
