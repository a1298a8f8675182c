import { hash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import type { Database, Statement } from '../database/database.ts';
import { Allowance } from '../relying-party/allowance.ts';
import {
  type Draft,
  type KeptLogin,
  type KeptMessage,
  type RefusalKind,
  reducedDraft,
  refusalOf,
  wholeDraft,
} from './draft.ts';
import { type CutMessage, joinMessage } from './message.ts';
import { forgetObjects, ObjectWriter, readObject } from './objects.ts';

/** Evidence ready to be written together with the session and the audit record. */
export interface PreparedEvidence {
  /** SHA-256 of the record, base64url; it goes into the audit. */
  readonly digest: string;
  readonly kept: KeptMessage;
  readonly statements: readonly Statement[];
  /** To be called once the statements are durable. */
  written(): void;
}

/** Keeps what logins rested on, for as long as the operator wants it kept. */
export interface EvidenceKeeper {
  /**
   * Undefined for a refusal beyond what refusals may fill. A login that passed always leaves evidence, whatever was
   * kept before: of its message perhaps not more than the verdict rests on. Rejects with `storage_unavailable`.
   */
  prepare(login: KeptLogin): Promise<PreparedEvidence | undefined>;
  /** Removes what is past its time at `at` (ms), a little at a time. */
  forget(at: number): readonly Statement[];
}

/** How much is kept. */
export interface KeepSettings {
  /** For how long, ms. */
  readonly retention: number;
  /** What refusals before a valid path may fill, for each relying party, octets an hour. */
  readonly refusedOctets: number;
  /** RecordedAnswer of every refusal of which nothing but the audit tells. */
  readonly notKept?: (kind: RefusalKind) => void;
  /** RecordedAnswer of every login that passed whose message is not kept whole. */
  readonly reduced?: (kept: KeptMessage) => void;
}

/**
 * The same for refusals after a valid path, octets an hour: a thousand of them, as when a responder is out. Whoever
 * sends more is known by name, and stays in the audit.
 */
const provenOctets = 16 * 1024 * 1024;

/**
 * A login that passes leaves so many octets of its own message at no cost: a plain one, with certificates that were
 * not seen before or a time-stamp, has no more.
 */
const freeOctets = 8 * 1024;

/** What messages beyond that may fill, octets an hour: of one organisation, and of all through one relying party. */
const organisationOctets = 1024 * 1024;
const relyingPartyOctets = 16 * 1024 * 1024;

/** So many octets an hour for each name, an hour's worth at once. */
function hourly(octets: number): Allowance {
  return new Allowance({ capacity: octets, perSecond: octets / 3_600 });
}

/** Keeps evidence in `database`. */
export function evidenceKeeper(database: Database, settings: KeepSettings): EvidenceKeeper {
  const { retention, refusedOctets, notKept, reduced } = settings;
  const objects = new ObjectWriter(database);
  const refusals = {
    'before-path': hourly(refusedOctets),
    'after-path': hourly(provenOctets),
  } as const satisfies Record<RefusalKind, Allowance>;
  const organisations = hourly(organisationOctets);
  const relyingParties = hourly(relyingPartyOctets);

  /** Octets that a draft adds to what is kept, without those that are shared. */
  const own = ({ message, brought }: Draft, at: number) =>
    message.rest.length + objects.missing([...message.parts, ...brought], at);

  const draftOf = (login: KeptLogin): Draft | undefined => {
    const { at, client, subject = '' } = login;
    const refusal = refusalOf(login);
    const whole = wholeDraft(login, refusal);
    if (refusal !== undefined) {
      const octets = own(whole, at) + Buffer.byteLength(whole.record);
      if (refusals[refusal].take(client.id, octets, at)) return whole;
      notKept?.(refusal);
      return undefined;
    }
    const octets = own(whole, at);
    if (octets <= freeOctets) return whole;
    if (organisations.take(subject, octets, at) && relyingParties.take(client.id, octets, at)) return whole;
    const draft = reducedDraft(login);
    reduced?.(draft.kept);
    return draft;
  };

  return {
    async prepare(login) {
      const { at } = login;
      const draft = draftOf(login);
      if (draft === undefined) return undefined;
      const { record, kept, message } = draft;
      const digest = hash('sha256', record, 'base64url');
      const statements = await objects.statements(draft.objects, at);
      return {
        digest,
        kept,
        statements: [...statements, insertion(at, digest, record, message)],
        written: () => objects.written(draft.objects, at),
      };
    },
    forget: (at) => [
      {
        sql: `DELETE FROM evidence WHERE (at, digest) IN (
                SELECT at, digest FROM evidence WHERE at < ? ORDER BY at LIMIT 1000)`,
        parameters: [at - retention],
      },
      forgetObjects(at, retention),
    ],
  };
}

function insertion(at: number, digest: string, record: string, { rest, cuts }: CutMessage): Statement {
  return {
    sql: `INSERT INTO evidence (at, digest, record, message, cuts) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (at, digest) DO NOTHING`,
    parameters: [
      ...[at, digest, { text: record }, Uint8Array.from(rest)],
      JSON.stringify(cuts.map(({ offset, sha256 }) => [offset, sha256])),
    ],
  };
}

const cutsSchema = z.array(
  z.tuple([z.number(), z.string()]).transform(([offset, sha256]) => ({ offset, sha256 })),
);

/** In octets; a record is a hundredth of it. */
const largestRecord = 4 * 1024 * 1024;

/**
 * The record, and what is kept of the message, under a digest that the audit names; undefined where they are not kept
 * any more.
 */
export async function readEvidence(
  database: Database,
  at: number,
  digest: string,
): Promise<{ readonly record: string; readonly message: Uint8Array } | undefined> {
  const [row] = await database.read({
    sql: 'SELECT record, message, cuts FROM evidence WHERE at = ? AND digest = ?',
    parameters: [at, digest],
  });
  if (row === undefined) return undefined;
  const packed = row.record as Uint8Array;
  const record = zstdDecompressSync(packed, { maxOutputLength: largestRecord }).toString();
  const cuts = cutsSchema.parse(JSON.parse(String(row.cuts)));
  // One that is gone leaves a message that its digest gives away.
  const partOf = async (sha256: string) => (await readObject(database, sha256)) ?? new Uint8Array();
  return { record, message: await joinMessage(row.message as Uint8Array, cuts, partOf) };
}
