import { acrOf, reachesClass, type ToolClass, toolClasses, toolClassOfAcr } from '../qualified/tool-class.ts';

const prefix = 'urn:sealgate:qualified:';

/** Names of the classes of signing tools, as relying parties of OpenID Connect ask for them (`acr_values`). */
export const acrValues = toolClasses.map(oidcAcrOf);

/** The name of a class, such as `urn:sealgate:qualified:kc1`. */
function oidcAcrOf(toolClass: ToolClass): string {
  return `${prefix}${toolClass.toLowerCase()}`;
}

/** The claim `acr` for that of an assertion: one that stands for no class is left as it is. */
export function shownAcr(acr: string): string {
  const toolClass = toolClassOfAcr(acr);
  return toolClass === undefined ? acr : oidcAcrOf(toolClass);
}

/** What a request asks of the class: the lowest of those that would do; `'unknown'` where it names none that there is. */
export function wantedClass(values: readonly string[]): ToolClass | 'unknown' | undefined {
  if (values.length === 0) return undefined;
  const known = toolClasses.filter(
    (toolClass) => values.includes(oidcAcrOf(toolClass)) || values.includes(acrOf(toolClass)),
  );
  return known[0] ?? 'unknown';
}

/** Whether a sign-in with that `acr`, as `shownAcr` gives it, is of the class or a higher one. */
export function reachesWanted(acr: string | undefined, wanted: ToolClass): boolean {
  const found = toolClasses.find((toolClass) => oidcAcrOf(toolClass) === acr);
  return found !== undefined && reachesClass(found, wanted);
}
