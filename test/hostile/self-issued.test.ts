import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/authority/authority.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { settingsSchema, toConfig } from '../../src/config.ts';
import { addReport, readCertificate } from '../../src/operator/trust.ts';
import { isSelfSigned } from '../../src/path/self-signed.ts';
import { purposes } from '../../src/trust-list/local.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { authority, commonName, issue, newKeys } from '../path/certificates.ts';

// Somebody gives an operator a certificate that looks like a root: issuer and subject are one name.

const name = commonName('Root');
const [own, other] = [newKeys(), newKeys()];
const make = (signer: typeof own) =>
  issue({ subject: name, issuer: name, keys: own, signer, extensions: authority() });

let folder: string;
let temporary: TemporaryDatabase;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  temporary = temporaryDatabase();
});
afterEach(async () => {
  await temporary.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** `sealgate trust add FILE --unpinned`. */
async function add(certificate: Certificate) {
  const file = join(folder, 'root.cer');
  writeFileSync(file, certificate.der);
  const { database, secrets } = temporary;
  const config = toConfig(settingsSchema.parse({ anchors: join(folder, 'pins') }));
  const { json } = await addReport(
    { database, secrets, config, at: Date.now() },
    await readCertificate(file),
    {
      purpose: [...purposes],
      unpinned: true,
    },
  );
  return (json as { roles: unknown }).roles;
}

describe('trust add', () => {
  it('takes a certificate whose signature holds under its own key for a root', async () => {
    expect(await add(make(own))).toEqual(['anchor']);
  });

  it('takes one that another key has signed in its own name for an authority, which needs a path', async () => {
    expect(make(other).isSelfIssued).toBe(true);
    expect(await add(make(other))).toEqual(['authority']);
  });

  it('takes one whose signature was damaged for an authority', async () => {
    const der = Uint8Array.from(make(own).der);
    der[der.length - 1]! ^= 1;
    expect(await add(parseCertificate(der))).toEqual(['authority']);
  });
});

it.each(['ecdsa-p256', 'rsa-2048', 'gost2012-256'] as const)(
  'a root on %s is self-signed',
  async (keyKind) => {
    const { root, accredited } = await createAuthority({ folder: join(folder, keyKind), algorithm: keyKind });
    expect(isSelfSigned(parseCertificate(root.certificate))).toBe(true);
    expect(isSelfSigned(parseCertificate(accredited.certificate))).toBe(false);
  },
);
