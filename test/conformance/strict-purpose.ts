import type { Certificate } from '../../src/certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, purposeOids } from '../../src/certificate/constraints.ts';

/** The two strict profiles of the source of `chains`: for the whole path, or for the end entity alone. */
export type Strictness = 'path' | 'leaf';

const prohibited: readonly string[] = [purposeOids.codeSigning, purposeOids.timeStamping];

/**
 * What the source's strict profiles add to the rules on purposes: the purpose has to be stated, except that a
 * certificate above the issuer of the end entity may allow any, and that issuer of a server's certificate may leave it
 * open; some purposes must not stand beside it; and an authority is no end entity. `path` goes from the end entity up,
 * with the anchor where its extensions count. Undefined where nothing is wrong.
 */
export function strictFlaw(
  path: readonly Certificate[],
  purpose: 'serverAuth' | 'clientAuth',
  strictness: Strictness,
  anchor: Certificate | undefined,
): string | undefined {
  if (path[0]?.extension(basicConstraints)?.isAuthority === true) return 'the end entity is an authority';
  const judged =
    strictness === 'leaf' ? path.slice(0, 1) : [...path, ...(anchor === undefined ? [] : [anchor])];
  for (const [position, certificate] of judged.entries()) {
    const place =
      position === 0 ? 'end entity' : position === 1 && certificate !== anchor ? 'issuer' : 'above';
    const stated = certificate.extension(extendedKeyUsage);
    const isStated =
      stated?.has(purposeOids[purpose]) === true ||
      (place === 'above' && stated?.has(purposeOids.any) === true) ||
      (place === 'issuer' && stated === undefined && purpose === 'serverAuth');
    if (!isStated) return `${place}: the purpose is not stated`;
    const forbidden = place === 'end entity' ? [...prohibited, purposeOids.ocspSigning] : prohibited;
    if (place !== 'above' && forbidden.some((each) => stated?.has(each)))
      return `${place}: a prohibited purpose`;
  }
  return undefined;
}
