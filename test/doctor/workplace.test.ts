import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createSocket, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { examineBrowsers } from '../../src/doctor/browser.ts';
import { type DoctorContext, doctorContext } from '../../src/doctor/context.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { examineNetwork } from '../../src/doctor/network.ts';
import { examinePlugin } from '../../src/doctor/plugin.ts';
import { examineReaders } from '../../src/doctor/reader.ts';
import { testAgent } from '../agent/setting.ts';
import { type CertifiedToken, certifiedToken } from '../agent/token.ts';
import { noOpenssl } from '../token/openssl.ts';
import { noSoftHsm } from '../token/softhsm.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sealgate-workplace-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let rooms = 0;
/** A room of its own for one test: the system's files and the home of its user. */
function context(
  files: Readonly<Record<string, string>> = {},
  more: Partial<DoctorContext> = {},
): DoctorContext {
  const root = join(folder, String(++rooms));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o755 });
  }
  const home = join(root, 'home');
  return doctorContext({
    language: 'en',
    at: Date.now(),
    home,
    root,
    agentFolder: join(home, 'agent'),
    sites: [],
    ...more,
  });
}

/** Runs the command itself, beside this process, which may be serving it. */
function doctor(
  environment: Record<string, string>,
  ...args: readonly string[]
): Promise<{ readonly text: string; readonly findings: readonly Finding[] }> {
  const env = { ...process.env, HOME: join(folder, 'home'), LANG: 'C', LC_ALL: '', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'doctor', '--json', ...args], { env }, (_, text) =>
      resolve({ text, findings: JSON.parse(text) }),
    );
  });
}

function listening(server: Server): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

describe('policies of browsers', () => {
  const chromium = (policies: object) => ({
    'etc/chromium/policies/managed/a.json': JSON.stringify(policies),
  });
  const firefox = (filter: object) => ({
    'etc/firefox/policies/policies.json': JSON.stringify({ policies: { WebsiteFilter: filter } }),
  });

  it.each([
    ['forbid every address', chromium({ URLBlocklist: ['*'] }), 'URLBlocklist'],
    [
      'forbid the agent’s address',
      chromium({ URLBlocklist: ['portal.example', '127.0.0.1:47615'] }),
      'URLBlocklist',
    ],
    ['forbid addresses without TLS', chromium({ URLBlocklist: ['http://*'] }), 'URLBlocklist'],
    ['let scripts run nowhere', chromium({ DefaultJavaScriptSetting: 2 }), 'DefaultJavaScriptSetting'],
    [
      'forbid scripts on this computer',
      chromium({ JavaScriptBlockedForUrls: ['http://127.0.0.1'] }),
      'JavaScriptBlockedForUrls',
    ],
    ['forbid everything in Firefox', firefox({ Block: ['<all_urls>'] }), 'WebsiteFilter'],
    ['forbid this computer in Firefox', firefox({ Block: ['*://127.0.0.1/*'] }), 'WebsiteFilter'],
  ])('that %s are told with code and remedy', async (_, files, policy) => {
    const [finding] = await examineBrowsers(context(files), 'linux');
    expect(finding).toMatchObject({
      state: 'bad',
      code: 'browser_policy_blocks_agent',
      remedy: expect.any(String),
    });
    expect(finding?.found).toContain(policy);
  });

  it.each([
    ['forbid other addresses', chromium({ URLBlocklist: ['casino.example', '127.0.0.10'] })],
    [
      'forbid all but the agent’s',
      chromium({ URLBlocklist: ['*'], URLAllowlist: ['http://127.0.0.1:47615'] }),
    ],
    [
      'let scripts run here',
      chromium({ DefaultJavaScriptSetting: 2, JavaScriptAllowedForUrls: ['http://127.0.0.1'] }),
    ],
    ['are about requests over the local network only', chromium({ LocalNetworkAccessBlockedForUrls: ['*'] })],
    ['make an exception in Firefox', firefox({ Block: ['<all_urls>'], Exceptions: ['http://127.0.0.1/*'] })],
    ['are no JSON', { 'etc/chromium/policies/managed/a.json': '{' }],
  ])('that %s are no hindrance', async (_, files) => {
    expect(await examineBrowsers(context(files), 'linux')).toMatchObject([{ state: 'good' }]);
  });

  it('are none where there are no files, and not looked at elsewhere', async () => {
    expect(await examineBrowsers(context(), 'linux')).toMatchObject([
      { state: 'good', found: 'no browser with policies was found' },
    ]);
    expect(await examineBrowsers(context(), 'win32')).toMatchObject([
      { found: 'not looked at on this system' },
    ]);
  });
});

describe('the plug-in', () => {
  const host = (program: string) => JSON.stringify({ name: 'ru.cryptopro.nmcades', path: program });

  it('is not missed where nothing of it is there', async () => {
    expect(await examinePlugin(context(), 'linux')).toMatchObject([{ state: 'good' }]);
  });

  it('is whole with provider, plug-in and a file that leads browsers to it', async () => {
    const whole = context({
      'opt/cprocsp/lib/amd64/libcapi20.so': 'x',
      'opt/cprocsp/lib/amd64/libnpcades.so': 'x',
      'etc/chromium/native-messaging-hosts/ru.cryptopro.nmcades.json': host(process.execPath),
    });
    expect((await examinePlugin(whole, 'linux')).map(({ state }) => state)).toEqual(['good', 'good', 'good']);
  });

  it.each([
    ['no provider', { 'opt/cprocsp/lib/amd64/libnpcades.so': 'x' }, 'plugin_provider_missing'],
    ['no plug-in', { 'opt/cprocsp/lib/amd64/libcapi20.so': 'x' }, 'plugin_native_missing'],
    [
      'a file that leads to nothing',
      {
        'opt/cprocsp/lib/amd64/libcapi20.so': 'x',
        'opt/cprocsp/lib/amd64/libnpcades.so': 'x',
        'home/.config/chromium/NativeMessagingHosts/ru.cryptopro.nmcades.json': host('/nowhere/nmcades'),
      },
      'plugin_native_missing',
    ],
  ])('with %s is told by the part that is missing', async (_, files, code) => {
    expect(await examinePlugin(context(files), 'linux')).toContainEqual(
      expect.objectContaining({ state: 'warning', code }),
    );
  });
});

describe('readers', () => {
  const rutoken = {
    'sys/bus/usb/devices/1-2/product': 'Rutoken ECP\n',
    'sys/bus/usb/devices/1-2/manufacturer': 'Aktiv\n',
    'sys/bus/usb/devices/1-2:1.0/bInterfaceClass': '0b\n',
    'sys/bus/usb/devices/1-3/product': 'Keyboard\n',
    'sys/bus/usb/devices/1-3:1.0/bInterfaceClass': '03\n',
  };

  it('are named as they name themselves; without the card service they are of no use', async () => {
    const [service, readers] = await examineReaders(context(rutoken), 'linux');
    expect(readers).toMatchObject({ state: 'good', found: 'Aktiv Rutoken ECP' });
    expect(service).toMatchObject({ state: 'bad', code: 'card_service_stopped' });
    expect((await examineReaders(context(), 'linux'))[0]).toMatchObject({
      state: 'warning',
      code: 'card_service_stopped',
    });
  });

  it('are content with a card service that answers', async () => {
    const path = join(folder, 'pcscd.comm');
    const server = createSocket();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    vi.stubEnv('PCSCLITE_CSOCK_NAME', path);
    try {
      expect((await examineReaders(context(), 'linux'))[0]).toMatchObject({
        name: 'smart card service',
        state: 'good',
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('the network', () => {
  const server = (ahead: number) =>
    createServer((_, response) => {
      response.writeHead(404, { Date: new Date(Date.now() + ahead * 1000).toUTCString() });
      response.end();
    });

  it.each([
    [0, 'good', undefined],
    [20, 'good', undefined],
    [120, 'warning', 'clock_skewed'],
    [-120, 'warning', 'clock_skewed'],
    [3600, 'bad', 'clock_skewed'],
  ] as const)('has a service whose clock is ahead by %i seconds: %s', async (ahead, state, code) => {
    const site = `http://localhost:${await listening(server(ahead))}`;
    const findings = await examineNetwork(context({}, { sites: [site] }), [], undefined);
    expect(findings.find(({ name }) => name === site)).toMatchObject({ state: 'good' });
    const clock = findings.find(({ name }) => name === 'clock');
    expect(clock).toMatchObject({ state });
    expect(clock?.code).toBe(code);
  });

  it('names a service that does not answer, with the reason', async () => {
    const findings = await examineNetwork(context({}, { sites: ['http://localhost:1'] }), [], undefined);
    expect(findings).toContainEqual(
      expect.objectContaining({
        state: 'bad',
        code: 'service_unreachable',
        found: expect.stringContaining('ECONNREFUSED'),
      }),
    );
  });

  it('shows proxies without their passwords', async () => {
    const proxy = { http: 'http://ivan:geheim@proxy.example:3128', exceptFor: 'localhost' };
    const findings = await examineNetwork(context(), [], proxy);
    const shown = JSON.stringify(findings);
    expect(shown).toContain('proxy.example:3128');
    expect(shown).not.toMatch(/ivan|geheim/);
  });

  it.skipIf(noOpenssl)(
    `tells of a service whose own certificate is over${noOpenssl ? ` (skipped: ${noOpenssl})` : ''}`,
    async () => {
      const openssl = (...args: readonly string[]) =>
        execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
      openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=CA', '-days', '9');
      openssl(
        'req',
        ...key,
        '-keyout',
        'tls.key',
        '-out',
        'tls.csr',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
      );
      openssl(
        'x509',
        '-req',
        '-in',
        'tls.csr',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-out',
        'tls.pem',
        '-copy_extensions',
        'copy',
        '-days',
        '-1',
      );
      const read = (name: string) => readFileSync(join(folder, name), 'utf8');
      const port = await listening(createSecureServer({ key: read('tls.key'), cert: read('tls.pem') }));
      const { findings } = await doctor(
        { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
        '--service',
        `https://localhost:${port}`,
      );
      expect(findings).toContainEqual(
        expect.objectContaining({ state: 'bad', code: 'service_certificate_expired' }),
      );
    },
  );
});

describe.skipIf(noSoftHsm)(`tokens and certificates${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`, () => {
  let token: CertifiedToken;
  beforeAll(async () => {
    token = await certifiedToken('ec-p256', 'Ветрова А. С.');
  });
  afterAll(() => token.remove());

  it('are told by model, end of serial number and fingerprint; nobody’s name, number or folder is among it', async () => {
    const { text, findings } = await doctor({ ...token.choice.environment });
    expect(findings).toContainEqual(
      expect.objectContaining({
        section: 'tokens',
        name: expect.stringMatching(/^token SoftHSM v2 …/),
        state: 'good',
      }),
    );
    const certificate = findings.find(({ section }) => section === 'certificates');
    expect(certificate).toMatchObject({
      state: 'good',
      name: expect.stringMatching(/^certificate [0-9a-f]{16}$/),
    });
    expect(certificate?.found).toContain('EC P-256');
    // Owner, numbers, label of the token, PIN, and the user's own folder.
    expect(text).not.toMatch(/Ветров|Северный|9901001013|314159/);
    expect(text).not.toContain(join(folder, 'home'));
  });

  it('of which one ends soon or is over are told by their codes', async () => {
    const day = 86_400_000;
    await token.issueAnother({ notBefore: Date.now() - day, notAfter: Date.now() + 10 * day });
    await token.issueAnother({ notBefore: Date.now() - 9 * day, notAfter: Date.now() - day });
    const { findings } = await doctor({ ...token.choice.environment });
    const codes = findings.filter(({ section }) => section === 'certificates').map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['certificate_expired', 'certificate_expires_soon', undefined]);
  });
});

describe('the agent', () => {
  it('is found where it runs, and its sites are those that are asked', async () => {
    const agent = await testAgent([]);
    const port = await listening(createServer((_, response) => response.end()));
    await agent.agent.origins.allow(`http://localhost:${port}`, Date.now());
    writeFileSync(
      join(agent.folder, 'running.json'),
      JSON.stringify({ pid: process.pid, port: agent.port, version: '0.0.0', startedAt: 1 }),
    );
    const { findings } = await doctor({}, '--data', agent.folder);
    expect(findings).toContainEqual(expect.objectContaining({ name: 'agent', state: 'good' }));
    expect(findings).toContainEqual(
      expect.objectContaining({ name: `http://localhost:${port}`, state: 'good' }),
    );
    await agent.remove();
  });

  it('that does not run, or whose list is damaged, is told with code and remedy', async () => {
    const data = join(folder, 'damaged');
    mkdirSync(data);
    writeFileSync(join(data, 'origins.json'), '{');
    const { findings } = await doctor({}, '--data', data);
    expect(findings).toContainEqual(
      expect.objectContaining({ name: 'agent', state: 'warning', code: 'agent_stopped' }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ name: 'sites', state: 'bad', code: 'file_unreadable' }),
    );
  });
});

it('gives each cross and each remark a code and a remedy, in both languages', async () => {
  for (const locale of ['C', 'ru_RU.UTF-8']) {
    const { findings } = await doctor(
      { LC_ALL: locale, SEALGATE_GOST: 'typescript' },
      '--service',
      'https://localhost:1',
    );
    const amiss = findings.filter(({ state }) => state !== 'good');
    expect(amiss.length).toBeGreaterThan(2);
    for (const finding of amiss) {
      expect(finding.code).toMatch(/^[a-z0-9_]+$/);
      expect(finding.remedy).toMatch(locale === 'C' ? /^[\x20-\u2fff]+$/ : /\p{Script=Cyrillic}/u);
    }
  }
});
