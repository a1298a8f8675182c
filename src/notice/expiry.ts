import { hash } from 'node:crypto';
import type { Carrier } from '../carrier/carrier.ts';

/** So many days before its certificate ends a carrier's organisation is told, once each. */
export const noticeDays = [30, 14, 7, 1] as const;

const day = 86_400_000;

/** The notice that is due for a carrier at `at` (ms): the most pressing one, undefined where none is. */
export function dueNotice({ expiresAt }: Pick<Carrier, 'expiresAt'>, at: number): number | undefined {
  if (expiresAt <= at) return undefined;
  return noticeDays.findLast((days) => at >= expiresAt - days * day);
}

/** A notice that a certificate ends soon. */
export interface ExpiryNotice {
  /** The same however often it is tried, so that whoever gets it twice can tell. */
  readonly id: string;
  readonly carrier: Carrier;
  /** The threshold that was passed: 30, 14, 7 or 1. */
  readonly days: number;
}

/** The notice about a carrier at one of the thresholds. */
export function expiryNotice(carrier: Carrier, days: number): ExpiryNotice {
  const { subject, certificate } = carrier;
  const id = hash('sha256', `sealgate expiry notice\n${subject}\n${certificate}\n${days}`, 'base64url');
  return { id, carrier, days };
}
