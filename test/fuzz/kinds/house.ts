import { type Authority, createAuthority } from '../../../src/authority/authority.ts';
import { sampleSubscriber } from '../../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../../src/authority/issuer.ts';
import type { KeyKind } from '../../../src/authority/key.ts';
import { Budget } from '../../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../../src/certificate/certificate.ts';
import { anchorOf } from '../../../src/certificate/trust-anchor.ts';
import { findPath } from '../../../src/path/find.ts';
import { AnchorSet } from '../../../src/path/pool.ts';
import { profiles } from '../../../src/path/profile.ts';
import type { ValidPath } from '../../../src/path/validation.ts';
import { numberIn, octetsOf, part } from '../judge.ts';
import type { Material } from '../kind.ts';

const day = 86_400_000;

/** When everything here is made; fixed, so that kept material never gets too old. */
export const madeAt: number = Date.UTC(2026, 8, 1);

/** An authority and somebody with a certificate of it. */
export async function makeAuthority(
  algorithm: KeyKind,
): Promise<{ readonly authority: Authority; readonly signer: IssuedCertificate }> {
  const authority = await createAuthority({ algorithm, at: madeAt - 400 * day, now: () => madeAt });
  const subscriber = sampleSubscriber('legal-entity');
  return { authority, signer: await authority.issue({ subscriber, notBefore: madeAt - day }) };
}

/** What is needed to find the paths of its certificates. */
export function contextOf({ root, accredited }: Authority): [string, Uint8Array][] {
  return [
    ['root', root.certificate],
    ['authority', accredited.certificate],
    ['at', octetsOf(madeAt)],
  ];
}

/** Finds the path of a certificate to the root of a material, beside what else may lie on it. */
export type FindPath = (target: Certificate, pool?: readonly Certificate[]) => ValidPath;

/** The search for paths in a material. */
export function pathsIn(material: Material): FindPath {
  const anchors = new AnchorSet([anchorOf(parseCertificate(part(material, 'root')))]);
  const authority = parseCertificate(part(material, 'authority'));
  const common = { anchors, at: numberIn(material, 'at'), profile: profiles.rfc5280 };
  return (target, pool = []) =>
    findPath({ ...common, target, pool: [authority, ...pool], budget: new Budget() });
}
