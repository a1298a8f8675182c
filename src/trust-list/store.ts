import { extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Database } from '../database/database.ts';
import { fault, readFailure, SealgateError } from '../error.ts';
import { loadedGost } from '../gost/engine.ts';
import type { TrustList } from './list.ts';
import type { ListTrust } from './list-trust.ts';
import type { LocalCertificate } from './local-store.ts';
import { readLocal } from './local-store.ts';
import { joinPins, noPins, type Pins } from './pin.ts';
import { readTrustListInPieces } from './read.ts';
import { readDocument, type Snapshot, snapshotInForce } from './snapshot.ts';
import type { VerifierAnswer, VerifierQuestion } from './verifier.ts';
import { type TrustView, trustViewOf } from './view.ts';

/** What a running service trusts, kept up to date with what operators import and add. */
export interface TrustStore {
  /** What is trusted now; sign-ins take it once and stay with it. */
  readonly current: TrustView;
  /**
   * Looks whether an import or an operator changed anything, and takes it over; to be called every few seconds, `at`
   * in ms. A new list is verified on another thread and read in small pieces, while sign-ins go on with the old one.
   * Resolves to whether anything changed. Rejects as `openSignedList` throws where the new list does not hold, and
   * with `storage_unavailable`; what was trusted before stays in force then.
   */
  refresh(at: number): Promise<boolean>;
}

/** Opens the store on `database`, with the pins that the configuration brings. Rejects as `refresh` does. */
export async function openTrustStore(database: Database, pins: Pins, at: number): Promise<TrustStore> {
  const read = async (now: number) => {
    const [snapshot, local] = await Promise.all([snapshotInForce(database, now), readLocal(database, now)]);
    return { snapshot, local, mark: markOf(snapshot, local) };
  };
  const first = await read(at);
  let { mark } = first;
  let current = await loadView(database, pins, first.snapshot, first.local);
  let running: Promise<boolean> | undefined;

  const refresh = async (now: number): Promise<boolean> => {
    const found = await read(now);
    if (found.mark === mark) return false;
    current = await loadView(database, pins, found.snapshot, found.local);
    mark = found.mark;
    return true;
  };

  return {
    get current() {
      return current;
    },
    refresh(now) {
      running ??= refresh(now).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** What was trusted at `at` (ms): the list that was in force then, and what the operator trusted then. */
export async function trustAsOf(database: Database, pins: Pins, at: number): Promise<TrustView> {
  return loadView(database, pins, await snapshotInForce(database, at), await readLocal(database, at));
}

function markOf(snapshot: Snapshot | undefined, local: readonly LocalCertificate[]): string {
  const own = local.map(({ certificate, role, addedAt }) => `${role} ${certificate.sha256} ${addedAt}`);
  return [snapshot?.sha256 ?? 'none', ...own].join('\n');
}

/** What is trusted by the list of `snapshot`, verified anew, and the operator's certificates. */
async function loadView(
  database: Database,
  pins: Pins,
  snapshot: Snapshot | undefined,
  local: readonly LocalCertificate[],
): Promise<TrustView> {
  const trust = listTrustOf(pins, local);
  const list = snapshot === undefined ? undefined : await openInBackground(database, snapshot, trust);
  return trustViewOf(list, pins, {
    anchors: ofRole(local, 'anchor').map(({ certificate }) => certificate),
    authorities: ofRole(local, 'authority'),
  });
}

/** What signers of lists are judged by: the pins, and what the operator added. */
export function listTrustOf(pins: Pins, local: readonly LocalCertificate[]): ListTrust {
  const fingerprints = (role: LocalCertificate['role']): string[] =>
    ofRole(local, role).map(({ certificate }) => certificate.sha256);
  const own: Pins = {
    ...noPins,
    roots: new Map(fingerprints('anchor').map((sha256) => [sha256, 'added by the operator'])),
    signerFingerprints: new Set(fingerprints('list-signer')),
  };
  return { pins: joinPins([pins, own]), known: local.map(({ certificate }) => certificate) };
}

function ofRole(local: readonly LocalCertificate[], role: LocalCertificate['role']) {
  return local.filter((entry) => entry.role === role);
}

async function openInBackground(
  database: Database,
  { version, importedAt }: Snapshot,
  trust: ListTrust,
): Promise<TrustList> {
  const document = await readDocument(database, version);
  if (document === undefined) throw new SealgateError('storage_unavailable');
  const content = await verifyOnThread({
    document,
    pins: trust.pins,
    known: trust.known.map(({ der }) => der),
    at: importedAt,
    engine: loadedGost().engine.name,
  });
  const pieces = readTrustListInPieces(content);
  for (;;) {
    const step = pieces.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}

async function verifyOnThread(question: VerifierQuestion): Promise<Uint8Array> {
  const worker = new Worker(new URL(`./verifier${extname(import.meta.url)}`, import.meta.url), {
    workerData: question,
  });
  const answer = await new Promise<VerifierAnswer>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (status) => reject(fault('the verifying thread ended with', status)));
  });
  if ('code' in answer) {
    const { code, details } = answer;
    throw readFailure(code, details) ?? new Error(`the verifying thread failed with ${code}, unreadably`);
  }
  return answer.content;
}
