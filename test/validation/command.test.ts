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

describe('files as people have them', () => {
  const anchor = ['--anchor', file('root.pem'), ...at];
  const untrusted = ['--untrusted', file('bundle.pem')];

  it.each([
    ['bare base64', 'signer.b64', () => Buffer.from(signer.der).toString('base64').replace(/.{64}/g, '$&\n')],
    ['PEM of an older label', 'signer.x509', () => pem('X509 CERTIFICATE', signer.der)],
    [
      'PEM with its issuer before it',
      'chain.pem',
      () => pem('CERTIFICATE', middle.der) + pem('CERTIFICATE', signer.der),
    ],
    ['DER with its issuer before it', 'chain.der', () => Buffer.concat([middle.der, signer.der])],
  ])('a certificate in %s is validated and shown', async (_, name, made) => {
    writeFileSync(file(name), made());
    expect((await run('validate', file(name), ...anchor, ...untrusted)).out).toContain('CN=Signer');
    expect((await run('validate', file(name), ...anchor, ...untrusted)).code).toBe(0);
    expect((await run('show', file(name))).out).toContain('CN=Signer');
  });

  it('a list in place of a certificate is wrong usage, told by its name, whatever is done with it', async () => {
    for (const words of [
      ['show', file('root.crl')],
      ['validate', file('root.crl'), ...anchor],
    ]) {
      const { out, code } = await run(...words);
      expect(code).toBe(64);
      expect(out).toMatch(/Needed: a certificate\. Given: a revocation list \(CRL\)/);
    }
  });

  it('a certificate in place of a list is told likewise', async () => {
    const { out, code } = await run('validate', file('signer.cer'), ...anchor, '--crl', file('signer.cer'));
    expect([code, out]).toEqual([
      64,
      expect.stringMatching(/Needed: a revocation list \(CRL\)\. Given: a certificate/),
    ]);
  });
});

describe('a certificate that is broken is shown as far as it goes', () => {
  it('with the rule that it breaks, and every field that can be read by itself', async () => {
    const later = Buffer.from(signer.der);
    const version = later.indexOf(Buffer.from('a003020102', 'hex'));
    later[version + 4] = 9;
    writeFileSync(file('later.cer'), later);
    const { out, code } = await run('show', file('later.cer'), '--json');
    expect(code).toBe(0);
    const shown = JSON.parse(out);
    expect(shown).toMatchObject({ subject: 'CN=Signer', issuer: 'CN=Authority', publicKey: 'ECDSA, P-256' });
    expect(shown.broken).toEqual(['version is unknown']);
    expect(shown.extensions).toHaveLength(1);
  });

  it('down to nothing but its digest', async () => {
    writeFileSync(file('stub.cer'), signer.der.subarray(0, 4));
    const { out, code } = await run('show', file('stub.cer'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ broken: [expect.any(String)], extensions: [] });
  });

  it('and extensions are told by their names', async () => {
    const { out } = await run('show', file('signer.cer'));
    expect(out).toMatch(/^extensions\s+.*keyUsage \(2\.5\.29\.15\)/m);
  });
});
