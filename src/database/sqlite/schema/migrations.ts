import type { Migration } from '../migration.ts';
import { firstTables } from './01-first-tables.ts';
import { trust } from './02-trust.ts';
import { revocation } from './03-revocation.ts';
import { organisations } from './04-organisations.ts';
import { evidence } from './05-evidence.ts';
import { watch } from './06-watch.ts';
import { powerSigners } from './07-power-signers.ts';
import { messageRevocation } from './08-message-revocation.ts';
import { lockOuts } from './09-lock-outs.ts';
import { signIns } from './10-sign-ins.ts';
import { seals } from './11-seals.ts';
import { heldRevocation } from './12-held-revocation.ts';
import { watchedPaths } from './13-watched-paths.ts';
import { powerColumns } from './14-power-columns.ts';
import { messageParts } from './15-message-parts.ts';
import { carrierConnections } from './16-carrier-connections.ts';
import { writeProbe } from './17-write-probe.ts';
import { openidConnect } from './18-openid-connect.ts';
import { esia } from './19-esia.ts';
import { storedKeys } from './20-stored-keys.ts';
import { replicas } from './21-replicas.ts';
import { sessionUse } from './22-session-use.ts';
import { account } from './23-account.ts';
import { unusualSignIns } from './24-unusual-sign-ins.ts';
import { esiaKeys } from './25-esia-keys.ts';
import { auditIndex } from './26-audit-index.ts';
import { refusedRequests } from './27-refused-requests.ts';
import { esiaReach } from './28-esia-reach.ts';
import { documentArchive } from './29-document-archive.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [
  firstTables,
  trust,
  revocation,
  organisations,
  evidence,
  watch,
  powerSigners,
  messageRevocation,
  lockOuts,
  signIns,
  seals,
  heldRevocation,
  watchedPaths,
  powerColumns,
  messageParts,
  carrierConnections,
  writeProbe,
  openidConnect,
  esia,
  storedKeys,
  replicas,
  sessionUse,
  account,
  unusualSignIns,
  esiaKeys,
  auditIndex,
  refusedRequests,
  esiaReach,
  documentArchive,
];
