import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateCommands } from '../../src/validation/command.ts';
import { commonName, simpleChain } from '../path/certificates.ts';
import { listOf } from './list.ts';
import { run as runIn } from './run.ts';

const { root, middle, signer, keys } = simpleChain();
const folder = mkdtempSync(join(tmpdir(), 'sealgate-validation-'));
const at = ['--at', '2026-06-01T00:00:00Z'];

function file(name: string): string {
  return join(folder, name);
}

function pem(label: string, der: Uint8Array): string {
  const body = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

beforeAll(() => {
  writeFileSync(file('signer.cer'), signer.der);
  writeFileSync(file('root.pem'), pem('CERTIFICATE', root.der));
  writeFileSync(
    file('bundle.pem'),
    `${pem('CERTIFICATE', middle.der)}\ntext in between\n${pem('CERTIFICATE', root.der)}`,
  );
  writeFileSync(
    file('lists.pem'),
    pem('X509 CRL', listOf({ issuer: commonName('Authority'), signer: keys.middle })) +
      pem('X509 CRL', listOf({ issuer: commonName('Root'), signer: keys.root })),
  );
  writeFileSync(
    file('revoked.crl'),
    listOf({ issuer: commonName('Authority'), signer: keys.middle, revoked: [signer.fields.serialNumber] }),
  );
  writeFileSync(file('root.crl'), listOf({ issuer: commonName('Root'), signer: keys.root }));
  writeFileSync(file('rubbish'), 'rubbish');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runIn(certificateCommands, 'certificate', ...words);

describe('sealgate certificate validate', () => {
  const usual = ['validate', file('signer.cer'), '--anchor', file('root.pem'), ...at];

  it('passes with exit code 0 and prints the tree', async () => {
    const { out, code } = await run(...usual, '--untrusted', file('bundle.pem'), '--crl', file('lists.pem'));
    expect(code).toBe(0);
    expect(out).toContain('TOTAL-PASSED');
    expect(out).toContain('└─ revocation');
  });

  it('refuses a revoked certificate with exit code 1', async () => {
    const lists = [file('root.crl'), file('revoked.crl')];
    const { out, code } = await run(...usual, '--untrusted', file('bundle.pem'), '--crl', ...lists, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      indication: 'TOTAL-FAILED',
      failure: { code: 'certificate_revoked' },
    });
  });

  it('leaves a certificate without its issuer undecided with exit code 2', async () => {
    const { out, code } = await run(...usual, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ failure: { code: 'chain_incomplete' } });
  });

  it.each([
    ['a file that is not there', ['validate', file('nothing'), '--anchor', file('root.pem')]],
    ['a file that is no certificate', ['validate', file('rubbish'), '--anchor', file('root.pem')]],
    ['an anchor that is none', ['validate', file('signer.cer'), '--anchor', file('revoked.crl')]],
  ])('says that %s is wrong usage with exit code 64', async (_, words) => {
    expect((await run(...words)).code).toBe(64);
  });

  it('takes no time without a zone', async () => {
    const { out } = await run(
      'validate',
      file('signer.cer'),
      '--anchor',
      file('root.pem'),
      '--at',
      '2026-06-01T00:00:00',
    );
    expect(out).toContain('zone');
  });
});

describe('sealgate certificate show', () => {
  it('prints the fields', async () => {
    const { out, code } = await run('show', file('signer.cer'));
    expect(code).toBe(0);
    expect(out).toMatch(/^subject\s+CN=Signer$/m);
    expect(out).toMatch(/^keyUsage\s+digitalSignature, nonRepudiation$/m);
  });

  it('prints them as JSON, a list where the file holds several', async () => {
    const { out } = await run('show', file('bundle.pem'), '--json');
    expect(JSON.parse(out)).toMatchObject([
      { subject: 'CN=Authority', isAuthority: true, publicKey: 'ECDSA, P-256' },
      { subject: 'CN=Root' },
    ]);
  });
});
