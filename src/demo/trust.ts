import type { Authority } from '../authority/authority.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import type { Database } from '../database/database.ts';
import { addLocal } from '../trust-list/local-store.ts';
import { noPins } from '../trust-list/pin.ts';

/** As `sealgate trust add` does it for an operator who has compared the fingerprints. */
export async function trustAuthority(
  database: Database,
  { root, issuers }: Authority,
  at: number,
): Promise<void> {
  const note = 'a test authority';
  const anchor = {
    certificate: parseCertificate(root.certificate),
    role: 'anchor',
    purposes: new Set<never>(),
  } as const;
  const authorities = [...issuers.values()]
    .filter((each) => each !== root)
    .map(
      (each) =>
        ({
          certificate: parseCertificate(each.certificate),
          role: 'authority',
          purposes: new Set(['sign-in', 'documents'] as const),
        }) as const,
    );
  for (const addition of [anchor, ...authorities])
    await addLocal(database, noPins, { ...addition, isConfirmed: true, note }, at);
}
