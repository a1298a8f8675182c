import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';

const modules = '/usr/lib/apache2/modules';
const needed = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'dir', 'auth_openidc'];

/** An Apache whose pages below `/inside` mod_auth_openidc lets signed-in people alone see. */
export interface Apache {
  readonly origin: string;
  close(): Promise<void>;
}

/** How mod_auth_openidc is set up. */
export interface ApacheSettings {
  readonly port: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Further lines of its configuration. */
  readonly lines: readonly string[];
}

/** Starts Debian's Apache with Debian's mod_auth_openidc; the answer's header `X-Subject` names who is signed in. */
export async function startApache({
  port,
  issuer,
  clientId,
  clientSecret,
  lines,
}: ApacheSettings): Promise<Apache> {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-apache-'));
  const origin = `http://localhost:${port}`;
  mkdirSync(join(folder, 'pages', 'inside'), { recursive: true });
  for (const page of ['index.html', 'inside/index.html']) writeFileSync(join(folder, 'pages', page), page);
  for (const path of ['', 'pages', 'pages/inside']) chmodSync(join(folder, path), 0o755);
  const configuration = [
    `ServerName localhost`,
    `Listen 127.0.0.1:${port}`,
    `PidFile ${join(folder, 'pid')}`,
    `ErrorLog ${join(folder, 'log')}`,
    `DefaultRuntimeDir ${folder}`,
    ...needed.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    `DocumentRoot ${join(folder, 'pages')}`,
    `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration`,
    `OIDCClientID ${clientId}`,
    `OIDCClientSecret ${clientSecret}`,
    `OIDCRedirectURI ${origin}/inside/back`,
    `OIDCCryptoPassphrase passphrase-of-a-test`,
    `OIDCScope "openid organisation signer"`,
    ...lines,
    `<Location /inside>`,
    `AuthType openid-connect`,
    `Require valid-user`,
    `Header always set X-Subject "%{OIDC_CLAIM_sub}e"`,
    `</Location>`,
  ];
  const file = join(folder, 'httpd.conf');
  writeFileSync(file, `${configuration.join('\n')}\n`);
  const child = spawn('/usr/sbin/apache2', ['-f', file, '-DFOREGROUND'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(origin).then(
        () => true,
        () => false,
      )
    )
      return {
        origin,
        async close() {
          child.kill('SIGTERM');
          await ended;
          rmSync(folder, { recursive: true, force: true });
        },
      };
    await pass(50);
  }
  child.kill('SIGKILL');
  throw new Error(readFileSync(join(folder, 'log'), 'utf8'));
}
