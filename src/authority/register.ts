import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { defined } from '../optional.ts';
import { type RevocationReason, revocationReasons } from './crl.ts';

const reason = z.enum(Object.keys(revocationReasons) as [RevocationReason, ...RevocationReason[]]);

/** What happens to certificates, a line of JSON each. `issuer` is the short name of the authority. */
const event = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('issued'),
    issuer: z.string(),
    serialNumber: z.string(),
    /** DER, base64. */
    certificate: z.string(),
  }),
  z.strictObject({
    event: z.literal('revoked'),
    issuer: z.string(),
    serialNumber: z.string(),
    at: z.number(),
    reason,
    invalidityDate: z.number().exactOptional(),
  }),
  z.strictObject({ event: z.literal('released'), issuer: z.string(), serialNumber: z.string() }),
  z.strictObject({ event: z.literal('list'), issuer: z.string(), number: z.number() }),
]);

/** Something that happened to a certificate or a list. */
export type RegisterEvent = z.output<typeof event>;

/** A certificate's standing with its issuer; `at` and `invalidityDate` in ms since the epoch. */
export interface Revocation {
  readonly at: number;
  readonly reason: RevocationReason;
  readonly invalidityDate?: number;
}

/** What one authority knows of the certificates it issued. Serial numbers are lower-case hexadecimal. */
export class Register {
  readonly issued = new Map<string, Uint8Array>();
  readonly revoked = new Map<string, Revocation>();
  listNumber = 0;

  apply(change: RegisterEvent): void {
    switch (change.event) {
      case 'issued':
        this.issued.set(change.serialNumber, Buffer.from(change.certificate, 'base64'));
        return;
      case 'revoked': {
        const { at, reason: why, invalidityDate } = change;
        this.revoked.set(change.serialNumber, {
          at,
          reason: why,
          ...defined({ invalidityDate }),
        });
        return;
      }
      case 'released':
        this.revoked.delete(change.serialNumber);
        return;
      case 'list':
        this.listNumber = Math.max(this.listNumber, change.number);
        return;
    }
  }
}

/** Appends an event to a register file. */
export function appendEvent(file: string, change: RegisterEvent): void {
  appendFileSync(file, `${JSON.stringify(change)}\n`, { mode: 0o600, flush: true });
}

/** Events of a register file's text; a last line that was cut off is left out. Throws where another is damaged. */
export function readEvents(text: string): RegisterEvent[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line) => event.parse(JSON.parse(line)));
}
