import { declareOids } from '../asn1/oid.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { certificatePolicies } from '../certificate/policy.ts';

/** Classes of signing tools by the policy that names them, from the lowest to the highest (RFC 9215, section 5.2). */
export const toolClassOids = declareOids({
  KC1: '1.2.643.100.113.1',
  KC2: '1.2.643.100.113.2',
  KC3: '1.2.643.100.113.3',
  KB1: '1.2.643.100.113.4',
  KB2: '1.2.643.100.113.5',
  KA1: '1.2.643.100.113.6',
});

export type ToolClass = keyof typeof toolClassOids;

/** From the lowest to the highest. */
export const toolClasses = Object.keys(toolClassOids) as readonly ToolClass[];

const byOid = new Map(toolClasses.map((name) => [toolClassOids[name], name]));

/** The classes that the certificate's policies name, from the lowest to the highest. Throws `certificate_malformed`. */
export function namedToolClasses(certificate: Certificate): readonly ToolClass[] {
  const named = new Set<ToolClass>();
  for (const { policy } of certificate.extension(certificatePolicies) ?? []) {
    const name = byOid.get(policy as (typeof toolClassOids)[ToolClass]);
    if (name !== undefined) named.add(name);
  }
  return toolClasses.filter((name) => named.has(name));
}

/**
 * Class of the signing tool: a certificate names every class from the lowest up to its own, and where it leaves one
 * out, only those below the gap count. Undefined where it names none. Throws `certificate_malformed`.
 */
export function toolClassOf(certificate: Certificate): ToolClass | undefined {
  const named = namedToolClasses(certificate);
  const first = named[0];
  if (first === undefined) return undefined;
  let last = first;
  for (const name of named.slice(1)) {
    if (toolClasses.indexOf(name) !== toolClasses.indexOf(last) + 1) break;
    last = name;
  }
  return last;
}

/** Whether class `found` is `required` or higher. */
export function reachesClass(found: ToolClass, required: ToolClass): boolean {
  return toolClasses.indexOf(found) >= toolClasses.indexOf(required);
}

/** Value of the claim `acr` for a class: the policy's identifier as a URN (RFC 3061). */
export function acrOf(toolClass: ToolClass): string {
  return `urn:oid:${toolClassOids[toolClass]}`;
}

/** The class that a value of the claim `acr` stands for; undefined for a certificate that nobody asked to be qualified. */
export function toolClassOfAcr(acr: string): ToolClass | undefined {
  return toolClasses.find((toolClass) => acrOf(toolClass) === acr);
}
