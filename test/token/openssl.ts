import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

async function isInstalled(command: string, args: readonly string[]): Promise<boolean> {
  return execute(command, [...args]).then(
    () => true,
    // pkcs11-tool ends with status 1 even where it was only asked for its version.
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  );
}

/** Why tests with the openssl command are skipped here; in CI they are not, and fail instead. */
export const noOpenssl: string | undefined =
  process.env.CI === 'true' || (await isInstalled('openssl', ['version']))
    ? undefined
    : 'the openssl command is not installed; on Debian or Ubuntu: apt-get install openssl';

/** Why tests with pkcs11-tool are skipped here. */
export const noPkcs11Tool: string | undefined =
  process.env.CI === 'true' || (await isInstalled('pkcs11-tool', ['--version']))
    ? undefined
    : 'pkcs11-tool is not installed; on Debian or Ubuntu: apt-get install opensc';

/** A folder in which the openssl command works, with a certificate authority of its own. */
export class OpensslFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<OpensslFolder> {
    return new OpensslFolder(await mkdtemp(join(tmpdir(), 'sealgate-openssl-')));
  }

  /** Runs openssl there and returns what it writes to standard output; throws with its messages if it fails. */
  async run(...args: readonly string[]): Promise<Buffer> {
    const { stdout } = await execute('openssl', [...args], { cwd: this.path, encoding: 'buffer' });
    return stdout;
  }

  /** Runs any command there. */
  async command(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { stdout, stderr } = await execute(file, [...args], {
      cwd: this.path,
      env: { ...process.env, ...environment },
    });
    return stdout + stderr;
  }

  write(name: string, octets: Uint8Array | string): Promise<void> {
    return writeFile(join(this.path, name), octets);
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.path, name));
  }

  /** Makes the authority: ca.key and ca.crt. */
  async makeAuthority(): Promise<void> {
    const subject = ['-subj', '/CN=Sealgate test authority'];
    await this.run(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'ca.key',
      ...subject,
      '-days',
      '30',
      '-out',
      'ca.crt',
    );
  }

  /** Has the authority certify a request, DER in, DER out; `days` until it ends. */
  async certify(request: Uint8Array, days = 10): Promise<Buffer> {
    await this.write('request.der', request);
    await this.run(
      'x509',
      '-req',
      '-inform',
      'DER',
      '-in',
      'request.der',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-copy_extensions',
      'copyall',
      '-days',
      String(days),
      '-outform',
      'DER',
      '-out',
      'certificate.der',
    );
    return this.read('certificate.der');
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
