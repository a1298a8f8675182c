import { auditEntry } from '../audit/record.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { attributeOids } from '../certificate/name.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import { type Condition, condition, type Database, type Statement } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { type AuthorityBasis, isHead } from '../organisation/basis.ts';
import { reachesClass, type ToolClass, toolClassOfAcr } from '../qualified/tool-class.ts';
import { shownName } from '../subject/shown-name.ts';

/**
 * Who put a certificate on the organisation's list: the sign-in that connected or confirmed it. One relying party may
 * be content with a sign-in that another would refuse, so that each connection is judged by whoever asks for one.
 */
export interface ConnectionProof {
  /** Identifier of the relying party through which they signed in. */
  readonly relyingParty: string;
  readonly basis: AuthorityBasis;
  /** Claim `acr` of their own sign-in. */
  readonly acr: string;
}

/** Certificates that one organisation may have had connected at once, disconnected ones among them. */
const mostCarriers = 1_000;

/**
 * Connects a certificate whose key has been proven, in one unit with the statements of `together`, which may refuse
 * it. One that was connected before gets the new name, and this connection beside those that it has. Rejects with
 * `carrier_quota`, and with `organisation_view_forbidden` where a representative connects what was disconnected by
 * somebody else than a representative.
 */
export async function connectCarrier(
  database: Database,
  subject: string,
  certificate: Certificate,
  carrier: { readonly name: string; readonly holder: string },
  proof: ConnectionProof,
  at: number,
  { traceId, together = [] }: { readonly traceId?: string; readonly together?: readonly Statement[] } = {},
): Promise<void> {
  const thumbprint = thumbprintOf(certificate);
  await database.write({
    statements: [
      ...together,
      ...(proof.basis === 'power-of-attorney' ? [notTakenAway(subject, thumbprint)] : []),
      {
        sql: `INSERT INTO carrier (subject, certificate, name, holder, email, serial_number, issuer,
                expires_at, connected_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (subject, certificate) DO UPDATE SET
                name = excluded.name, connected_at = excluded.connected_at, disconnected_at = NULL`,
        parameters: [
          subject,
          thumbprint,
          carrier.name,
          carrier.holder,
          certificate.subject.text(attributeOids.email) ?? '',
          certificate.serialNumberHex,
          shownName(certificate.issuer.toString()).text,
          certificate.notAfter,
          at,
        ],
      },
      condition(
        'SELECT 1 FROM (SELECT count(*) AS kept FROM carrier WHERE subject = ?) AS counted WHERE kept <= ?',
        [subject, mostCarriers],
        'carrier_quota',
      ),
      keepProof(subject, thumbprint, proof, at),
    ],
    journal: [
      auditEntry({
        event: 'carrier.connected',
        at,
        subject,
        certificate: thumbprint,
        client: proof.relyingParty,
        ...defined({ traceId }),
        details: { basis: proof.basis, acr: proof.acr },
      }),
    ],
  });
}

/** Confirms a connection that somebody else has made. Rejects with `carrier_unknown`. */
export async function confirmCarrier(
  database: Database,
  subject: string,
  certificate: string,
  proof: ConnectionProof,
  at: number,
  traceId?: string,
): Promise<void> {
  await database.write({
    statements: [
      condition(
        'SELECT 1 FROM carrier WHERE subject = ? AND certificate = ? AND disconnected_at IS NULL',
        [subject, certificate],
        { code: 'carrier_unknown', details: { certificate } },
      ),
      keepProof(subject, certificate, proof, at),
    ],
    journal: [
      auditEntry({
        event: 'carrier.confirmed',
        ...{ at, subject, certificate },
        client: proof.relyingParty,
        ...defined({ traceId }),
        details: { basis: proof.basis, acr: proof.acr },
      }),
    ],
  });
}

/** Each kind of proof once, so that a weaker one never takes the place of a stronger. */
function keepProof(subject: string, certificate: string, proof: ConnectionProof, at: number): Statement {
  const { relyingParty, basis, acr } = proof;
  return {
    sql: `INSERT INTO carrier_connection (subject, certificate, client, basis, acr, connected_at)
          VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (subject, certificate, client, basis, acr) DO UPDATE SET
            connected_at = excluded.connected_at`,
    parameters: [subject, certificate, relyingParty, basis, acr, at],
  };
}

function notTakenAway(subject: string, certificate: string): Condition {
  return condition(
    `SELECT 1 WHERE NOT EXISTS (
       SELECT 1 FROM carrier WHERE subject = ? AND certificate = ? AND disconnected_at IS NOT NULL
         AND disconnected_by IS DISTINCT FROM 'power-of-attorney')`,
    [subject, certificate],
    {
      code: 'organisation_view_forbidden',
      details: { organisation: subject.slice('ogrn:'.length) },
    },
  );
}

/** Who asks for a connected certificate, and who signs in by it. */
export interface ConnectionQuestion {
  readonly relyingParty: string;
  readonly policy: {
    readonly requireQualified: boolean;
    readonly minimumClass: ToolClass;
    readonly requireRegistered: boolean;
  };
  /** By what right the signer acts, found out under this policy. */
  readonly basis: AuthorityBasis;
}

/** More kinds of proof than these are not looked at. */
const mostProofs = 200;

/**
 * Expects a certificate to be on the organisation's list by somebody who may put it there in the eyes of whoever asks.
 * That is the organisation's decision, which its head takes; so it counts where
 *
 * - the head signs in by it: connecting it took a signature by that very key;
 * - the head has connected or confirmed it, signed in by a certificate that is as qualified as is asked for here;
 * - somebody has to whom nothing but the organisation's certificate gave the right, where that is enough here too;
 * - a representative has, through this very relying party: its own rules let them.
 *
 * What a representative connects elsewhere, where less may be asked for, waits for the head. Throws
 * `certificate_not_bound`.
 */
export async function expectConnected(
  database: Database,
  subject: string,
  certificate: Certificate,
  question: ConnectionQuestion,
): Promise<void> {
  const thumbprint = thumbprintOf(certificate);
  const [carrier] = await database.read({
    question: 'carrier/1',
    sql: 'SELECT 1 AS connected FROM carrier WHERE subject = ? AND certificate = ? AND disconnected_at IS NULL',
    parameters: [subject, thumbprint],
  });
  const named = { certificate: certificate.sha256 };
  if (carrier === undefined) throw new SealgateError('certificate_not_bound', named);
  if (isHead(question.basis)) return;
  const rows = await database.read({
    question: 'carrier.connections/1',
    sql: `SELECT client, basis, acr FROM carrier_connection WHERE subject = ? AND certificate = ?
          ORDER BY client, basis, acr LIMIT ?`,
    parameters: [subject, thumbprint, mostProofs],
  });
  const counts = rows.some((row) =>
    isEnough(
      {
        relyingParty: String(row.client),
        basis: row.basis as AuthorityBasis,
        acr: String(row.acr),
      },
      question,
    ),
  );
  if (!counts) throw new SealgateError('certificate_not_bound', { ...named, problem: 'carrier-unconfirmed' });
}

function isEnough(
  { relyingParty, basis, acr }: ConnectionProof,
  { relyingParty: asking, policy }: ConnectionQuestion,
): boolean {
  const toolClass = toolClassOfAcr(acr);
  const isQualified = toolClass !== undefined && reachesClass(toolClass, policy.minimumClass);
  if (policy.requireQualified && !isQualified) return false;
  if (isHead(basis)) return true;
  if (basis === 'certificate') return !policy.requireRegistered;
  return relyingParty === asking;
}
