import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { Database, Row } from '../database/database.ts';
import { isFailure } from '../error.ts';
import { sessionLifetime } from '../session/session.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import { type TrustedPathContext, trustedPathOf } from './standing.ts';
import { chainOf } from './watched-chain.ts';
import { watchPath } from './watched-path.ts';

/** Powers read at a time. */
const pageLength = 20;

/**
 * Puts the signers of kept powers under watch that are not, as those kept by a version that watched no paths: a
 * revocation that is missed while the certificate is in its term is told by nobody afterwards. One that no path leads
 * to by what is trusted now lets nobody in. `failed` is told of a power that cannot be read; `at` is in ms.
 */
export async function watchKeptPowers(
  database: Database,
  context: TrustedPathContext,
  at: number,
  failed: (error: unknown) => void,
): Promise<void> {
  for (let [principal, number] = ['', '']; ; ) {
    const rows = await database.read({
      sql: `SELECT principal, number, signer, qualified, signature FROM power_of_attorney
            WHERE (principal, number) > (?, ?) AND expires_at > ? AND withdrawn_at IS NULL AND signer IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM watched_path WHERE subject = principal AND certificate = signer)
            ORDER BY principal, number LIMIT ?`,
      parameters: [principal, number, at, pageLength],
    });
    for (const row of rows) {
      try {
        await watchSigner(database, context, row, at);
      } catch (error) {
        if (!isFailure(error)) throw error;
        failed(error);
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    [principal, number] = [String(last.principal), String(last.number)];
  }
}

/** Its path is that which leads to it by what is trusted now; its certificates are those of the power's signature. */
async function watchSigner(
  database: Database,
  context: TrustedPathContext,
  row: Row,
  at: number,
): Promise<void> {
  const name = { subject: String(row.principal), certificate: String(row.signer) };
  const isQualified = row.qualified === 1;
  const { certificates: encodings } = parseSignedData(row.signature as Uint8Array);
  const certificates = encodings.flatMap((der) => readable(der) ?? []);
  const signer = certificates.find((each) => thumbprintOf(each) === name.certificate);
  if (signer === undefined) return;
  const path = await trustedPathOf(context, [signer, ...certificates], isQualified, at);
  if ('kind' in path) return;
  const chain = chainOf(path);
  const watched = { signer, chain, isQualified, isAsked: false, dueAt: at + sessionLifetime };
  await database.write({ statements: watchPath(name, watched, at) });
}

function readable(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(Uint8Array.from(der));
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}
