import type { AssertionClaims } from '../assertion/claims.ts';
import type { Database, Row, Statement } from '../database/database.ts';

/**
 * Who consents, to whom: the person with this certificate, for the organisation. Another person of the organisation, or
 * the same with a new certificate, is asked anew.
 */
export interface ConsentParties {
  readonly subject: string;
  /** SHA-256 of the certificate, base64url. */
  readonly certificate: string;
  /** Identifier of the relying party. */
  readonly client: string;
}

/** The parties of a sign-in's consent to a relying party. */
export function consentParties(claims: AssertionClaims, client: string): ConsentParties {
  return { subject: claims.sub, certificate: claims['x5t#S256'], client };
}

/** What was consented to: scopes, and single claims. */
export interface ConsentedItems {
  readonly scopes: readonly string[];
  readonly claims: readonly string[];
}

/** Remembers a consent. */
export function rememberConsent(
  { subject, certificate, client }: ConsentParties,
  { scopes, claims }: ConsentedItems,
  at: number,
): readonly Statement[] {
  const items = [...scopes.map((scope) => `scope ${scope}`), ...claims.map((claim) => `claim ${claim}`)];
  return items.map((item) => ({
    sql: `INSERT INTO oidc_consent (subject, certificate, client, item, given_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (subject, certificate, client, item) DO NOTHING`,
    parameters: [subject, certificate, client, item, at],
  }));
}

/** What is remembered between the parties. */
export async function rememberedConsent(
  database: Database,
  { subject, certificate, client }: ConsentParties,
): Promise<ConsentedItems> {
  const rows = await database.read({
    sql: 'SELECT item FROM oidc_consent WHERE subject = ? AND certificate = ? AND client = ?',
    parameters: [subject, certificate, client],
  });
  return itemsOf(rows);
}

function itemsOf(rows: readonly Row[]): ConsentedItems {
  const items = rows.map(({ item }) => String(item).split(' '));
  const ofKind = (kind: string) => items.flatMap(([is, name]) => (is === kind && name ? [name] : []));
  return { scopes: ofKind('scope'), claims: ofKind('claim') };
}

/** What one person of an organisation has agreed to hand over to a relying party. */
export interface GivenConsent extends ConsentParties, ConsentedItems {
  /** When they agreed last, in ms since the epoch. */
  readonly givenAt: number;
}

/** Consents that are listed of one organisation. */
const mostListed = 5_000;

/** What people of an organisation have agreed to, the newest first. */
export async function listConsents(database: Database, subject: string): Promise<readonly GivenConsent[]> {
  const rows = await database.read({
    sql: `SELECT certificate, client, item, given_at FROM oidc_consent WHERE subject = ?
          ORDER BY certificate, client, item LIMIT ?`,
    parameters: [subject, mostListed],
  });
  const grouped = Map.groupBy(rows, ({ certificate, client }) => JSON.stringify([certificate, client]));
  const consents = [...grouped.values()].map((group): GivenConsent => {
    const [first] = group;
    return {
      subject,
      certificate: String(first?.certificate),
      client: String(first?.client),
      ...itemsOf(group),
      givenAt: Math.max(...group.map((row) => Number(row.given_at))),
    };
  });
  return consents.sort((left, right) => right.givenAt - left.givenAt);
}

/** Forgets what was agreed between the parties. */
export function forgetConsentOf({ subject, certificate, client }: ConsentParties): Statement {
  return {
    sql: 'DELETE FROM oidc_consent WHERE subject = ? AND certificate = ? AND client = ?',
    parameters: [subject, certificate, client],
  };
}

/** Consents are asked for anew after a year: a certificate lasts no longer than fifteen months. */
const keptFor = 365 * 86_400_000;

/** Forgets, as of `at` (ms), consents that are too old. */
export function forgetConsents(at: number): Statement {
  return { sql: 'DELETE FROM oidc_consent WHERE given_at < ?', parameters: [at - keptFor] };
}
