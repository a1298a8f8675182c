const second = 1000;

/** From when until when something holds, ms since the epoch. */
export interface Term {
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Whether a moment (ms since the epoch) lies after the second that `end` names. Terms are written in whole seconds, and
 * both ends belong to them (RFC 5280, section 4.1.2.5): the last second lasts to its own end.
 */
export function isAfter(at: number, end: number): boolean {
  return Math.floor(at / second) * second > end;
}

/** Whether a moment lies within a term. */
export function isWithin(at: number, { notBefore, notAfter }: Term): boolean {
  return at >= notBefore && !isAfter(at, notAfter);
}
