import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toPem } from '../../src/encoding/textual.ts';

const run = promisify(execFile);

const enginePlaces = [
  '/usr/lib/x86_64-linux-gnu/engines-3/gost.so',
  '/usr/lib/aarch64-linux-gnu/engines-3/gost.so',
];

const engine = enginePlaces.find((place) => existsSync(place));

/** Why OpenSSL cannot judge GOST here; undefined where its engine is installed. CI has to have it. */
export const whyNoEngine =
  engine !== undefined || process.env.CI === 'true' ? undefined : 'libengine-gost-openssl is not installed';

const engineConfiguration = `openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
dynamic_path = ${engine ?? 'gost'}
default_algorithms = ALL
`;

/** What the openssl command line said. */
export interface OpensslAnswer {
  readonly passed: boolean;
  /** Both streams. */
  readonly text: string;
}

/**
 * The openssl command line in a folder of its own, with the GOST engine where it is installed. It runs beside us and
 * not in our stead, because it asks servers of this very process.
 */
export class Openssl {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sealgate-authority-'));

  constructor() {
    this.write('engine.cnf', engineConfiguration);
  }

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(join(this.folder, name), content);
    return name;
  }

  writeCertificates(name: string, ...certificates: readonly Uint8Array[]): string {
    return this.write(name, certificates.map((der) => toPem('CERTIFICATE', der)).join(''));
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  async run(...args: readonly string[]): Promise<OpensslAnswer> {
    const env = { ...process.env, ...(engine === undefined ? {} : { OPENSSL_CONF: 'engine.cnf' }) };
    try {
      const { stdout, stderr } = await run('openssl', args, { cwd: this.folder, env });
      return { passed: true, text: stdout + stderr };
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return { passed: false, text: stdout + stderr };
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
