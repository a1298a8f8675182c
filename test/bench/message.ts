import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a verification starts from, made by openssl: a root, a message of about 1 KB by a certificate of it, a list. */
export interface Specimen {
  readonly folder: string;
  readonly root: Buffer;
  readonly message: Buffer;
  readonly content: Buffer;
  readonly crl: Buffer;
  close(): void;
}

/** Where Debian puts the gost engine, by processor. */
const gostEngine = ['x86_64', 'aarch64']
  .map((processor) => `/usr/lib/${processor}-linux-gnu/engines-3/gost.so`)
  .find((path) => existsSync(path));

/** Why no GOST specimen can be made here; undefined where it can. */
export const whyNoGostEngine: string | undefined =
  gostEngine === undefined ? 'libengine-gost-openssl is missing' : undefined;

const engineConfiguration = `openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
dynamic_path = ${gostEngine}
default_algorithms = ALL
`;

const configuration = `
[ca]
default_ca = one
[one]
database = index.txt
crlnumber = crlnumber
default_md = default
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = name
[name]
`;

/** Environment in which OpenSSL knows GOST, once a specimen was made in `folder`. */
export function environmentOf(folder: string): Readonly<Record<string, string>> {
  return { OPENSSL_CONF: join(folder, 'engine.cnf') };
}

/** Makes a specimen; `key` are options of `openssl genpkey`, `digest` names the hash function. */
export function makeSpecimen(key: readonly string[], digest: string, needsEngine = false): Specimen {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const env = { ...process.env, ...environmentOf(folder) };
  const openssl = (line: string, ...more: readonly string[]) =>
    execFileSync('openssl', [...line.split(' '), ...more], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  writeFileSync(join(folder, 'openssl.cnf'), configuration);
  writeFileSync(join(folder, 'engine.cnf'), needsEngine ? engineConfiguration : '');
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'crlnumber'), '01\n');
  writeFileSync(join(folder, 'content'), 'Sign in to the portal, https://portal.example\n'.repeat(6));
  const md = ['-md', digest];
  for (const name of ['root', 'signer']) openssl('genpkey', ...key, '-out', `${name}.key`);
  openssl(
    'req -x509 -new -config openssl.cnf -extensions root -key root.key -subj /CN=Root -days 90 -out root.pem',
    `-${digest}`,
  );
  openssl(
    'req -new -config openssl.cnf -key signer.key -subj /O=Romashka/CN=Romashka -out signer.csr',
    `-${digest}`,
  );
  openssl(
    'x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -days 60 -extfile openssl.cnf -extensions signer -out signer.pem',
    `-${digest}`,
  );
  openssl('ca -config openssl.cnf -gencrl -keyfile root.key -cert root.pem -crldays 30 -out crl.pem', ...md);
  openssl('crl -in crl.pem -outform DER -out crl.der');
  openssl('x509 -in root.pem -outform DER -out root.der');
  openssl(
    'cms -sign -binary -nodetach -cades -nosmimecap -in content -signer signer.pem -inkey signer.key -outform DER -out message.der',
    ...md,
  );
  const read = (name: string) => readFileSync(join(folder, name));
  return {
    folder,
    root: read('root.der'),
    message: read('message.der'),
    content: read('content'),
    crl: read('crl.der'),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
