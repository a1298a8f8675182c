import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { settingsSchema, toConfig } from '../../src/config.ts';
import { toPem } from '../../src/encoding/textual.ts';
import { isFailure } from '../../src/error.ts';
import type { Operation, Report } from '../../src/operator/operate.ts';
import {
  addReport,
  diffReport,
  listReport,
  readCertificate,
  removeReport,
  showReport,
} from '../../src/operator/trust.ts';
import { fetchDocument, importReport } from '../../src/operator/trust-import.ts';
import { type Line, showLines } from '../../src/terminal/table.ts';
import { purposes } from '../../src/trust-list/local.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { createMinistry, day, entryOf, type Ministry, makeList, ministryEntry } from './authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-trust-'));
let ministry: Ministry;
let server: Server;
let address: string;
const served = new Map<string, Uint8Array>();

let temporary: TemporaryDatabase;

/** What a command would say: its report's lines, or the code of its failure. */
const textOf = (lines: readonly Line[]) => showLines(lines, undefined).text;

async function say(work: (operation: Operation) => Promise<Report>): Promise<Report> {
  const { database, secrets } = temporary;
  const settings = { anchors: join(folder, 'pins'), revocationNetworks: '127.0.0.0/8' };
  const config = toConfig(settingsSchema.parse(settings));
  return work({ database, secrets, config, at: Date.now() });
}

async function codeOf(work: (operation: Operation) => Promise<Report>): Promise<string> {
  try {
    await say(work);
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

const plain = { purpose: [...purposes] };

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

beforeAll(async () => {
  temporary = temporaryDatabase();
  ministry = await createMinistry('ecdsa-p256', { serve: {}, now: Date.now });
  server = createServer((request, response) => {
    if (request.url === '/moved.xml') {
      response.writeHead(302, { location: '/list.xml' }).end();
      return;
    }
    const body = served.get(request.url ?? '');
    response.statusCode = body === undefined ? 503 : 200;
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await ministry.authority.close();
  await temporary.dispose();
  rmSync(folder, { recursive: true });
});

/** `sealgate trust import SOURCE`. */
async function fetchAndImport(operation: Operation, source: string): Promise<Report> {
  return importReport(operation, source, await fetchDocument(source, operation.config));
}

// One story, told in order: each step works on what the steps before it left.
describe('sealgate trust', () => {
  it('add refuses a root that no pin names', async () => {
    const root = file('root.cer', ministry.authority.root.certificate);
    expect(await codeOf(async (operation) => addReport(operation, await readCertificate(root), plain))).toBe(
      'trust_anchor_unpinned',
    );
  });

  it('add trusts a root that the operator confirms, and a signer of lists', async () => {
    const root = join(folder, 'root.cer');
    const options = { ...plain, unpinned: true };
    expect(
      await say(async (operation) =>
        addReport(operation, await readCertificate(root), { ...options, note: 'by hand' }),
      ),
    ).toMatchObject({ exitCode: 0, json: { roles: ['anchor'] } });
    const signer = file('signer.pem', Buffer.from(toPem('CERTIFICATE', ministry.signer.certificate)));
    const added = await say(async (operation) =>
      addReport(operation, await readCertificate(signer), { ...options, as: ['list-signer'] }),
    );
    expect(added.lines.at(-1)).toBe('is trusted as list-signer');
  });

  it('add names a file that cannot be read, and a certificate that is none', async () => {
    const absent = join(folder, 'absent.cer');
    expect(
      await codeOf(async (operation) => addReport(operation, await readCertificate(absent), plain)),
    ).toBe('file_unreadable');
    const empty = file('empty.cer', new Uint8Array());
    expect(await codeOf(async (operation) => addReport(operation, await readCertificate(empty), plain))).toBe(
      'encoding_unexpected',
    );
  });

  it('import takes the list from a file', async () => {
    const list = file('list.xml', await makeList(ministry, { version: 7, date: Date.now() - 2 * day }));
    const { exitCode, lines } = await say((operation) => fetchAndImport(operation, list));
    expect(exitCode).toBe(0);
    expect(lines).toEqual([expect.stringContaining('version 7 of'), '2 added, 2 keys added']);
  });

  it('import takes a newer one from an address, and shows what changed', async () => {
    const added = await createAuthority({ at: Date.now() });
    const { accredited } = ministry.authority;
    const keys = [[accredited.certificate], [added.accredited.certificate]];
    const list = await makeList(ministry, {
      version: 8,
      date: Date.now() - day,
      authorities: [ministryEntry(ministry), entryOf(ministry, { keys })],
    });
    served.set('/list.xml', list);
    const report = await say((operation) => fetchAndImport(operation, `${address}/list.xml`));
    expect(report.json).toMatchObject({
      kind: 'imported',
      version: 8,
      changes: { authorities: [{ kind: 'keys', keysAdded: 1 }] },
    });
  });

  it('import refuses an older list, a foreign one, and an address or a file that gives none', async () => {
    const foreign = file('foreign.xml', await makeList(await createMinistry(), { version: 9 }));
    const code = (source: string) => codeOf((operation) => fetchAndImport(operation, source));
    expect(await code(join(folder, 'list.xml'))).toBe('trust_list_outdated');
    expect(await code(foreign)).toBe('trust_list_untrusted');
    expect(await code(`${address}/none.xml`)).toBe('trust_list_unreachable');
    expect(await code('http://127.0.0.1:1/list.xml')).toBe('trust_list_unreachable');
    expect(await code(join(folder, 'absent.xml'))).toBe('file_unreadable');
  });

  it('import follows no redirect', async () => {
    expect(await codeOf((operation) => fetchAndImport(operation, `${address}/moved.xml`))).toBe(
      'trust_list_unreachable',
    );
  });

  it('list shows versions and own certificates', async () => {
    const { json, lines } = await say(listReport);
    const { lists, own } = json as { lists: { version: number }[]; own: { role: string }[] };
    expect(lists.map(({ version }) => version)).toEqual([8, 7]);
    expect(own.map(({ role }) => role).toSorted()).toEqual(['anchor', 'list-signer']);
    expect(textOf(lines)).toContain('by hand');
  });

  it('show describes an authority by OGRN or a part of its name, also of an older list', async () => {
    const { lines } = await say((operation) => showReport(operation, '1259900000029'));
    const text = textOf(lines);
    for (const part of [/OGRN +1259900000029/, /INN +9900000024/, /standing +Действует/])
      expect(text).toMatch(part);
    expect(text).toContain(parseCertificate(ministry.authority.accredited.certificate).sha256);
    expect((await say((operation) => showReport(operation, 'министерство'))).exitCode).toBe(0);
    expect((await say((operation) => showReport(operation, 'nobody'))).exitCode).toBe(1);
    const older = await say((operation) => showReport(operation, '1259900000029', 7));
    expect(older.json).toMatchObject([{ status: 'accredited', keys: [{}] }]);
    expect(await codeOf((operation) => showReport(operation, 'x', 6))).toBe('argument_invalid');
  });

  it('diff compares the last two lists', async () => {
    const { lines } = await say((operation) => diffReport(operation));
    expect(lines[0]).toBe('7 → 8: 1 with other keys, 1 keys added');
  });

  it('remove ends the trust in a certificate', async () => {
    const { sha256 } = parseCertificate(ministry.signer.certificate);
    expect((await say((operation) => removeReport(operation, sha256))).exitCode).toBe(0);
    expect((await say((operation) => removeReport(operation, sha256))).exitCode).toBe(1);
  });

  it('as a program tells a refusal with its code and remedy, and ends with 1', () => {
    const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [cli, 'trust', 'add', join(folder, 'root.cer')], {
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C', SEALGATE_DATA: folder, SEALGATE_ANCHORS: join(folder, 'pins') },
    });
    expect(stderr).toContain('[trust_anchor_unpinned]');
    expect(stderr).toContain('sealgate trust add FILE --unpinned');
    expect(status).toBe(1);
  });
});
