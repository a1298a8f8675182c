import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policySchema } from '../../src/relying-party/registration.ts';
import { portalOf, startTestService } from '../service/portal.ts';

const program = fileURLToPath(new URL('program.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly told: string;
}

function run(...words: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      env: { ...process.env, LANG: 'C', SEALGATE_DATA: folder },
    });
    let out = '';
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, told }));
  });
}

const add = (id: string, ...options: string[]) =>
  run(
    'client',
    'add',
    '--id',
    id,
    '--name-en',
    'Portal',
    '--name-ru',
    'Портал',
    '--origin',
    'https://portal.example',
    '--json',
    ...options,
  );

describe('sealgate client', () => {
  it('registers a relying party that a running service lets in, rotates its secret and turns it away', async () => {
    const service = await startTestService({}, { SEALGATE_DATA: folder });
    const added = await add('portal');
    const { secret } = JSON.parse(added.out);
    expect((await portalOf(service.url, 'portal', secret).signIn()).status).toBe(200);

    const rotated = JSON.parse((await run('client', 'rotate-secret', 'portal', '--json')).out);
    service.pass(3_000);
    expect((await portalOf(service.url, 'portal', rotated.secret).signIn()).status).toBe(200);
    expect((await portalOf(service.url, 'portal', secret).signIn()).status).toBe(200);

    expect((await run('client', 'disable', 'portal')).status).toBe(0);
    service.pass(3_000);
    expect((await portalOf(service.url, 'portal', rotated.secret).post('/v1/challenges', {})).status).toBe(
      401,
    );
    const listed = await run('client', 'list');
    expect(listed.out).toMatch(
      /^ID +NAME +STATE +ORIGINS +AUDIENCES +POLICY\nportal +Portal +disabled +https:\/\/portal\.example +portal +default\n$/,
    );
    expect(`${listed.out}${(await run('client', 'list', '--json')).out}`).not.toContain('sha256');
    await service.stop();
  });

  it('registers a policy as the configuration file would, and shows what differs from the default', async () => {
    const wanted = ['--no-require-qualified', '--session-limit', '3', '--revocation-grace-minutes', '4320'];
    expect((await add('portal', ...wanted)).status).toBe(0);
    const { policy } = JSON.parse((await run('client', 'show', 'portal', '--json')).out) as {
      policy: unknown;
    };
    expect(policy).toEqual(
      policySchema.parse({ requireQualified: false, sessionLimit: 3, revocation: { graceMinutes: 4320 } }),
    );
    expect((await run('client', 'list')).out).toMatch(
      / active .+ requireQualified=false revocation\.graceMinutes=4320 sessionLimit=3\n$/,
    );
    const shown = (await run('client', 'show', 'portal')).out;
    expect(shown).toMatch(/\n\* +requireQualified +false\n/);
    expect(shown).toMatch(/\n {3}minimumClass +KC1\n/);
    expect(shown).toMatch(/\n {3}revocation\.breakGlass\.until +—\n/);
    expect(shown).not.toContain('sha256');
  });

  it('opens OpenID Connect for a relying party, changes what is named and leaves the rest', async () => {
    const wanted = ['--redirect-uri', 'https://portal.example/back', '--scope', 'openid', 'signer'];
    expect((await add('portal', ...wanted, '--session-limit', '3')).status).toBe(0);
    const changes = ['--authentication', 'none', '--network', '10.0.0.0/8', '--no-compare-names'];
    const changed = await run('client', 'change', 'portal', ...changes, '--json');
    expect(JSON.parse(changed.out)).toMatchObject({
      id: 'portal',
      networks: ['10.0.0.0/8'],
      oidc: {
        redirectUris: ['https://portal.example/back'],
        scopes: ['openid', 'signer'],
        authentication: 'none',
        consent: 'ask',
      },
      policy: { sessionLimit: 3, compareNames: false },
    });
    const put = await run(
      'client',
      'change',
      'portal',
      '--default',
      'oidc',
      'sessionLimit',
      'compareNames',
      '--json',
    );
    const { oidc, policy, networks } = JSON.parse(put.out) as Record<string, unknown>;
    expect([oidc, policy, networks]).toEqual([undefined, policySchema.parse({}), ['10.0.0.0/8']]);
    expect((await run('client', 'show', 'portal')).out).toMatch(/OpenID Connect +closed/);
  });

  it.each([
    [
      'a redirect address on an origin that is not registered',
      ['--redirect-uri', 'https://evil.example/back'],
    ],
    [
      'signed statements without a key',
      ['--redirect-uri', 'https://portal.example/b', '--authentication', 'private_key_jwt'],
    ],
    ['scopes without openid', ['--redirect-uri', 'https://portal.example/b', '--scope', 'signer']],
    ['a network that is none', ['--network', '10.0.0.0/40']],
    ['a setting that there is none of', ['--default', 'everything']],
  ])('refuses to change it to %s, and leaves it as it was', async (_, changes) => {
    await add('portal');
    const before = (await run('client', 'show', 'portal', '--json')).out;
    const { status, out, told } = await run('client', 'change', 'portal', ...changes);
    expect(status).toBe(64);
    expect(`${out}${told}`).toContain('argument_invalid');
    expect((await run('client', 'show', 'portal', '--json')).out).toBe(before);
  });

  it.each([
    ['an identifier that is taken', () => add('portal')],
    [
      'an origin with a path',
      () => run('client', 'add', '--id', 'x', '--name-en', 'X', '--name-ru', 'Х', '--origin', 'https://x/y'),
    ],
    ['an unknown relying party', () => run('client', 'rotate', 'unknown')],
    ['to show an unknown relying party', () => run('client', 'show', 'unknown')],
    ['a grace window beyond its bound', () => add('graceful', '--revocation-grace-minutes', '4321')],
  ])('refuses %s with status 64 and a remedy', async (_, act) => {
    await add('portal');
    const { status, out, told } = await act();
    expect(status).toBe(64);
    expect(`${out}${told}`).toContain('argument_invalid');
  });
});

describe('sealgate keys', () => {
  it('rotates with overlap, and a running service publishes the new key', async () => {
    const service = await startTestService({}, { SEALGATE_DATA: folder });
    const { status, out } = await run('keys', 'rotate', '--json');
    expect(status).toBe(0);
    const { kid } = JSON.parse(out);
    service.pass(6_000);
    const { keys } = (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    expect(keys).toHaveLength(2);
    expect(keys[0]?.kid).toBe(kid);
    const states = JSON.parse((await run('keys', 'list', '--json')).out) as { state: string }[];
    expect(states.map(({ state }) => state)).toEqual(['next', 'signing']);
    expect((await run('keys', 'list')).out).toMatch(/^KID +ALG +STATE +SIGNS FROM +LOCATION\n/);
    await service.stop();
  });

  it('withdraws the older keys at once when told that they are compromised', async () => {
    await run('keys', 'rotate');
    await run('keys', 'rotate', '--compromised');
    const states = JSON.parse((await run('keys', 'list', '--json')).out) as { state: string }[];
    expect(states.map(({ state }) => state)).toEqual(['signing', 'withdrawn']);
  });
});

describe('sealgate audit', () => {
  it('verifies, lists and filters, and names a record that was changed', async () => {
    await add('portal');
    await add('second');
    await run('client', 'disable', 'second');
    const sound = await run('audit', 'verify', '--json');
    expect(sound.status).toBe(0);
    expect(JSON.parse(sound.out)).toMatchObject({ intact: true, records: 3 });
    const [, head = ''] = /head (\S+)/.exec((await run('audit', 'verify')).out) ?? [];
    expect((await run('audit', 'verify', '--head', head)).status).toBe(0);

    const listed = JSON.parse((await run('audit', 'list', '--client', 'second', '--json')).out) as {
      event: string;
    }[];
    expect(listed.map(({ event }) => event)).toEqual(['client.added', 'client.disabled']);
    expect((await run('audit', 'list', '--after', '1', '--limit', '1')).out).toMatch(
      /^RECORD .*\n2 .*A relying party was registered +second\n$/,
    );

    const direct = new DatabaseSync(join(folder, 'sealgate.sqlite'));
    direct.exec("DROP TRIGGER journal_keeps_entries; UPDATE journal SET record = '{}' WHERE sequence = 2");
    direct.close();
    const damaged = await run('audit', 'verify');
    expect(damaged.status).toBe(1);
    expect(damaged.out).toContain('record 2 was changed');
    expect(JSON.parse((await run('audit', 'verify', '--json')).out)).toMatchObject({
      intact: false,
      code: 'audit_damaged',
      damage: { sequence: 2, kind: 'changed' },
    });
  });

  it('names the settings of a policy that are not the strict ones, and nothing where all are', async () => {
    await add('strict');
    await add('portal', '--no-require-qualified', '--revocation-grace-minutes', '90');
    const listed = JSON.parse((await run('audit', 'list', '--json')).out) as { details?: unknown }[];
    expect(listed.map(({ details }) => details)).toEqual([
      undefined,
      { policy: { requireQualified: false, revocation: { graceMinutes: 90 } } },
    ]);
  });

  it('finds a database that was put back to an older state by the head noted since', async () => {
    await add('portal');
    const verified = await run('audit', 'verify', '--head', `2:${'0'.repeat(64)}`);
    expect(verified.status).toBe(1);
    expect(verified.out).toContain('record 2 is missing');
  });
});

describe('a command in a folder without a database', () => {
  const reading = [
    ['audit', 'verify'],
    ['audit', 'list'],
    ['audit', 'export', '1', '--unsealed', '--out', 'evidence.zip'],
    ['client', 'list'],
    ['client', 'disable', 'portal'],
    ['keys', 'list'],
  ];

  it.each(reading.map((words) => [words.slice(0, 2).join(' '), words] as const))(
    '(%s) is refused with configuration_invalid, which names the folder, and makes nothing',
    async (_, words) => {
      const { status, told } = await run(...words);
      expect([status, told]).toEqual([64, expect.stringContaining('[configuration_invalid]')]);
      expect(told).toContain(folder);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each([
    ['client add', () => add('portal')],
    ['keys rotate', () => run('keys', 'rotate')],
  ])('(%s) makes it, for it comes before the first start', async (_, act) => {
    expect((await act()).status).toBe(0);
    expect((await run('audit', 'verify')).out).toContain('1 records');
  });
});

// Root may write everything, so that somebody else has to look.
const reader = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const mayRead = 'process.exit(require("node:fs").existsSync(process.argv[1]) ? 0 : 1)';
const reason =
  spawnSync(process.execPath, ['-e', mayRead, program], reader).status === 0
    ? ''
    : ' (skipped: other users may not read this folder)';

describe('a copy that cannot be written', () => {
  it.skipIf(reason !== '' && process.env.CI !== 'true')(
    `is verified by somebody who may only read it${reason}`,
    async () => {
      await add('portal');
      const copy = join(folder, 'copy');
      mkdirSync(copy);
      for (const name of ['sealgate.sqlite', 'secrets']) copyFileSync(join(folder, name), join(copy, name));
      const before = readFileSync(join(copy, 'sealgate.sqlite'));
      for (const name of readdirSync(copy)) chmodSync(join(copy, name), 0o444);
      chmodSync(folder, 0o755);
      chmodSync(copy, 0o555);
      const env = { ...process.env, LANG: 'C', SEALGATE_DATA: copy };
      const options = { env, encoding: 'utf8', ...reader } as const;
      const { status, stdout } = spawnSync(process.execPath, [program, 'audit', 'verify'], options);
      expect([status, stdout]).toEqual([0, expect.stringContaining('1 records, none changed')]);
      expect(readdirSync(copy).sort()).toEqual(['sealgate.sqlite', 'secrets']);
      expect(readFileSync(join(copy, 'sealgate.sqlite'))).toEqual(before);
      const changing = spawnSync(process.execPath, [program, 'client', 'disable', 'portal'], options);
      expect([changing.status, changing.stderr]).toEqual([2, expect.stringContaining('[database_unusable]')]);
      chmodSync(copy, 0o755);
    },
  );
});
