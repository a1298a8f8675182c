import type { Database } from '../database/database.ts';
import { type Contact, setContact } from '../notice/contact.ts';
import { expectHead, type Insider } from './insider.ts';

/** Sets, as the head, where the organisation wants to be told of things. */
export async function changeContact(
  database: Database,
  insider: Insider,
  contact: Contact,
  at: number,
): Promise<void> {
  expectHead(insider);
  await setContact(database, insider.subject, contact, at);
}
