import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Database } from '../database/database.ts';
import type { NamedContent } from '../document/examined.ts';
import { type ExtensionChoice, extendGiven } from '../document/extend-file.ts';
import { withContents } from '../document/opened-file.ts';
import type { DocumentReport } from '../document/report.ts';
import { validateDocument } from '../document/validate.ts';
import { documentIn } from '../encoding/document.ts';
import { language } from '../environment.ts';
import { readFrom } from '../validation/file.ts';
import { readAnchors, readEncoded } from '../validation/options.ts';
import type { ArchiveFolder } from './folder.ts';
import { renewalTime } from './renewal.ts';
import { type ArchivedDocument, addDocument, renewDocument } from './storage.ts';

/** Where an archive is. */
export interface Archive {
  readonly database: Database;
  readonly folder: ArchiveFolder;
  /** Now, in milliseconds since the epoch. */
  readonly at: number;
}

/** By what documents are judged and extended: see `ExtensionChoice`; the level is always LTA. */
export type ArchiveChoice = Omit<ExtensionChoice, 'level'>;

/**
 * Takes a document into the archive: extended to LTA, and with it what is signed, where the signature is detached. Throws
 * as `extendGiven` does, and the system's error for a folder that cannot be written.
 */
export async function archiveFile(
  { database, folder, at }: Archive,
  file: string,
  options: ArchiveChoice,
): Promise<ArchivedDocument> {
  const document = readFrom(file, (octets) => documentIn(octets));
  const { octets, renewBy } = await withContents(options.content, (contents) =>
    stamped(document, contents, options, at),
  );
  const contents: { readonly name: string; readonly sha256: string }[] = [];
  for (const path of options.content)
    contents.push({ name: basename(path), sha256: await folder.copy(path) });
  const archived = {
    ...{ identifier: randomUUID(), name: basename(file), sha256: await folder.put(octets) },
    ...{ length: octets.length, contents, addedAt: at, stampedAt: at, renewBy },
  };
  await addDocument(database, archived);
  return archived;
}

/**
 * Gives a document a new archive time-stamp over all that is there. Throws as `extendGiven` does, `archive_file_damaged`,
 * and `archive_document_changed` where another round was first; the document is then what that one made of it.
 */
export async function renewArchived(
  { database, folder, at }: Archive,
  former: ArchivedDocument,
  options: ArchiveChoice,
): Promise<ArchivedDocument> {
  const document = await folder.get(former);
  const { octets, renewBy } = await withKept(folder, former, (contents) =>
    stamped(document, contents, options, at),
  );
  const sha256 = await folder.put(octets);
  const renewed = { ...former, sha256, length: octets.length, stampedAt: at, renewBy };
  await renewDocument(database, former, renewed);
  if (sha256 !== former.sha256) await folder.remove(former.sha256);
  return renewed;
}

/** The report on a document as it stands in the archive. Throws `archive_file_damaged`. */
export async function judgeArchived(
  { folder, at }: Omit<Archive, 'database'>,
  document: ArchivedDocument,
  options: ArchiveChoice,
): Promise<DocumentReport> {
  const octets = await folder.get(document);
  return withKept(folder, document, (contents) => judged(octets, contents, options, at));
}

async function withKept<T>(
  folder: ArchiveFolder,
  { contents }: ArchivedDocument,
  act: (contents: readonly NamedContent[]) => Promise<T>,
): Promise<T> {
  for (const each of contents) await folder.expect(each);
  return withContents(
    contents.map(({ sha256 }) => folder.place(sha256)),
    (opened) => act(opened.map((each, at) => ({ ...each, name: contents[at]?.name }))),
  );
}

async function stamped(
  document: Uint8Array,
  contents: readonly NamedContent[],
  options: ArchiveChoice,
  at: number,
): Promise<{ readonly octets: Uint8Array; readonly renewBy: number }> {
  const octets = await extendGiven({ document, contents }, { ...options, level: 'LTA' });
  return { octets, renewBy: renewalTime(await judged(octets, contents, options, at)) };
}

function judged(
  document: Uint8Array,
  contents: readonly NamedContent[],
  options: ArchiveChoice,
  at: number,
): Promise<DocumentReport> {
  const question = { ...readEncoded(options), at, profile: 'rfc5280', language: language() } as const;
  return validateDocument({ document, contents }, { ...question, anchors: readAnchors(options.anchor) });
}
