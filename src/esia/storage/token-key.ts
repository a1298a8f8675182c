import type { Database, Row, Statement } from '../../database/database.ts';
import type { EsiaTokenAlgorithm } from '../../relying-party/esia-system.ts';
import type { Wrapping } from '../../secret/wrapping.ts';
import type { MadeTokenKey } from '../key/make.ts';

/** A key of tokens as it is kept: encrypted under the service's secrets, so that all replicas have it. */
export interface KeptTokenKey {
  /** SHA-256 of the certificate, hexadecimal. */
  readonly certificateHash: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** PKCS #8, DER; undefined where other secrets encrypted it, or it is not of this certificate. */
  readonly privateKey: Uint8Array | undefined;
}

/** Every key that is kept, the newest first. */
export async function keptTokenKeys(
  database: Database,
  { unwrap }: Wrapping,
): Promise<readonly KeptTokenKey[]> {
  const rows = await database.read({
    sql: `SELECT certificate_hash, certificate, wrapped FROM esia_token_key
          ORDER BY not_before DESC, certificate_hash`,
    parameters: [],
  });
  return rows.map((row) => {
    const certificateHash = String(row.certificate_hash);
    return {
      certificateHash,
      certificate: Buffer.from(String(row.certificate), 'base64'),
      privateKey: unwrap(purposeOf(certificateHash), String(row.wrapped)),
    };
  });
}

/** Keeps a key. */
export function keepTokenKey(key: MadeTokenKey, wrapping: Wrapping): Statement {
  return { sql: `${insert} VALUES (?, ?, ?, ?, ?, ?)`, parameters: columnsOf(key, wrapping) };
}

/** Keeps a key where none of its algorithm is in force at `at` (ms): of replicas that start at once one makes it. */
export function keepFirstTokenKey(key: MadeTokenKey, wrapping: Wrapping, at: number): Statement {
  return {
    sql: `${insert} SELECT ?, ?, ?, ?, ?, ?
          WHERE NOT EXISTS (
            SELECT 1 FROM esia_token_key WHERE algorithm = ? AND not_before <= ? AND not_after >= ?)`,
    parameters: [...columnsOf(key, wrapping), key.algorithm, at, at],
  };
}

/** Forgets every other key of that algorithm: they were withdrawn as compromised. */
export function forgetOtherTokenKeys(algorithm: EsiaTokenAlgorithm, certificateHash: string): Statement {
  return {
    sql: 'DELETE FROM esia_token_key WHERE algorithm = ? AND certificate_hash <> ?',
    parameters: [algorithm, certificateHash],
  };
}

/** Encrypts by the newest secret what an older one did, so that the older one can be taken away. */
export async function renewTokenKeys(database: Database, wrapping: Wrapping): Promise<void> {
  const rows = await database.read({
    sql: 'SELECT certificate_hash, wrapped FROM esia_token_key',
    parameters: [],
  });
  const statements = rows.flatMap((row) => renewed(row, wrapping));
  if (statements.length > 0) await database.write({ statements });
}

/** What cannot be read is left alone. */
function renewed(row: Row, { current, wrap, unwrap }: Wrapping): readonly Statement[] {
  const [certificateHash, wrapped] = [String(row.certificate_hash), String(row.wrapped)];
  const octets = wrapped.startsWith(`${current}.`) ? undefined : unwrap(purposeOf(certificateHash), wrapped);
  if (octets === undefined) return [];
  return [
    {
      sql: 'UPDATE esia_token_key SET wrapped = ? WHERE certificate_hash = ? AND wrapped = ?',
      parameters: [wrap(purposeOf(certificateHash), octets), certificateHash, wrapped],
    },
  ];
}

const insert = `INSERT INTO esia_token_key
  (certificate_hash, algorithm, certificate, not_before, not_after, wrapped)`;

function columnsOf(
  { algorithm, certificate, certificateHash, privateKey, notBefore, notAfter }: MadeTokenKey,
  { wrap }: Wrapping,
) {
  const text = Buffer.from(certificate).toString('base64');
  const wrapped = wrap(purposeOf(certificateHash), privateKey);
  return [certificateHash, algorithm, text, notBefore, notAfter, wrapped];
}

/** A private key is bound to its certificate: whoever writes the database cannot put another one beside it. */
function purposeOf(certificateHash: string): string {
  return `esia token key ${certificateHash}`;
}
