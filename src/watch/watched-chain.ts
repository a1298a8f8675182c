import { hash } from 'node:crypto';
import { z } from 'zod';
import { Reader } from '../asn1/reader.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import type { Database, Row, Statement } from '../database/database.ts';
import type { PathIssuer } from '../path/path-issuer.ts';
import type { ValidPath } from '../path/validation.ts';
import { requesterOf } from '../revocation/requester.ts';

/** What a certificate's issuer is in a path, so that it is seen which lists may name the certificate. */
export interface WatchedIssuer {
  /** Encoding of its name as the certificate has it, base64. */
  readonly issuer: string;
  /** Digest of its key, base64. */
  readonly key: string;
  /** The branch of the trust that the certificate stands in; see `Requester`. */
  readonly branch: string;
}

/** The authorities above a certificate, which very many certificates have in common. */
export interface WatchedChain extends WatchedIssuer {
  /** What it is found by: a digest of all that is in it. */
  readonly id: string;
  /** Their own certificates, the anchor's excepted, the lowest first: issuer and serial number (hexadecimal). */
  readonly above: readonly (WatchedIssuer & { readonly serialNumber: string })[];
  /** Encodings of these certificates, one after the other. */
  readonly certificates: Uint8Array;
}

/** The chain above the first certificate of a path. Holds no personal data. */
export function chainOf({ certificates, issuers }: ValidPath): WatchedChain {
  const [first, ...others] = certificates;
  const lowest = issuerOf(first, issuers);
  const above = others.map((certificate, at) => ({
    ...issuerOf(certificate, issuers.slice(at + 1)),
    serialNumber: certificate.serialNumberHex,
  }));
  const encodings = Buffer.concat(others.map(({ der }) => der));
  const id = hash(
    'sha256',
    Buffer.concat([Buffer.from(JSON.stringify([lowest, above])), encodings]),
    'base64',
  );
  return { ...lowest, id, above, certificates: encodings };
}

function issuerOf(certificate: Certificate, authorities: readonly PathIssuer[]): WatchedIssuer {
  const { branch, issuer: key } = requesterOf(authorities);
  return { issuer: Buffer.from(certificate.issuer.der).toString('base64'), key, branch };
}

/** Keeps a chain, once for all paths that it stands in. */
export function keepChain({ id, issuer, key, branch, above, certificates }: WatchedChain): Statement {
  return {
    sql: `INSERT INTO watched_chain (id, issuer, key, branch, above, certificates) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO NOTHING`,
    parameters: [id, issuer, key, branch, JSON.stringify(above), certificates],
  };
}

/** Forgets the chains that no path under watch has. */
export const forgetChains: Statement = {
  sql: 'DELETE FROM watched_chain WHERE NOT EXISTS (SELECT 1 FROM watched_path WHERE chain = watched_chain.id)',
  parameters: [],
};

/** Chains read at a time. */
const pageLength = 100;

/** All chains that are kept, page by page. */
export async function* watchedChains(database: Database): AsyncGenerator<readonly WatchedChain[]> {
  for (let after = ''; ; ) {
    const rows = await database.read({
      sql: `SELECT id, issuer, key, branch, above, certificates FROM watched_chain
            WHERE id > ? ORDER BY id LIMIT ?`,
      parameters: [after, pageLength],
    });
    yield rows.map(toChain);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    after = String(last.id);
  }
}

const aboveSchema = z.array(
  z.object({ issuer: z.string(), key: z.string(), branch: z.string(), serialNumber: z.string() }),
);

function toChain(row: Row): WatchedChain {
  return {
    id: String(row.id),
    issuer: String(row.issuer),
    key: String(row.key),
    branch: String(row.branch),
    above: aboveSchema.parse(JSON.parse(String(row.above))),
    certificates: row.certificates as Uint8Array,
  };
}

/** The certificates in a row of encodings. */
export function certificatesIn(encodings: Uint8Array): readonly Certificate[] {
  const reader = Reader.der(encodings);
  const certificates: Certificate[] = [];
  while (!reader.isAtEnd) certificates.push(parseCertificate(reader.any()));
  return certificates;
}
