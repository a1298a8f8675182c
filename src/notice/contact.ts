import { auditEntry } from '../audit/record.ts';
import type { Database } from '../database/database.ts';
import type { Language } from '../failure/failure.ts';

/** Where an organisation wants to be told of things. */
export interface Contact {
  readonly email: string;
  readonly language: Language;
}

/** The contact of an organisation (`ogrn:…`); undefined where it has named none. */
export async function findContact(database: Database, subject: string): Promise<Contact | undefined> {
  const [row] = await database.read({
    sql: 'SELECT email, language FROM organisation_contact WHERE subject = ?',
    parameters: [subject],
  });
  if (row === undefined) return undefined;
  return { email: String(row.email), language: row.language === 'en' ? 'en' : 'ru' };
}

/** Sets the contact. The address itself is not written to the audit. */
export async function setContact(
  database: Database,
  subject: string,
  { email, language }: Contact,
  at: number,
): Promise<void> {
  await database.write({
    statements: [
      {
        sql: `INSERT INTO organisation_contact (subject, email, language) VALUES (?, ?, ?)
              ON CONFLICT (subject) DO UPDATE SET email = excluded.email, language = excluded.language`,
        parameters: [subject, email, language],
      },
    ],
    journal: [auditEntry({ event: 'organisation.contact', at, subject })],
  });
}
