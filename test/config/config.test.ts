import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvironment, settingsSchema, toConfig, variableOf } from '../../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, 'sealgate.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const invalid = (field: unknown) =>
  expect.objectContaining({ code: 'configuration_invalid', details: expect.objectContaining({ field }) });

describe('the configuration', () => {
  it('starts a service on this machine with nothing set', () => {
    const config = toConfig(readEnvironment({ PATH: '/bin' }));
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      logLevel: 'info',

      clients: [],
    });
    for (const path of [config.data, config.database, config.keys, config.secretsFile])
      expect(isAbsolute(path)).toBe(true);
    expect(config.database.startsWith(config.data)).toBe(true);
  });

  it('lets the environment win over the file', () => {
    const SEALGATE_CONFIG = file({ port: 1000, host: '::1', metrics: false });
    expect(readEnvironment({ SEALGATE_CONFIG, SEALGATE_PORT: '2000' })).toMatchObject({
      port: 2000,
      host: '::1',
      metrics: false,
    });
  });

  it('has a variable for every setting but the relying parties', () => {
    expect(variableOf('requestsPerSecond')).toBe('SEALGATE_REQUESTS_PER_SECOND');
    for (const name of Object.keys(settingsSchema.shape)) {
      if (name === 'clients') continue;
      expect(readEnvironment({ [variableOf(name)]: '' }), name).toEqual(readEnvironment({}));
    }
  });

  it.each([
    ['SEALGATE_PORT', 'eighty'],
    ['SEALGATE_PORT', '70000'],
    ['SEALGATE_PORT', '80.5'],
    ['SEALGATE_LOG_LEVEL', 'loud'],
    ['SEALGATE_METRICS', 'perhaps'],
    ['SEALGATE_ISSUER', 'sealgate.example'],
    ['SEALGATE_ISSUER', 'https://sealgate.example/account'],
    ['SEALGATE_ASSERTION_KEY', '/key.pem'],
    ['SEALGATE_PROT', '80'],
    ['SEALGATE_CLIENTS', '[]'],
  ])('refuses %s=%s with configuration_invalid and the variable’s name', (variable, value) => {
    expect(() => readEnvironment({ [variable]: value })).toThrow(invalid(variable));
  });

  it('passes over variables that are not the service’s', () => {
    expect(readEnvironment({ SEALGATE_PIN: '1234', OTHER: 'x' }).port).toBe(8080);
  });

  it('names the setting in the file that is wrong', () => {
    const wrong = (content: unknown) => () => readEnvironment({ SEALGATE_CONFIG: file(content) });
    expect(wrong({ port: -1 })).toThrow(invalid(expect.stringMatching(/^port in .*sealgate\.json$/)));
    expect(wrong({ prot: 1 })).toThrow(invalid(expect.stringMatching(/^prot in /)));
    expect(wrong({ clients: [{ id: 'a' }] })).toThrow(invalid(expect.stringMatching(/^clients\.0\./)));
    expect(wrong('{')).toThrow(invalid('SEALGATE_CONFIG'));
    expect(wrong('[]')).toThrow(invalid('SEALGATE_CONFIG'));
    expect(() => readEnvironment({ SEALGATE_CONFIG: join(folder, 'absent') })).toThrow(
      invalid('SEALGATE_CONFIG'),
    );
  });

  it('takes relying parties with hashed secrets only', () => {
    const client = { id: 'portal', name: { en: 'P', ru: 'П' }, origins: ['https://portal.example'] };
    const hashed = { ...client, secretHashes: [`sha256:${'A'.repeat(43)}`] };
    expect(readEnvironment({ SEALGATE_CONFIG: file({ clients: [hashed] }) }).clients).toHaveLength(1);
    const plain = { ...client, secretHashes: ['open sesame'] };
    expect(() => readEnvironment({ SEALGATE_CONFIG: file({ clients: [plain] }) })).toThrow(
      invalid(expect.stringContaining('clients.0.secretHashes')),
    );
  });

  it('takes secrets from the environment, newest first, and refuses short ones', () => {
    const secrets = [randomBytes(32), randomBytes(32)].map((secret) => secret.toString('base64url'));
    const config = toConfig(readEnvironment({ SEALGATE_SECRETS: secrets.join(',') }));
    expect(config.givenSecrets?.map((secret) => Buffer.from(secret).toString('base64url'))).toEqual(secrets);
    expect(() => toConfig(readEnvironment({ SEALGATE_SECRETS: 'short' }))).toThrow(
      invalid('SEALGATE_SECRETS'),
    );
  });
});

describe('certificates of TLS clients', () => {
  const header = { SEALGATE_CLIENT_CERTIFICATE_HEADER: 'X-Client-Cert' };

  it('are taken from a header of named proxies', () => {
    const config = toConfig(readEnvironment({ ...header, SEALGATE_CLIENT_CERTIFICATE_PROXIES: '10.0.0.1' }));
    expect(config).toMatchObject({
      clientCertificateHeader: 'x-client-cert',
      clientCertificateProxies: ['10.0.0.1'],
    });
  });

  it('are taken from no header that anybody could set', () => {
    expect(() => toConfig(readEnvironment(header))).toThrow(invalid('clientCertificateProxies'));
  });

  it('need the header where a relying party in the file proves itself by one', () => {
    const client = {
      ...{ id: 'portal', name: { en: 'P', ru: 'П' }, origins: ['https://portal.example'] },
      oidc: {
        redirectUris: ['https://portal.example/back'],
        authentication: 'self_signed_tls_client_auth',
        jwksUri: 'https://portal.example/keys',
      },
    };
    const SEALGATE_CONFIG = file({ clients: [client] });
    expect(() => toConfig(readEnvironment({ SEALGATE_CONFIG }))).toThrow(invalid('clientCertificateHeader'));
    const SEALGATE_CLIENT_CERTIFICATE_PROXIES = '10.0.0.1';
    expect(
      toConfig(readEnvironment({ ...header, SEALGATE_CONFIG, SEALGATE_CLIENT_CERTIFICATE_PROXIES })).clients,
    ).toHaveLength(1);
  });
});
