import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { SealgateError } from '../../src/error.ts';
import { unpackArchive } from '../../src/evidence/archive.ts';
import { openBundle, packBundle } from '../../src/evidence/bundle.ts';
import { exportEvidence } from '../../src/evidence/export.ts';
import { replay } from '../../src/evidence/replay.ts';
import { replayReport } from '../../src/operator/evidence.ts';
import { revocationSettings } from '../../src/revocation/policy-settings.ts';
import {
  employee,
  head,
  organisation,
  register,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import { failureOf } from '../failure-code.ts';
import type { Portal } from '../service/portal.ts';

const day = 86_400_000;

let setting: Setting;
let portal: Portal;
let signer: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal', { requireQualified: true });
  signer = await setting.issue(sampleSubscriber('legal-entity'));
});
afterAll(() => setting.dispose());
afterEach(() => vi.useRealTimers());

/** The evidence of the newest sign-in. */
async function newest(): Promise<Uint8Array> {
  const [row] = await setting.database.read({
    sql: `SELECT sequence FROM journal WHERE record LIKE '%"event":"login.%' ORDER BY sequence DESC LIMIT 1`,
    parameters: [],
  });
  return exportEvidence(setting.database, String(row?.sequence));
}

interface RecordedAnswer {
  readonly same: boolean;
  readonly differences: readonly string[];
  readonly verdict: { readonly indication: string; readonly code?: string };
}

async function replayed(bundle: Uint8Array): Promise<RecordedAnswer & { readonly exitCode: number }> {
  const report = await replayReport(bundle, 'unsealed');
  return { ...(report.json as RecordedAnswer), exitCode: report.exitCode };
}

/** A year on, by the machine's clock. */
function aYearLater(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * day });
}

describe('evidence of a sign-in', () => {
  it('is found by record, session and trace, and holds message, certificates, lists, trust, policy and report', async () => {
    const { status, body, headers } = await setting.signIn(portal, signer);
    expect(status).toBe(200);
    const bundle = await newest();
    for (const id of [body.sessionId, headers.get('x-trace-id') ?? '']) {
      expect(Buffer.from(await exportEvidence(setting.database, id)).equals(bundle)).toBe(true);
    }
    const { files, manifest } = openBundle(bundle);
    const names = [...files.keys()];
    for (const name of ['message.p7s', 'challenge.txt', 'policy.json', 'report.json', 'report.html'])
      expect(names).toContain(name);
    const under = (folder: string) => names.filter((name) => name.startsWith(`${folder}/`)).length;
    expect(under('certificates')).toBe(3);
    expect(under('revocation')).toBe(2);
    expect(under('trust')).toBe(1);
    expect(JSON.parse(manifest.audit.record)).toMatchObject({
      event: 'login.passed',
      session: body.sessionId,
    });
    const page = Buffer.from(files.get('report.html') ?? []).toString();
    expect(page).toContain('Document signature');
    expect(page).toContain('Подпись документа');
    expect(page).not.toMatch(/<script|https?:\/\/(?!127|localhost|portal\.example)[^&]*"/);
  });

  it('replays a year later with the same verdict', async () => {
    expect((await setting.signIn(portal, signer)).status).toBe(200);
    const bundle = await newest();
    aYearLater();
    expect(await replayed(bundle)).toMatchObject({
      exitCode: 0,
      same: true,
      differences: [],
      verdict: { indication: 'TOTAL-PASSED' },
    });
  });

  it('made before failures had typed details replays with the refusal that its register told', async () => {
    const bundle = await readFile(new URL('made-by-0.1.zip', import.meta.url));
    expect(await replayed(bundle)).toMatchObject({
      exitCode: 0,
      differences: [],
      verdict: { code: 'register_unavailable' },
    });
  });

  it('of a revoked certificate replays with the refusal, from the list that named it', async () => {
    // The lists that are held have to end first.
    setting.pass(60 * day);
    const fresh = await setting.issue(sampleSubscriber('legal-entity'));
    setting.authority.accredited.revoke(fresh.serialNumber, 'keyCompromise');
    expect((await setting.signIn(portal, fresh)).body.code).toBe('certificate_revoked');
    const bundle = await newest();
    aYearLater();
    expect(await replayed(bundle)).toMatchObject({
      exitCode: 0,
      differences: [],
      verdict: { indication: 'TOTAL-FAILED', code: 'certificate_revoked' },
    });
  });

  it('of a root that nobody trusts replays with the refusal', async () => {
    const stranger = await createAuthority({ algorithm: 'ecdsa-p256' });
    const other = await stranger.issue({ subscriber: sampleSubscriber('legal-entity') });
    const { body } = await setting.signIn(portal, other);
    expect(body.indication).not.toBe('TOTAL-PASSED');
    expect(await replayed(await newest())).toMatchObject({
      exitCode: 0,
      differences: [],
      verdict: { code: body.code },
    });
  });

  it('of a certificate that is not qualified replays with the refusal', async () => {
    const plain = await setting.authority.issue({
      subscriber: sampleSubscriber('legal-entity'),
      profile: { policies: false, subjectSignTool: false, issuerSignTool: false },
      notBefore: setting.now() - 1000,
    });
    expect((await setting.signIn(portal, plain)).body.code).toBe('certificate_not_qualified');
    expect(await replayed(await newest())).toMatchObject({ exitCode: 0, differences: [] });
  });

  it('of a sign-in by power of attorney replays by what the register said then, whatever it says now', async () => {
    await register(setting.database);
    const powers = await setting.client('powers', { requireQualified: false, requireRegistered: true });
    const chief = await setting.issue({ kind: 'legal-entity', organisation, person: head });
    const natural = await setting.issue({ ...sampleSubscriber('natural-person'), person: employee });
    const power = await setting.power(chief);
    const { status, body } = await setting.signIn(powers, natural, { power });
    expect(status, JSON.stringify(body)).toBe(200);
    const bundle = await newest();
    await register(setting.database, { state: 'closed' });
    expect(await replayed(bundle)).toMatchObject({ exitCode: 0, differences: [] });
    expect((await setting.signIn(powers, natural, { power })).status).toBe(403);
    expect(await replayed(await newest())).toMatchObject({ exitCode: 0, differences: [] });
    await register(setting.database);
  });

  it('of a challenge that was used already replays as verified and refused', async () => {
    const { challenge, content } = await portal.challenge();
    const fresh = await setting.issue(sampleSubscriber('legal-entity'));
    const signature = Buffer.from(await signDetached(Buffer.from(content, 'base64'), fresh, setting.now()));
    const request = {
      ...{ challenge, signature: signature.toString('base64') },
      ...{ origin: 'https://portal.example', browser: 'browser-session-1' },
    };
    expect((await portal.post('/v1/logins', request)).status).toBe(200);
    expect((await portal.post('/v1/logins', request)).body.code).toBe('challenge_used');
    expect(await replayed(await newest())).toMatchObject({
      exitCode: 0,
      differences: [],
      verdict: { code: 'challenge_used' },
    });
  });

  it('of revocation that could not be asked replays with the refusal', async () => {
    const closed = await startSetting();
    try {
      const own = await closed.client('portal', { requireQualified: false });
      const fresh = await closed.issue(sampleSubscriber('legal-entity'));
      await closed.authority.close();
      const { body } = await closed.signIn(own, fresh);
      expect(body).toMatchObject({
        code: 'revocation_unavailable',
        verdict: { indication: 'INDETERMINATE' },
      });
      const bundle = await exportEvidence(closed.database, body.traceId);
      const again = await replayed(bundle);
      expect(again).toMatchObject({ exitCode: 0, differences: [] });
      // The same cause as then, and nothing of the replay's having asked nobody.
      expect(JSON.stringify(again)).toMatch(/connection-failed/);
      expect(JSON.stringify(again)).not.toMatch(/offline|asks nobody/);
    } finally {
      await closed.dispose();
    }
  });

  it('that rests on an OCSP answer with a nonce replays under the same policy', async () => {
    const asked = { order: ['ocsp', 'crl'], requireNonce: true, preferredPatienceSeconds: 5 };
    const revocation = revocationSettings.parse(asked);
    const own = await setting.client('nonce', { requireQualified: true, revocation });
    const { body } = await setting.signIn(own, await setting.issue(sampleSubscriber('legal-entity')));
    expect(JSON.stringify(body.verdict)).toContain('revocation.ocsp');
    expect(await replayed(await newest())).toMatchObject({ exitCode: 0, differences: [] });
  });

  it('shows it where the verification would decide otherwise now', async () => {
    const fresh = await setting.issue(sampleSubscriber('legal-entity'));
    expect((await setting.signIn(portal, fresh)).status).toBe(200);
    const refuseAll = () => async () => {
      throw new SealgateError('signature_invalid', { algorithm: 'none' });
    };
    const { differences } = await replay(openBundle(await newest()), refuseAll);
    expect(differences).toContain('indication: was TOTAL-PASSED, is TOTAL-FAILED');
    expect(differences).toContain('signature: was passed, is failed');
  });

  it('goes when its time is over, and what it rested on with it', async () => {
    const short = await startSetting({ environment: { SEALGATE_EVIDENCE_DAYS: '30' } });
    try {
      const own = await short.client('portal', { requireQualified: false });
      const { body } = await short.signIn(own, await short.issue(sampleSubscriber('legal-entity')));
      const { evidence } = short.service;
      const forget = (days: number) =>
        short.database.write({ statements: [...(evidence?.forget(short.now() + days * day) ?? [])] });
      await forget(29);
      await exportEvidence(short.database, body.sessionId);
      await forget(32);
      await expect(exportEvidence(short.database, body.sessionId)).rejects.toMatchObject({
        code: 'evidence_unknown',
      });
      const kept = { sql: 'SELECT count(*) AS n FROM evidence_object', parameters: [] };
      expect((await short.database.read(kept))[0]?.n).toBe(0);
    } finally {
      await short.dispose();
    }
  });

  it('is not kept where the operator wants none', async () => {
    const none = await startSetting({ environment: { SEALGATE_EVIDENCE_DAYS: '0' } });
    try {
      const own = await none.client('portal', { requireQualified: false });
      const { body } = await none.signIn(own, await none.issue(sampleSubscriber('legal-entity')));
      await expect(exportEvidence(none.database, body.sessionId)).rejects.toMatchObject({
        code: 'evidence_unknown',
        details: { problem: 'evidence was not kept' },
      });
    } finally {
      await none.dispose();
    }
  });

  it('keeps what many sign-ins rest on once', async () => {
    const fresh = await setting.issue(sampleSubscriber('legal-entity'));
    const count = async () =>
      (await setting.database.read({ sql: 'SELECT count(*) AS n FROM evidence_object', parameters: [] }))[0]
        ?.n;
    expect((await setting.signIn(portal, fresh)).status).toBe(200);
    const before = await count();
    expect((await setting.signIn(portal, fresh)).status).toBe(200);
    expect(await count()).toBe(before);
  });

  it('is not found under a number that nobody had', async () => {
    for (const id of ['999999', 'f'.repeat(32), "x' OR 1=1 --"]) {
      await expect(exportEvidence(setting.database, id)).rejects.toMatchObject({ code: 'evidence_unknown' });
    }
  });
});

describe('changed evidence', () => {
  it('is found wherever one byte of it was changed', async () => {
    const fresh = await setting.issue(sampleSubscriber('legal-entity'));
    expect((await setting.signIn(portal, fresh)).status).toBe(200);
    const bundle = await newest();
    const step = Math.max(1, Math.floor(bundle.length / 400));
    for (let at = 0; at < bundle.length; at += step) {
      const altered = Uint8Array.from(bundle);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const code = failureOf(() => openBundle(altered)).code;
      expect(['evidence_changed', 'evidence_malformed'], `byte ${at}`).toContain(code);
    }
  });

  it('is named by its file, and is refused by digests that were made to fit as well', async () => {
    const { files } = unpackArchive(await newest());
    const { manifest } = openBundle(await newest());
    const own = new Map([...files].filter(([name]) => !name.startsWith('manifest.')));
    const evidence = Buffer.from(own.get('evidence.json') ?? []).toString();
    own.set('evidence.json', Buffer.from(evidence.replace('"isVerified":true', '"isVerified":false')));
    const packed = await packBundle(own, manifest.audit);
    expect(failureOf(() => openBundle(packed))).toMatchObject({
      code: 'evidence_changed',
      details: { files: ['evidence.json'] },
    });
    own.set('evidence.json', Buffer.from(evidence));
    own.set('message.p7s', Uint8Array.of(0x30, 0));
    await expect(replayReport(await packBundle(own, manifest.audit), 'unsealed')).rejects.toMatchObject({
      code: 'evidence_changed',
      details: { files: ['message.p7s'] },
    });
  });
});

describe('an archive that a stranger made', () => {
  const refused: readonly (readonly [string, () => Uint8Array])[] = [
    ['that is none', () => Buffer.from('evidence')],
    ['with a way out of its folder', () => zipSync({ '../evidence.json': Buffer.from('{}') }, { level: 0 })],
    ['with an absolute name', () => zipSync({ '/evidence.json': Buffer.from('{}') }, { level: 0 })],
    [
      'that would grow a thousandfold',
      () => zipSync({ 'evidence.json': new Uint8Array(4_000_000) }, { level: 9 }),
    ],
    ['with a name twice', () => twice()],
    ['without a manifest', () => zipSync({ 'evidence.json': Buffer.from('{}') }, { level: 0 })],
  ];
  for (const [name, make] of refused) {
    it(`${name} is no evidence`, () => {
      expect(failureOf(() => openBundle(make())).code).toBe('evidence_malformed');
    });
  }

  /** Two entries of one name: the second one's name is put in place after packing. */
  function twice(): Uint8Array {
    const octets = Buffer.from(
      zipSync({ 'aa.json': Buffer.from('{}'), 'ab.json': Buffer.from('[]') }, { level: 0 }),
    );
    for (let at = octets.indexOf('ab.json'); at >= 0; at = octets.indexOf('ab.json'))
      octets.write('aa.json', at);
    return octets;
  }
});
