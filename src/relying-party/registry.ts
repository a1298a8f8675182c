import { type AuditEvent, auditEntry } from '../audit/record.ts';
import type { Database, Row } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { type Registration, registrationSchema } from './registration.ts';
import { hashSecret, makeSecret, secretMatches } from './secret.ts';
import { changedSettings, policyWith } from './setting.ts';

/** A relying party that is registered. */
export interface Client extends Registration {
  /** Whom assertions may be meant for; never empty. */
  readonly audiences: string[];
  readonly createdAt: number;
  readonly disabledAt?: number;
}

declare const proof: unique symbol;

/** A relying party that has proven its secret in this request. */
export interface AuthenticatedClient extends Client {
  readonly [proof]: true;
}

const taken = {
  code: 'configuration_invalid',
  details: { field: 'id', problem: 'is taken already' },
} as const;
const notRegistered = {
  code: 'configuration_invalid',
  details: { field: 'id', problem: 'is not registered' },
} as const;

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

/** A row as it was read, and what came of it, so that one which has not changed is not parsed again. */
interface KeptRow {
  readonly row: Row;
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
  list(): Promise<readonly Client[]>;
  /** Registers a relying party and gives its secret, which is shown this once. Throws `configuration_invalid` if the id is taken. */
  add(registration: Registration, at: number): Promise<{ client: Client; secret: string }>;
  /** Writes a registration from the configuration; secrets that are already kept stay unless new hashes are given. */
  seed(registration: Registration, secretHashes: readonly string[], at: number): Promise<void>;
  /** Gives a new secret; the older ones are accepted for `overlap` milliseconds more. Throws `configuration_invalid` for an unknown id. */
  rotate(id: string, overlap: number, at: number): Promise<string>;
  /** Turns a relying party away, or lets it in again. Throws `configuration_invalid` for an unknown id. */
  disable(id: string, disabled: boolean, at: number): Promise<void>;
}

/** A change made by another process, such as a disabled client, is seen this much later at most. */
const freshFor = 2_000;

/** Compared against when the id is unknown, so that the same is done for it as for a known one. */
const nobody = hashSecret('');

/**
 * Opens the registry on `database`. All relying parties are kept in memory, and read again together: operators
 * register few of them. So an unknown identifier costs what a known one does, tells nothing by its time, and a flood
 * of them neither asks the database nor fills memory.
 */
export function clientRegistry(database: Database): ClientRegistry {
  let known: ReadonlyMap<string, KeptRow> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let changes = 0;

  const read = async (at: number) => {
    const before = changes;
    const rows = await database.read({ sql: select, parameters: [] });
    known = new Map(rows.map((row) => [String(row.id), keptRow(row, known.get(String(row.id)))]));
    if (before === changes) readAt = at;
  };
  const find = async (id: string, at: number): Promise<Entry | undefined> => {
    while (Math.abs(at - readAt) >= freshFor) {
      reading ??= read(at).finally(() => {
        reading = undefined;
      });
      await reading;
    }
    const kept = known.get(id);
    if (kept !== undefined && 'error' in kept) throw kept.error;
    return kept?.entry;
  };
  const forget = () => {
    changes += 1;
    readAt = Number.NEGATIVE_INFINITY;
  };

  return {
    async authenticate(id, secret, at) {
      const entry = await find(id, at);
      const secrets = entry?.secrets.filter(({ until }) => until === undefined || at < until) ?? [];
      const hashes = secrets.length > 0 ? secrets.map((kept) => kept.hash) : [nobody];
      const matches = hashes.map((kept) => secretMatches(secret, kept)).includes(true);
      if (!entry || secrets.length === 0 || !matches || entry.client.disabledAt !== undefined) {
        throw new SealgateError('client_unauthenticated');
      }
      return entry.client as AuthenticatedClient;
    },

    async find(id, at) {
      const client = (await find(id, at))?.client;
      return client?.disabledAt === undefined ? client : undefined;
    },

    async list() {
      const rows = await database.read({ sql: `${select} ORDER BY id`, parameters: [] });
      return rows.map(toClient);
    },

    async add(registration, at) {
      const { secret, secretHash } = makeSecret();
      const secrets: KeptSecret[] = [{ hash: secretHash, createdAt: at }];
      await database.write({
        statements: [
          {
            sql: `INSERT INTO client (id, registration, secrets, created_at) VALUES (?, ?, ?, ?)
                  ON CONFLICT (id) DO NOTHING`,
            parameters: [registration.id, JSON.stringify(registration), JSON.stringify(secrets), at],
            refusal: taken,
          },
        ],
        journal: [
          auditEntry({ event: 'client.added', at, client: registration.id, ...conceded(registration) }),
        ],
      });
      forget();
      const entry = await find(registration.id, at);
      if (!entry) throw new SealgateError('storage_unavailable');
      return { client: entry.client, secret };
    },

    async seed(registration, secretHashes, at) {
      const [row] = await database.read({ sql: `${select} WHERE id = ?`, parameters: [registration.id] });
      const given = secretHashes.map((hash) => ({ hash, createdAt: at }));
      const secrets = given.length > 0 ? given : row ? (JSON.parse(String(row.secrets)) as KeptSecret[]) : [];
      const text = JSON.stringify(registration);
      if (row?.registration === text && sameHashes(JSON.parse(String(row.secrets)), secrets)) return;
      await database.write({
        statements: [
          {
            sql: `INSERT INTO client (id, registration, secrets, created_at) VALUES (?, ?, ?, ?)
                  ON CONFLICT (id) DO UPDATE SET registration = excluded.registration, secrets = excluded.secrets`,
            parameters: [registration.id, text, JSON.stringify(secrets), at],
          },
        ],
        journal: [
          auditEntry({ event: 'client.configured', at, client: registration.id, ...conceded(registration) }),
        ],
      });
      forget();
    },

    async rotate(id, overlap, at) {
      const [row] = await database.read({ sql: `${select} WHERE id = ?`, parameters: [id] });
      const { secret, secretHash } = makeSecret();
      const older = row ? (JSON.parse(String(row.secrets)) as KeptSecret[]) : [];
      const secrets: KeptSecret[] = [
        { hash: secretHash, createdAt: at },
        ...older
          .map((kept) => ({ ...kept, until: Math.min(kept.until ?? Number.MAX_SAFE_INTEGER, at + overlap) }))
          .filter(({ until }) => until > at),
      ];
      await database.write({
        statements: [
          {
            sql: 'UPDATE client SET secrets = ? WHERE id = ?',
            parameters: [JSON.stringify(secrets), id],
            refusal: notRegistered,
          },
        ],
        journal: [auditEntry({ event: 'client.secret_rotated', at, client: id })],
      });
      forget();
      return secret;
    },

    async disable(id, disabled, at) {
      await database.write({
        statements: [
          {
            sql: 'UPDATE client SET disabled_at = ? WHERE id = ?',
            parameters: [disabled ? at : null, id],
            refusal: notRegistered,
          },
        ],
        journal: [auditEntry({ event: disabled ? 'client.disabled' : 'client.enabled', at, client: id })],
      });
      forget();
    },
  };
}

const columns = ['id', 'registration', 'secrets', 'created_at', 'disabled_at'] as const;
const select = `SELECT ${columns.join(', ')} FROM client`;

/** For the audit: what of the policy differs from the strict one, as the configuration file would have it. */
function conceded({ policy }: Registration): Pick<AuditEvent, 'details'> {
  const changed = changedSettings(policy);
  if (changed.length === 0) return {};
  return {
    details: { policy: policyWith(new Map(changed.map(({ setting, value }) => [setting.name, value]))) },
  };
}

function keptRow(row: Row, before: KeptRow | undefined): KeptRow {
  if (before !== undefined && columns.every((column) => before.row[column] === row[column])) return before;
  try {
    const secrets = JSON.parse(String(row.secrets)) as KeptSecret[];
    return { row, entry: { client: toClient(row), secrets } };
  } catch (error) {
    return { row, entry: undefined, error };
  }
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
