import { hash } from 'node:crypto';
import type { Carrier } from '../carrier/carrier.ts';
import type { Notice } from './notice.ts';
import { expiryText } from './text.ts';

/** So many days before its certificate ends a carrier's organisation is told, once each. */
export const noticeDays = [30, 14, 7, 1] as const;

const day = 86_400_000;

/** The notice that is due for a carrier at `at` (ms): the most pressing one, undefined where none is. */
export function dueNotice({ expiresAt }: Pick<Carrier, 'expiresAt'>, at: number): number | undefined {
  if (expiresAt <= at) return undefined;
  return noticeDays.findLast((days) => at >= expiresAt - days * day);
}

/** The notice that a carrier's certificate ends soon, at one of the thresholds: 30, 14, 7 or 1 days. */
export function expiryNotice(carrier: Carrier, days: number): Notice {
  const { subject, certificate, name, serialNumber, expiresAt } = carrier;
  const id = hash('sha256', `sealgate expiry notice\n${subject}\n${certificate}\n${days}`, 'base64url');
  return {
    id,
    type: 'certificate.expires',
    data: { subject, certificate, name, serialNumber, days, expiresAt: new Date(expiresAt) },
    text: (language) => expiryText(carrier, days, language),
  };
}
