import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { type RevocationPolicy, strictPolicy } from '../../src/revocation/policy.ts';
import { Host } from './host.ts';
import { makeSources } from './setting.ts';

const run = promisify(execFile);
const isCi = process.env.CI === 'true';

const engine = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/engines-3/gost.so`)
  .find((place) => existsSync(place));

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

/** OpenSSL as an authority that is not us: `openssl ca` makes the lists, `openssl ocsp` answers. */
class OpensslAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), 'sealgate-openssl-ca-'));
  private readonly environment: NodeJS.ProcessEnv;
  private responder: ChildProcess | undefined;

  constructor(listUrl: string, responderUrl: string, usesEngine: boolean) {
    this.environment = usesEngine
      ? { ...process.env, OPENSSL_CONF: join(this.folder, 'engine.cnf') }
      : process.env;
    mkdirSync(join(this.folder, 'issued'));
    this.write('index.txt', '');
    this.write('index.txt.attr', 'unique_subject = no\n');
    this.write('serial', '1000\n');
    this.write('crlnumber', '01\n');
    this.write(
      'engine.cnf',
      `openssl_conf = init\n[init]\nengines = engines\n[engines]\ngost = gost\n[gost]\nengine_id = gost\n` +
        `dynamic_path = ${engine ?? 'gost'}\ndefault_algorithms = ALL\n`,
    );
    this.write(
      'ca.cnf',
      `[ca]\ndefault_ca = here\n[here]\ndatabase = index.txt\nserial = serial\ncrlnumber = crlnumber\n` +
        `new_certs_dir = issued\ncertificate = ca.pem\nprivate_key = ca.key\ndefault_md = default\n` +
        `default_days = 30\ndefault_crl_days = 7\npolicy = any\ncrl_extensions = list\n[any]\ncommonName = supplied\n` +
        `[list]\nauthorityKeyIdentifier = keyid\n` +
        `[subscriber]\nkeyUsage = critical, digitalSignature, nonRepudiation\nbasicConstraints = CA:FALSE\n` +
        `crlDistributionPoints = URI:${listUrl}\nauthorityInfoAccess = OCSP;URI:${responderUrl}\n` +
        `[responder]\nkeyUsage = critical, digitalSignature\nextendedKeyUsage = OCSPSigning\nnoCheck = ignored\n` +
        `[req]\ndistinguished_name = name\n[name]\n[authority]\nbasicConstraints = critical, CA:TRUE\n` +
        `keyUsage = critical, keyCertSign, cRLSign, digitalSignature\nsubjectKeyIdentifier = hash\n`,
    );
  }

  private write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  async openssl(...args: readonly string[]): Promise<void> {
    await run('openssl', args, { cwd: this.folder, env: this.environment });
  }

  async found(key: readonly string[]): Promise<void> {
    await this.openssl('genpkey', ...key, '-out', 'ca.key');
    await this.openssl(
      ...['req', '-new', '-x509', '-key', 'ca.key', '-out', 'ca.pem', '-days', '60', '-config', 'ca.cnf'],
      ...['-subj', '/CN=OpenSSL Authority', '-extensions', 'authority'],
    );
  }

  async issue(name: string, key: readonly string[], extensions = 'subscriber'): Promise<Certificate> {
    await this.openssl('genpkey', ...key, '-out', `${name}.key`);
    await this.openssl(
      ...[
        'req',
        '-new',
        '-key',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-config',
        'ca.cnf',
        '-subj',
        `/CN=${name}`,
      ],
    );
    await this.openssl(
      ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-out', `${name}.pem`],
      ...['-extensions', extensions],
    );
    return this.certificate(name);
  }

  certificate(name: string): Certificate {
    const pem = readFileSync(join(this.folder, `${name}.pem`), 'latin1');
    return parseCertificate(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'));
  }

  async revoke(name: string, reason: string): Promise<void> {
    await this.openssl('ca', '-config', 'ca.cnf', '-revoke', `${name}.pem`, '-crl_reason', reason);
  }

  /** A new list, DER. */
  async list(): Promise<Uint8Array> {
    await this.openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'list.pem');
    await this.openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.crl');
    return readFileSync(join(this.folder, 'list.crl'));
  }

  async respond(port: number, signer: string): Promise<void> {
    await this.silence();
    const args = ['-index', 'index.txt', '-port', String(port), '-CA', 'ca.pem', '-nmin', '5'];
    const signing = ['-rsigner', `${signer}.pem`, '-rkey', `${signer}.key`];
    const responder = spawn('openssl', ['ocsp', ...args, ...signing], {
      cwd: this.folder,
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.responder = responder;
    // It says so itself; a connection that is opened only to try makes it hang.
    await new Promise<void>((resolve, reject) => {
      const look = (text: Buffer) => {
        if (text.includes('ACCEPT') || text.includes('waiting for OCSP client')) resolve();
      };
      responder.stdout.on('data', look);
      responder.stderr.on('data', look);
      responder.once('exit', (status) => reject(new Error(`openssl ocsp ended with ${status}`)));
    });
  }

  async silence(): Promise<void> {
    const { responder } = this;
    this.responder = undefined;
    if (responder === undefined) return;
    const ended = new Promise((resolve) => responder.once('exit', resolve));
    responder.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.silence();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const kinds: readonly {
  readonly name: string;
  readonly key: readonly string[];
  readonly usesEngine: boolean;
}[] = [
  { name: 'RSA', key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], usesEngine: false },
  { name: 'ECDSA', key: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], usesEngine: false },
  {
    name: 'GOST R 34.10-2012, 256 bits',
    key: ['-algorithm', 'gost2012_256', '-pkeyopt', 'paramset:XA'],
    usesEngine: true,
  },
  {
    name: 'GOST R 34.10-2012, 512 bits',
    key: ['-algorithm', 'gost2012_512', '-pkeyopt', 'paramset:A'],
    usesEngine: true,
  },
];

for (const { name, key, usesEngine } of kinds) {
  const whyNot =
    isCi || (hasOpenssl() && (!usesEngine || engine !== undefined))
      ? undefined
      : `${usesEngine ? 'libengine-gost-openssl' : 'openssl'} is not installed`;

  describe.skipIf(whyNot)(
    `OpenSSL with ${name}${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`,
    () => {
      let host: Host;
      let authority: OpensslAuthority;
      let port: number;
      let good: Certificate;
      let revoked: Certificate;

      beforeAll(async () => {
        host = await Host.start();
        port = await freePort();
        authority = new OpensslAuthority(host.url('/a.crl'), `http://127.0.0.1:${port}/`, usesEngine);
        await authority.found(key);
        good = await authority.issue('good', key);
        revoked = await authority.issue('revoked', key);
        await authority.issue('responder', key, 'responder');
        await authority.revoke('revoked', 'keyCompromise');
        const list = await authority.list();
        host.serve('/a.crl', () => list);
      });

      afterAll(async () => {
        await authority.close();
        await host.stop();
      });

      async function check(target: Certificate, policy: Partial<RevocationPolicy>) {
        const sources = makeSources();
        const at = Date.now();
        const anchors = [anchorOf(authority.certificate('ca'))];
        const algorithms = currentAlgorithms;
        try {
          return await checkRevocation({
            path: findPath({
              target,
              pool: [],
              anchors,
              at,
              profile: profiles.rfc5280,
              algorithms,
              budget: new Budget(),
            }),
            sources,
            policy: { ...strictPolicy, ...policy },
            budget: new Budget(),
            at,
            algorithms,
          });
        } finally {
          await sources.fetcher.close();
        }
      }

      it('lists of openssl ca tell good and revoked', async () => {
        const { evidence } = await check(good, { order: ['crl'] });
        expect(evidence[0]).toMatchObject({ source: 'crl', origin: host.url('/a.crl') });
        await expect(check(revoked, { order: ['crl'] })).rejects.toMatchObject({
          code: 'certificate_revoked',
          details: { reason: 'keyCompromise' },
        });
      });

      it.each([
        ['the authority itself', 'ca', 'sha1'],
        ['a delegated responder', 'responder', 'sha1'],
        ['a delegated responder, asked by SHA-256', 'responder', 'sha256'],
        ...(usesEngine
          ? [['a delegated responder, asked by Streebog', 'responder', 'streebog256'] as const]
          : []),
      ] as const)(
        'answers of openssl ocsp, signed by %s, tell good and revoked',
        async (_, signer, idDigest) => {
          await authority.respond(port, signer);
          const policy = { order: ['ocsp'], idDigest, requiresNonce: true } as const;
          const { evidence } = await check(good, policy);
          expect(evidence[0]).toMatchObject({ source: 'ocsp', origin: `http://127.0.0.1:${port}/` });
          await expect(check(revoked, policy)).rejects.toMatchObject({
            code: 'certificate_revoked',
            details: { reason: 'keyCompromise' },
          });
        },
      );

      it('answers of openssl ocsp asked by GET, without a nonce, tell good', async () => {
        await authority.respond(port, 'responder');
        const { evidence } = await check(good, { order: ['ocsp'], sendsNonce: false });
        expect(evidence[0]).toMatchObject({ source: 'ocsp' });
      });
    },
  );
}
