import { hash } from 'node:crypto';
import { findRecord, recordsNaming, type StoredRecord } from '../audit/read.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import type { Database } from '../database/database.ts';
import { journalStart } from '../database/journal.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { reportPage } from '../report/page.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import { snapshotInForce } from '../trust-list/snapshot.ts';
import { fileNames, type Manifest, objectName, packBundle } from './bundle.ts';
import { readEvidence } from './keep.ts';
import { readObject } from './objects.ts';
import { evidenceSchema, type ReadRecord } from './record.ts';
import { type SealSigner, sealManifest } from './seal.ts';

const shape = {
  number: /^\d{1,15}$/,
  id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/,
};

/**
 * The evidence of one login as a ZIP archive: `id` is the number of its record in the audit, its session or its
 * trace id. It is sealed by `sealer`; without one nobody can tell later where it comes from. Throws `evidence_unknown`
 * where there is none, or not any more, `storage_unavailable`, and as the sealer does.
 */
export async function exportEvidence(
  database: Database,
  id: string,
  sealer?: SealSigner,
): Promise<Uint8Array> {
  const audit = await findSignIn(database, id);
  const { evidence: digest } = JSON.parse(audit.record) as { readonly evidence?: string };
  if (digest === undefined) throw unknown(id, 'evidence was not kept');
  const kept = await readEvidence(database, audit.at, digest);
  if (kept === undefined) throw unknown(id, 'evidence is past its time');
  const evidence = evidenceSchema.parse(JSON.parse(kept.record));
  const object = async (sha256: string): Promise<Uint8Array> => {
    const octets = await readObject(database, sha256);
    if (octets === undefined || hash('sha256', octets) !== sha256) throw unknown(id, `object ${sha256}`);
    return octets;
  };
  const files = new Map<string, Uint8Array>();
  files.set(fileNames.evidence, Buffer.from(kept.record));
  files.set(fileNames.message, kept.message);
  files.set(fileNames.challenge, Buffer.from(evidence.challenge.text));
  files.set(fileNames.policy, await object(evidence.client));
  for (const { sha256, der } of messageCertificates(kept.message)) {
    files.set(objectName.certificate(sha256), der);
  }
  for (const sha256 of evidence.certificates) files.set(objectName.certificate(sha256), await object(sha256));
  for (const sha256 of evidence.trust) files.set(objectName.trust(sha256), await object(sha256));
  for (const sha256 of evidence.toldObjects) files.set(objectName.told(sha256), await object(sha256));
  for (const { kind, sha256 } of evidence.revocation)
    files.set(objectName[kind](sha256), await object(sha256));
  if (evidence.power !== null) {
    files.set(objectName.power, await object(evidence.power.document));
    files.set(objectName.powerSignature, await object(evidence.power.signature));
  }
  const report = await reportOf(database, evidence, audit);
  files.set(fileNames.reportJson, Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
  files.set(fileNames.reportHtml, Buffer.from(pageOf(evidence, audit)));
  return packBundle(files, audit, sealer && ((manifest) => sealManifest(sealer, manifest)));
}

async function findSignIn(database: Database, id: string): Promise<Manifest['audit']> {
  const found = (await candidates(database, id)).find(({ record }) => names(record, id));
  if (found === undefined) throw unknown(id, 'no such sign-in');
  const { sequence, at, record, hash: own } = found;
  const previous = (await findRecord(database, sequence - 1))?.hash ?? journalStart;
  return {
    sequence,
    at,
    record,
    previous: Buffer.from(previous).toString('hex'),
    hash: Buffer.from(own).toString('hex'),
  };
}

async function candidates(database: Database, id: string): Promise<readonly StoredRecord[]> {
  if (shape.id.test(id)) return recordsNaming(database, id);
  const found = shape.number.test(id) ? await findRecord(database, Number(id)) : undefined;
  return found === undefined ? [] : [found];
}

function names(record: string, id: string): boolean {
  const { event, session, traceId } = JSON.parse(record) as Readonly<Record<string, unknown>>;
  if (!String(event).startsWith('login.')) return false;
  return shape.number.test(id) || session === id || traceId === id;
}

function unknown(id: string, problem: string): SealgateError {
  return new SealgateError('evidence_unknown', { id, problem });
}

/** For looking at; what cannot be read is in the message itself. */
function messageCertificates(message: Uint8Array) {
  try {
    return parseSignedData(message).certificates.flatMap((der) => {
      try {
        return [parseCertificate(der)];
      } catch (error) {
        if (isFailure(error)) return [];
        throw error;
      }
    });
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
}

async function reportOf(database: Database, evidence: ReadRecord, audit: Manifest['audit']) {
  const { at, traceId, challenge, result, verdict } = evidence;
  const snapshot = await snapshotInForce(database, at);
  return {
    at: new Date(at).toISOString(),
    traceId,
    audit: { sequence: audit.sequence, hash: audit.hash },
    client: challenge.relyingParty,
    origin: challenge.origin,
    result,
    trustList:
      snapshot === undefined
        ? null
        : {
            version: snapshot.version,
            date: new Date(snapshot.date).toISOString(),
            importedAt: new Date(snapshot.importedAt).toISOString(),
            sha256: snapshot.sha256,
            source: snapshot.source,
            signer: snapshot.signer,
          },
    verdict,
  };
}

const factNames = {
  organisation: { en: 'Organisation', ru: 'Организация' },
  signer: { en: 'Signer', ru: 'Подписавший' },
  client: { en: 'Portal', ru: 'Портал' },
  trace: { en: 'Trace id', ru: 'Номер обращения' },
  audit: { en: 'Record of the audit', ru: 'Запись журнала' },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

function pageOf({ at, traceId, challenge, result, verdict }: ReadRecord, audit: Manifest['audit']) {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const { name, inn, ogrn } = (result?.organisation ?? {}) as Readonly<Record<string, unknown>>;
  const organisation = [text(name), inn && `ИНН ${text(inn)}`, ogrn && `ОГРН ${text(ogrn)}`];
  const signer = (result?.signer ?? {}) as Readonly<Record<string, unknown>>;
  return reportPage({
    at,
    verdict,
    text: challenge.text,
    facts: [
      ...(result === null
        ? []
        : [
            [factNames.organisation, organisation.filter(Boolean).join(', ')] as const,
            [
              factNames.signer,
              [text(signer.name), text(signer.position)].filter(Boolean).join(', '),
            ] as const,
          ]),
      [factNames.client, `${challenge.relyingParty}, ${challenge.origin}`],
      [factNames.trace, traceId],
      [factNames.audit, `${audit.sequence}, ${audit.hash}`],
    ],
  });
}
