import { Counter, type Registry } from 'prom-client';
import type { KeptMessage, RefusalKind } from './draft.ts';

/** Counts, in `registry`, refusals of which only the audit tells; give it to `evidenceKeeper`. */
export function countUnkept(registry: Registry): (kind: RefusalKind) => void {
  const unkept = new Counter({
    name: 'sealgate_evidence_not_kept_total',
    help: 'Refused sign-ins whose evidence was not kept because the allowance was used up, by how far they came',
    labelNames: ['refusal'],
    registers: [registry],
  });
  return (refusal) => unkept.inc({ refusal });
}

/** Counts, in `registry`, sign-ins whose message is not kept whole; give it to `evidenceKeeper`. */
export function countReduced(registry: Registry): (kept: KeptMessage) => void {
  const reduced = new Counter({
    name: 'sealgate_evidence_reduced_total',
    help: 'Sign-ins whose message is kept only as far as the verdict rests on it, because its organisation or relying party had filled its allowance',
    labelNames: ['kept'],
    registers: [registry],
  });
  return (kept) => reduced.inc({ kept });
}
