import { hash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { type Challenge, keepChallenge } from '../challenge/challenge.ts';
import type { Database, Statement } from '../database/database.ts';
import { Allowance } from '../relying-party/allowance.ts';
import type { Registration } from '../relying-party/registration.ts';
import type { LoginVerdict } from '../report/login-verdict.ts';
import type { Findings } from './findings.ts';
import { forgetObjects, type KeptObject, ObjectWriter } from './objects.ts';
import { toldOfSources } from './recalled-fetches.ts';
import type { EvidenceRecord } from './record.ts';

/** One login, passed or refused, of which evidence is to be kept. */
export interface KeptLogin {
  readonly at: number;
  readonly traceId: string;
  readonly client: Registration;
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly findings: Findings;
  /** A power of attorney that came along. */
  readonly power?: { readonly document: Uint8Array; readonly signature: Uint8Array } | undefined;
  readonly verdict: LoginVerdict;
  /** What the verification gave, where it passed. */
  readonly verified?: VerificationResult | undefined;
}

/** What a verification gives, as far as evidence keeps it. */
export interface VerificationResult {
  readonly organisation: object;
  readonly signer: object;
  readonly certificateThumbprint: string;
  readonly acr: string;
  readonly revocation?: object | undefined;
}

/** Evidence ready to be written together with the session and the audit record. */
export interface PreparedEvidence {
  /** SHA-256 of the record, base64url; it goes into the audit. */
  readonly digest: string;
  readonly statements: readonly Statement[];
  /** To be called once the statements are durable. */
  written(): void;
}

/** Keeps what logins rested on, for as long as the operator wants it kept. */
export interface EvidenceKeeper {
  /** Undefined for a refusal beyond what refusals may fill. Rejects with `storage_unavailable`. */
  prepare(login: KeptLogin): Promise<PreparedEvidence | undefined>;
  /** Removes what is past its time at `at` (ms), a little at a time. */
  forget(at: number): readonly Statement[];
}

/**
 * How far a refused login came. Before a valid path was found anybody could have made the message and every
 * certificate in it; after that somebody whom an authority knows signed this very challenge.
 */
export type RefusalKind = 'before-path' | 'after-path';

/** How much is kept. */
export interface KeepSettings {
  /** For how long, ms. */
  readonly retention: number;
  /** What refusals before a valid path may fill, for each relying party, octets an hour. */
  readonly refusedOctets: number;
  /** Told of every refusal of which nothing but the audit tells. */
  readonly notKept?: (kind: RefusalKind) => void;
}

/**
 * The same for refusals after a valid path, octets an hour: a thousand of them, as when a responder is out. Whoever
 * sends more is known by name, and stays in the audit.
 */
const provenOctets = 16 * 1024 * 1024;

/** So many octets an hour for each relying party, an hour's worth at once. */
function hourly(octets: number): Allowance {
  return new Allowance({ capacity: octets, perSecond: octets / 3_600 });
}

/** Keeps evidence in `database`. */
export function evidenceKeeper(database: Database, settings: KeepSettings): EvidenceKeeper {
  const { retention, refusedOctets, notKept } = settings;
  const objects = new ObjectWriter(database);
  const allowances = {
    'before-path': hourly(refusedOctets),
    'after-path': hourly(provenOctets),
  } as const satisfies Record<RefusalKind, Allowance>;
  return {
    async prepare(login) {
      const { at, findings, message } = login;
      const refusal = refusalOf(login);
      const client = clientObject(login.client);
      // What comes along is looked at only once the path is valid, so that before it nothing rests on it.
      const power =
        refusal !== 'before-path' && login.power !== undefined ? powerObjects(login.power) : undefined;
      const brought = [...Object.values(power ?? {}), ...ownObjects(findings)];
      const needed = [client, ...brought, ...sharedObjects(findings)];
      const record = JSON.stringify(recordOf(login, client, power));
      if (refusal !== undefined) {
        const octets = message.length + Buffer.byteLength(record) + objects.missing(brought, at);
        if (!allowances[refusal].take(login.client.id, octets, at)) {
          notKept?.(refusal);
          return undefined;
        }
      }
      const digest = hash('sha256', record, 'base64url');
      const statements = await objects.statements(needed, at);
      return {
        digest,
        statements: [...statements, insertion(at, digest, record, message)],
        written: () => objects.written(needed, at),
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

const clients = new WeakMap<Registration, KeptObject>();

/** What a relying party had registered, without anything secret. */
function clientObject(client: Registration): KeptObject {
  const known = clients.get(client);
  if (known !== undefined) return known;
  const { id, name, origins, language, audiences, policy } = client;
  const made = objectOf(JSON.stringify({ id, name, origins, language, audiences, policy }));
  clients.set(client, made);
  return made;
}

/** Undefined for a login that passed. */
function refusalOf({ verdict, verified, findings }: KeptLogin): RefusalKind | undefined {
  if (verdict.code === undefined) return undefined;
  return verified !== undefined || findings.hasPath ? 'after-path' : 'before-path';
}

function powerObjects({ document, signature }: NonNullable<KeptLogin['power']>) {
  return { document: objectOf(document), signature: objectOf(signature) };
}

/**
 * What a login can bring of its own: OCSP answers about its certificate, and excerpts of what is trusted, of which
 * strangers can have many made, because they turn on the names in the message.
 */
function ownObjects({ trust, pieces }: Findings): readonly KeptObject[] {
  return [
    ...trust.map(({ sha256, json }) => ({ sha256, octets: Buffer.from(json) })),
    ...pieces.filter(({ kind }) => kind === 'ocsp').map(({ sha256, der }) => ({ sha256, octets: der })),
  ];
}

/** Trusted certificates and lists: what there is of them does not turn on the login. */
function sharedObjects({ trust, pieces }: Findings): readonly KeptObject[] {
  const certificates = trust.flatMap((each) => [...each.certificates.values()]);
  return [
    ...certificates.map(({ sha256, der }) => ({ sha256, octets: der })),
    ...pieces.filter(({ kind }) => kind === 'crl').map(({ sha256, der }) => ({ sha256, octets: der })),
  ];
}

function objectOf(content: string | Uint8Array): KeptObject {
  return { sha256: hash('sha256', content), octets: Buffer.from(content) };
}

function recordOf(
  login: KeptLogin,
  client: KeptObject,
  power: { readonly document: KeptObject; readonly signature: KeptObject } | undefined,
): EvidenceRecord {
  const { at, traceId, challenge, message, findings, verdict, verified } = login;
  const { trust, pieces } = findings;
  return {
    version: 1,
    at,
    traceId,
    client: client.sha256,
    challenge: keepChallenge(challenge),
    message: hash('sha256', message),
    power:
      power === undefined ? null : { document: power.document.sha256, signature: power.signature.sha256 },
    trust: trust.map(({ sha256 }) => sha256),
    certificates: [...new Set(trust.flatMap((each) => [...each.certificates.keys()]))],
    revocation: pieces.map(({ kind, url, key, sha256 }) => ({ kind, url, key, sha256 })),
    asked: findings.asked,
    told: [...findings.told, ...toldOfSources(findings.consulted.problems)],
    isVerified: verified !== undefined,
    result:
      verified === undefined
        ? null
        : {
            organisation: { ...verified.organisation },
            signer: { ...verified.signer },
            certificate: verified.certificateThumbprint,
            acr: verified.acr,
            revocation: verified.revocation === undefined ? null : { ...verified.revocation },
          },
    verdict,
  };
}

function insertion(at: number, digest: string, record: string, message: Uint8Array): Statement {
  return {
    sql: `INSERT INTO evidence (at, digest, record, message) VALUES (?, ?, ?, ?)
          ON CONFLICT (at, digest) DO NOTHING`,
    parameters: [at, digest, { text: record }, Uint8Array.from(message)],
  };
}

/** In octets; a record is a hundredth of it. */
const largestRecord = 4 * 1024 * 1024;

/** The record and the message kept under a digest that the audit names; undefined where they are not kept any more. */
export async function readEvidence(
  database: Database,
  at: number,
  digest: string,
): Promise<{ readonly record: string; readonly message: Uint8Array } | undefined> {
  const [row] = await database.read({
    sql: 'SELECT record, message FROM evidence WHERE at = ? AND digest = ?',
    parameters: [at, digest],
  });
  if (row === undefined) return undefined;
  const packed = row.record as Uint8Array;
  const record = zstdDecompressSync(packed, { maxOutputLength: largestRecord }).toString();
  return { record, message: row.message as Uint8Array };
}
