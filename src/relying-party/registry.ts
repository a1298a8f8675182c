import { type AuditEvent, auditEntry } from '../audit/record.ts';
import type { Database, Row } from '../database/database.ts';
import {
  expectHeld,
  insertSealed,
  recordsOf,
  type SealedChange,
  type SealedTable,
  sealStateOf,
  selectSealed,
  updateSealed,
} from '../database/sealed-table.ts';
import { fault, isFailure, SealgateError } from '../error.ts';
import type { EsiaSystem } from './esia-system.ts';
import { type Registration, registrationSchema } from './registration.ts';
import { hashSecret, makeSecret, matchingSecrets } from './secret.ts';
import { changedSettings, policyWith } from './setting.ts';

/** A relying party that is registered. */
export interface Client extends Registration {
  /** Whom assertions may be meant for; never empty. */
  readonly audiences: string[];
  readonly createdAt: number;
  readonly disabledAt?: number;
}

/** A relying party that is a client system of ЕСИА's dialect. */
export interface ClientSystem extends Client {
  readonly esia: EsiaSystem;
}

declare const proof: unique symbol;

/** A relying party that has proven its secret in this request. */
export interface AuthenticatedClient extends Client {
  readonly [proof]: true;
}

interface KeptSecret {
  readonly hash: string;
  readonly createdAt: number;
  /** Until when an exchanged secret is still accepted. */
  readonly until?: number;
}

interface Entry {
  readonly client: Client;
  readonly secrets: readonly KeptSecret[];
}

/** The relying parties, with the hashes of their secrets. */
export const clientTable: SealedTable = {
  name: 'client',
  key: ['id'],
  columns: ['id', 'registration', 'secrets', 'created_at', 'disabled_at'],
};

/** A row as it was read, and what came of it, so that one which has not changed is not parsed again. */
interface KeptRow {
  readonly row: Row;
  /** Absent where this service did not write the row: such a relying party is unknown. */
  readonly entry: Entry | undefined;
  /** Why the row cannot be used: a matter of this relying party alone. */
  readonly error?: unknown;
}

/** The relying parties, as the database has them. */
export interface ClientRegistry {
  /** The relying party that knows this secret. Throws `client_unauthenticated`. */
  authenticate(id: string, secret: string, at: number): Promise<AuthenticatedClient>;
  /** The relying party of that identifier, not proven; undefined where there is none, or it was turned away. */
  find(id: string, at: number): Promise<Client | undefined>;
  /**
   * The relying party that is registered as a client system of ЕСИА's dialect under this mnemonic, not proven;
   * undefined where there is none, where it was turned away, or where several claim it.
   */
  findSystem(mnemonic: string, at: number): Promise<ClientSystem | undefined>;
  /** All of them. Throws `record_unsealed` where one was not written by this service. */
  list(): Promise<readonly Client[]>;
  /** Registers a relying party and gives its secret, which is shown this once. Throws `argument_invalid` if the id, or the mnemonic, is taken. */
  add(registration: Registration, at: number): Promise<{ client: Client; secret: string }>;
  /**
   * Writes a registration from the configuration; secrets that are already kept stay unless new hashes are given. Throws
   * `record_unsealed` where what is there was not written by this service.
   */
  seed(registration: Registration, secretHashes: readonly string[], at: number): Promise<void>;
  /** Writes a registration without a secret where there is none of that identifier, not even one that is turned away. */
  provide(registration: Registration, at: number): Promise<void>;
  /**
   * Puts what `next` makes of a registration in its place; the secrets stay. Throws what `next` does, and as `rotate`
   * does.
   */
  change(id: string, next: (current: Registration) => Registration, at: number): Promise<Registration>;
  /**
   * Gives a new secret; the older ones are accepted for `overlap` milliseconds more. Throws `argument_invalid` for
   * an unknown id, `record_unsealed`, and `record_changed` where others change it all the time.
   */
  rotate(id: string, overlap: number, at: number): Promise<string>;
  /** Turns a relying party away, or lets it in again. Throws as `rotate` does. */
  disable(id: string, disabled: boolean, at: number): Promise<void>;
}

/** A change made by another process, such as a disabled client, is seen this much later at most. */
const freshFor = 2_000;

/** Compared against when the id is unknown, or has fewer secrets than another, so that the same is done for each. */
const nobody = hashSecret('');

/** So often a change is tried whose row somebody else has changed meanwhile. */
const mostTries = 5;

/**
 * Opens the registry on `database`. All relying parties are kept in memory, and read again together: operators
 * register few of them. So an unknown identifier costs what a known one does, tells nothing by its time, and a flood
 * of them neither asks the database nor fills memory.
 */
export function clientRegistry(database: Database): ClientRegistry {
  let known: ReadonlyMap<string, KeptRow> = new Map();
  /** The largest number of secrets that one relying party has. */
  let most = 1;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let changes = 0;

  const read = async (at: number) => {
    const before = changes;
    const rows = await database.read({ sql: selectSealed(clientTable), parameters: [] });
    known = new Map(rows.map((row) => [String(row.id), keptRow(database, row, known.get(String(row.id)))]));
    most = Math.max(1, ...[...known.values()].map(({ entry }) => entry?.secrets.length ?? 0));
    if (before === changes) readAt = at;
  };
  const refresh = async (at: number): Promise<void> => {
    while (Math.abs(at - readAt) >= freshFor) {
      reading ??= read(at).finally(() => {
        reading = undefined;
      });
      await reading;
    }
  };
  const find = async (id: string, at: number): Promise<KeptRow | undefined> => {
    await refresh(at);
    return known.get(id);
  };
  /** Every relying party that claims a mnemonic as it was last read, those that were turned away among them. */
  const claimants = (mnemonic: string): readonly ClientSystem[] => {
    const clients = [...known.values()].flatMap(({ entry }) => (entry === undefined ? [] : [entry.client]));
    return clients.filter((client): client is ClientSystem => client.esia?.mnemonic === mnemonic);
  };
  /** Refuses a registration whose mnemonic another has. */
  const expectOwnMnemonic = ({ id, esia }: Registration) => {
    if (esia === undefined || claimants(esia.mnemonic).every((other) => other.id === id)) return;
    throw invalidId(esia.mnemonic, 'id-taken');
  };
  const forget = () => {
    changes += 1;
    readAt = Number.NEGATIVE_INFINITY;
  };

  /** Changes one row by what it is now; where somebody else was faster, once more by what it has become. */
  const change = async (id: string, statementOf: (row: Row | undefined) => Changed | undefined) => {
    for (let tries = 1; ; tries += 1) {
      const [found] = await database.read({
        sql: selectSealed(clientTable, 'WHERE id = ?'),
        parameters: [id],
      });
      const changed = statementOf(found && expectHeld(database, clientTable, found));
      if (changed === undefined) return;
      try {
        const { change: made, event } = changed;
        const entry = auditEntry({ ...event, records: recordsOf([made]) });
        await database.write({ statements: [made.statement], journal: [entry] });
        forget();
        return;
      } catch (error) {
        if (!isFailure(error, 'record_changed') || tries === mostTries) throw error;
      }
    }
  };

  return {
    async authenticate(id, secret, at) {
      const kept = await find(id, at);
      const { entry } = kept ?? {};
      const secrets = entry?.secrets.filter(({ until }) => until === undefined || at < until) ?? [];
      const hashes = Array.from({ length: most }, (_, index) => secrets[index]?.hash ?? nobody);
      const matching = matchingSecrets(secret, hashes);
      if (kept !== undefined && 'error' in kept) throw kept.error;
      const isProven = matching.some((matches, index) => matches && index < secrets.length);
      if (!entry || !isProven || entry.client.disabledAt !== undefined) {
        throw new SealgateError('client_unauthenticated');
      }
      return entry.client as AuthenticatedClient;
    },

    async find(id, at) {
      const kept = await find(id, at);
      if (kept !== undefined && 'error' in kept) throw kept.error;
      const client = kept?.entry?.client;
      return client?.disabledAt === undefined ? client : undefined;
    },

    async findSystem(mnemonic, at) {
      await refresh(at);
      const [client, ...others] = claimants(mnemonic);
      return others.length === 0 && client?.disabledAt === undefined ? client : undefined;
    },

    async list() {
      const rows = await database.read({ sql: selectSealed(clientTable, 'ORDER BY id'), parameters: [] });
      return rows.map((row) => toClient(expectHeld(database, clientTable, row)));
    },

    async add(registration, at) {
      const { id } = registration;
      await refresh(at);
      expectOwnMnemonic(registration);
      const { secret, secretHash } = makeSecret();
      await change(id, (row) => {
        if (row !== undefined) throw invalidId(id, 'id-taken');
        const event = { event: 'client.added', at, client: id, ...conceded(registration) } as const;
        return {
          change: insertSealed(clientTable, newRow(registration, [{ hash: secretHash, createdAt: at }], at)),
          event,
        };
      });
      const entry = (await find(id, at))?.entry;
      if (!entry) throw new SealgateError('storage_unavailable');
      return { client: entry.client, secret };
    },

    seed: (registration, secretHashes, at) =>
      change(registration.id, (row) => {
        const given = secretHashes.map((hash) => ({ hash, createdAt: at }));
        const kept = row === undefined ? [] : secretsOf(row);
        const secrets = given.length > 0 && !sameHashes(kept, given) ? given : kept;
        const text = JSON.stringify(registration);
        if (row?.registration === text && secrets === kept) return undefined;
        const changes = { registration: text, secrets: JSON.stringify(secrets) };
        return {
          change:
            row === undefined
              ? insertSealed(clientTable, newRow(registration, secrets, at))
              : updateSealed(clientTable, row, changes),
          event: { event: 'client.configured', at, client: registration.id, ...conceded(registration) },
        };
      }),

    provide: (registration, at) =>
      change(registration.id, (row) =>
        row === undefined
          ? {
              change: insertSealed(clientTable, newRow(registration, [], at)),
              event: { event: 'client.configured', at, client: registration.id, ...conceded(registration) },
            }
          : undefined,
      ),

    async change(id, next, at) {
      let changed: Registration | undefined;
      await refresh(at);
      await change(id, (row) => {
        if (row === undefined) throw invalidId(id, 'id-unknown');
        changed = next(registrationSchema.parse(JSON.parse(String(row.registration))));
        expectOwnMnemonic(changed);
        return {
          change: updateSealed(clientTable, row, { registration: JSON.stringify(changed) }),
          event: { event: 'client.changed', at, client: id, ...conceded(changed) },
        };
      });
      if (changed === undefined) throw new SealgateError('storage_unavailable');
      return changed;
    },

    async rotate(id, overlap, at) {
      const { secret, secretHash } = makeSecret();
      await change(id, (row) => {
        if (row === undefined) throw invalidId(id, 'id-unknown');
        const secrets: KeptSecret[] = [
          { hash: secretHash, createdAt: at },
          ...secretsOf(row)
            .map((kept) => ({
              ...kept,
              until: Math.min(kept.until ?? Number.MAX_SAFE_INTEGER, at + overlap),
            }))
            .filter(({ until }) => until > at),
        ];
        return {
          change: updateSealed(clientTable, row, { secrets: JSON.stringify(secrets) }),
          event: { event: 'client.secret_rotated', at, client: id },
        };
      });
      return secret;
    },

    disable: (id, disabled, at) =>
      change(id, (row) => {
        if (row === undefined) throw invalidId(id, 'id-unknown');
        return {
          change: updateSealed(clientTable, row, { disabled_at: disabled ? at : null }),
          event: { event: disabled ? 'client.disabled' : 'client.enabled', at, client: id },
        };
      }),
  };
}

/** A change of one row, and what the audit says of it. */
interface Changed {
  readonly change: SealedChange;
  readonly event: AuditEvent;
}

function invalidId(id: string, problem: 'id-taken' | 'id-unknown'): SealgateError {
  return new SealgateError('argument_invalid', { argument: id, problem });
}

function newRow(registration: Registration, secrets: readonly KeptSecret[], at: number): Row {
  return {
    id: registration.id,
    registration: JSON.stringify(registration),
    secrets: JSON.stringify(secrets),
    created_at: at,
    disabled_at: null,
  };
}

function secretsOf(row: Row): readonly KeptSecret[] {
  return JSON.parse(String(row.secrets)) as KeptSecret[];
}

/** For the audit: what of the policy differs from the strict one, as the configuration file would have it. */
function conceded({ policy }: Registration): Pick<AuditEvent, 'details'> {
  const changed = changedSettings(policy);
  if (changed.length === 0) return {};
  return {
    details: { policy: policyWith(new Map(changed.map(({ setting, value }) => [setting.name, value]))) },
  };
}

function keptRow(database: Database, row: Row, before: KeptRow | undefined): KeptRow {
  const isSame = (column: string) => before?.row[column] === row[column];
  if (before?.entry !== undefined && [...clientTable.columns, 'seal'].every(isSame)) return before;
  const state = sealStateOf(database, clientTable, row);
  if (state === 'broken') return { row, entry: undefined };
  // Of a newer secret that this replica has not learnt of: a matter of this service, and not of the relying party.
  if (state === 'unknown') return { row, entry: undefined, error: unknownSecret() };
  try {
    return { row, entry: { client: toClient(row), secrets: secretsOf(row) } };
  } catch (error) {
    return { row, entry: undefined, error };
  }
}

function unknownSecret(): SealgateError {
  const cause = fault('a record is sealed by a secret that is not known here');
  return new SealgateError('storage_unavailable', {}, { cause });
}

function toClient(row: Row): Client {
  const registration = registrationSchema.parse(JSON.parse(String(row.registration)));
  return {
    ...registration,
    audiences: registration.audiences ?? [registration.id],
    createdAt: Number(row.created_at),
    ...(row.disabled_at === null ? {} : { disabledAt: Number(row.disabled_at) }),
  };
}

function sameHashes(left: readonly KeptSecret[], right: readonly KeptSecret[]): boolean {
  return left.map(({ hash }) => hash).join() === right.map(({ hash }) => hash).join();
}
