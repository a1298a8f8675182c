import { EncodingError } from '../asn1/error.ts';
import type { Name } from './name.ts';

/** Whether two names are the same (RFC 5280, section 7.1); one that breaks its own encoding equals nothing else. */
export function isSameName(a: Name, b: Name): boolean {
  try {
    return a.equals(b);
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}
