import { Counter, type Registry } from 'prom-client';
import type { RefusalKind } from './keep.ts';

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
