import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Makes a specimen; `key` are options of `openssl genpkey`, `engine` those that load one. */
export function makeSpecimen(
  key: readonly string[],
  engine: readonly string[] = [],
  digest: readonly string[] = [],
): Specimen {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  writeFileSync(join(folder, 'openssl.cnf'), configuration);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'crlnumber'), '01\n');
  writeFileSync(join(folder, 'content'), 'Sign in to the portal, https://portal.example\n'.repeat(6));
  const config = ['-config', 'openssl.cnf'];
  for (const name of ['root', 'signer']) openssl('genpkey', ...engine, ...key, '-out', `${name}.key`);
  openssl(
    'req',
    '-x509',
    '-new',
    ...engine,
    ...config,
    '-extensions',
    'root',
    '-key',
    'root.key',
    '-subj',
    '/CN=Root',
    '-days',
    '90',
    '-out',
    'root.pem',
    ...digest,
  );
  openssl(
    'req',
    '-new',
    ...engine,
    ...config,
    '-key',
    'signer.key',
    '-subj',
    '/O=Romashka/CN=Romashka',
    '-out',
    'signer.csr',
    ...digest,
  );
  openssl(
    'x509',
    '-req',
    ...engine,
    '-in',
    'signer.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-days',
    '60',
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'signer',
    '-out',
    'signer.pem',
    ...digest,
  );
  const md = digest.length === 0 ? ['-md', 'sha256'] : ['-md', digest[0]?.slice(1) ?? ''];
  openssl(
    'ca',
    ...engine,
    ...config,
    '-gencrl',
    '-keyfile',
    'root.key',
    '-cert',
    'root.pem',
    '-crldays',
    '30',
    '-out',
    'crl.pem',
    ...md,
  );
  openssl('crl', ...engine, '-in', 'crl.pem', '-outform', 'DER', '-out', 'crl.der');
  openssl('x509', ...engine, '-in', 'root.pem', '-outform', 'DER', '-out', 'root.der');
  openssl(
    'cms',
    '-sign',
    ...engine,
    '-binary',
    '-nodetach',
    '-cades',
    '-nosmimecap',
    '-in',
    'content',
    '-signer',
    'signer.pem',
    '-inkey',
    'signer.key',
    '-outform',
    'DER',
    '-out',
    'message.der',
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
