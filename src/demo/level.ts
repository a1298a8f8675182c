import { toolClasses } from '../authority/profile.ts';

/** `acr` names a class of signing tools by the identifier of its policy, or by its letters, which people know. */
export function shownLevel(acr: string): string {
  const named = /^urn:sealgate:qualified:([a-z0-9]+)$/.exec(acr)?.[1]?.toUpperCase();
  if (named !== undefined) return named;
  const number = /^urn:oid:1\.2\.643\.100\.113\.([1-6])$/.exec(acr)?.[1];
  return (number === undefined ? undefined : toolClasses[Number(number) - 1]) ?? acr;
}
