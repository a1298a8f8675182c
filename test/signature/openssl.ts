import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Key options of `openssl genpkey` by the name that a test uses. */
export const keyKinds = {
  'RSA 2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'RSA 1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  'P-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  secp256k1: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
  Ed25519: ['-algorithm', 'ED25519'],
} as const;

export type KeyKind = keyof typeof keyKinds;

/** A workshop in a temporary folder where the openssl command line makes keys, certificates and CMS messages. */
export class Openssl {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sealgate-openssl-'));
  private count = 0;

  path(name: string): string {
    return join(this.folder, name);
  }

  run(...args: readonly string[]): Buffer {
    return execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Key and self-signed certificate as `name.key` and `name.pem`; returns the name. */
  signer(kind: KeyKind, subject = `/CN=${kind}`): string {
    const name = `signer${this.count++}`;
    this.run('genpkey', ...keyKinds[kind], '-out', `${name}.key`);
    this.run(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      subject,
      '-days',
      '30',
      '-out',
      `${name}.pem`,
    );
    return name;
  }

  /** DER of `name.pem`. */
  certificate(name: string): Buffer {
    return this.run('x509', '-in', `${name}.pem`, '-outform', 'DER');
  }

  /** CMS over `content`; `options` are those of `openssl cms -sign`. */
  sign(name: string, content: Uint8Array, ...options: readonly string[]): Buffer {
    writeFileSync(this.path('content'), content);
    this.run(
      'cms',
      '-sign',
      '-binary',
      '-in',
      'content',
      '-signer',
      `${name}.pem`,
      '-inkey',
      `${name}.key`,
      '-outform',
      'DER',
      '-out',
      'message',
      ...options,
    );
    return readFileSync(this.path('message'));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
