import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { fault, SealgateError } from '../error.ts';

/**
 * The name by which the relying parties of one host know an organisation and no others do (OpenID Connect Core,
 * section 8.1). Made by a salt of its own, and not by the service's secrets: those are exchanged, and names have to stay.
 */
export async function pairwiseName(database: Database, host: string, subject: string): Promise<string> {
  const salt = (await readSalt(database)) ?? (await makeSalt(database));
  return createHmac('sha256', salt)
    .update(JSON.stringify([host, subject]))
    .digest('base64url');
}

async function readSalt(database: Database): Promise<Buffer | undefined> {
  const [row] = await database.read({ sql: 'SELECT salt, seal FROM oidc_salt WHERE id = 1', parameters: [] });
  if (row === undefined) return undefined;
  const state = database.judgeSeal(sealedText(String(row.salt)), row.seal);
  // Whoever could choose the salt could choose whom a relying party takes an organisation for.
  if (state !== 'current' && state !== 'older') {
    const cause = fault('the salt of pairwise names was not written by this service');
    throw new SealgateError('storage_unavailable', {}, { cause });
  }
  return Buffer.from(String(row.salt), 'base64url');
}

async function makeSalt(database: Database): Promise<Buffer> {
  const salt = randomBytes(32).toString('base64url');
  await database.write({
    statements: [
      {
        sql: 'INSERT INTO oidc_salt (id, salt, seal) VALUES (1, ?, ?) ON CONFLICT (id) DO NOTHING',
        parameters: [salt, { over: sealedText(salt) }],
      },
    ],
  });
  const made = await readSalt(database);
  if (made === undefined) throw new SealgateError('storage_unavailable');
  return made;
}

function sealedText(salt: string): string {
  return JSON.stringify(['oidc_salt', salt]);
}
