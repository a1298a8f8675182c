import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRegistrationOptions, registrationWith } from '../../src/operator/registration-options.ts';
import { localhostCertificate } from '../tls.ts';

const origin = 'https://portal.example';
const refused = (argument: string) =>
  expect.objectContaining({ code: 'argument_invalid', details: expect.objectContaining({ argument }) });

let folder: string;
let certificate: { key: string; cert: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  certificate = await localhostCertificate(1);
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What the options make of a registration, of a new one or of `current`. */
function registered(words: readonly string[], current: Partial<ReturnType<typeof registrationWith>> = {}) {
  const command = addRegistrationOptions(new Command(), true).exitOverride();
  const whole = ['--name-en', 'P', '--name-ru', 'П', '--origin', origin, '--redirect-uri', `${origin}/back`];
  command.parse([...whole, ...words], { from: 'user' });
  return registrationWith({ id: 'portal', ...current }, command.opts(), command);
}

describe('the keys of a relying party', () => {
  const tls = ['--authentication', 'self_signed_tls_client_auth'];

  it('may be given as certificates, whose keys they are then', () => {
    const { oidc } = registered([...tls, '--jwks', file('own.pem', certificate.cert)]);
    const [key] = oidc?.jwks?.keys ?? [];
    expect(key).toMatchObject({
      kty: 'EC',
      x5c: [new X509Certificate(certificate.cert).raw.toString('base64')],
    });
  });

  it('as a key set need certificates where those prove who asks', async () => {
    const jwk = { ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kty: 'EC' };
    const keys = file('keys.json', JSON.stringify({ keys: [jwk] }));
    expect(registered(['--authentication', 'private_key_jwt', '--jwks', keys]).oidc?.jwks?.keys).toHaveLength(
      1,
    );
    expect(() => registered([...tls, '--jwks', keys])).toThrow(refused('oidc.jwks'));
  });

  it('are not taken with a certificate of another key', async () => {
    const jwk = { ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kty: 'EC' };
    const x5c = [new X509Certificate(certificate.cert).raw.toString('base64')];
    const keys = file('mixed.json', JSON.stringify({ keys: [{ ...jwk, x5c }] }));
    expect(() => registered([...tls, '--jwks', keys])).toThrow(refused('oidc.jwks.keys.0'));
  });

  it('may be published, and whichever way is given takes the place of the other', () => {
    const published = registered(['--jwks-uri', `${origin}/keys`]);
    expect(published.oidc?.jwksUri).toBe(`${origin}/keys`);
    const given = registered(['--jwks', file('own.pem', certificate.cert)], published).oidc;
    expect([given?.jwksUri, given?.jwks?.keys.length]).toEqual([undefined, 1]);
    expect(() => registered(['--jwks-uri', 'http://portal.example/keys'])).toThrow(refused('oidc.jwksUri'));
    expect(() => registered(['--jwks-uri', `${origin}/keys`, '--jwks', join(folder, 'own.pem')])).toThrow(
      refused('oidc.jwksUri'),
    );
  });

  it('in a file of something else are refused for what it is', () => {
    expect(() => registered(['--jwks', file('key.pem', certificate.key)])).toThrow(
      expect.objectContaining({ code: 'encoding_unexpected' }),
    );
    expect(() => registered(['--jwks', join(folder, 'none')])).toThrow(
      expect.objectContaining({ code: 'file_unreadable' }),
    );
  });
});
