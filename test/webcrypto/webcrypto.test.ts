import { CertificationRequest } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import {
  exportPrivateKey,
  generateKeyPair,
  importKeyPair,
  type KeyKind,
  keyKinds,
} from '../../src/authority/key.ts';
import { makeRequest } from '../../src/authority/request.ts';
import { encodeName } from '../../src/certificate/writer/name.ts';
import { crypto } from '../../src/webcrypto/crypto.ts';
import { gostAlgorithmName, gostParameterSets } from '../../src/webcrypto/gost-algorithm.ts';
import { engine } from '../../src/webcrypto/pkijs-engine.ts';
import { Pkcs10CertificateRequest } from '../../src/webcrypto/x509.ts';
import { Openssl, whyNoEngine } from '../authority/openssl.ts';

const data = new TextEncoder().encode('to be signed');
const gostKinds = keyKinds.filter((kind) => kind.startsWith('gost'));
const name = encodeName([{ type: 'CN', value: 'key' }]);

describe('Streebog', () => {
  it.each([['STREEBOG-256', '3e7dea7f2384b6c5a3d0e24aaa29c05e89ddd762145030ec22c71a6db8b2c1f4']] as const)(
    '%s of the fact sheet’s sentence',
    async (algorithm, expected) => {
      const sentence = new TextEncoder().encode('The quick brown fox jumps over the lazy dog');
      expect(Buffer.from(await crypto.subtle.digest(algorithm, sentence)).toString('hex')).toBe(expected);
    },
  );
});

describe.each(keyKinds)('key %s', (kind: KeyKind) => {
  it('signs, verifies, refuses a changed message and a changed signature, and survives PKCS #8', async () => {
    const pair = await generateKeyPair(kind);
    const { signing, keys } = pair;
    const signature = new Uint8Array(await crypto.subtle.sign(signing, keys.privateKey, data));
    const verify = (value: Uint8Array, message: Uint8Array) =>
      crypto.subtle.verify(signing, keys.publicKey, value, message);
    expect(await verify(signature, data)).toBe(true);
    expect(await verify(signature, data.subarray(1))).toBe(false);
    signature[5] = signature[5]! ^ 1;
    expect(await verify(signature, data)).toBe(false);

    const restored = await importKeyPair(kind, await exportPrivateKey(pair), pair.publicKey);
    expect(restored.publicKey).toEqual(pair.publicKey);
    const other = await generateKeyPair(kind);
    await expect(importKeyPair(kind, await exportPrivateKey(other), pair.publicKey)).rejects.toThrow(
      'belong',
    );
  });

  it('is read by our own parser', async () => {
    const { publicKey } = await generateKeyPair(kind);
    expect(publicKeyOf(parsePublicKeyInfo(publicKey)).family).not.toBe('unusable');
  });

  it('makes requests that pkijs and @peculiar/x509 verify', async () => {
    const request = await makeRequest(await generateKeyPair(kind), name);
    expect(await new Pkcs10CertificateRequest(request).verify(crypto)).toBe(true);
    expect(await CertificationRequest.fromBER(request).verify(engine)).toBe(true);
    request[request.length - 1] = request[request.length - 1]! ^ 1;
    expect(
      await CertificationRequest.fromBER(request)
        .verify(engine)
        .catch(() => false),
    ).toBe(false);
  });
});

describe.each(gostKinds)('GOST key %s', (kind) => {
  it.skipIf(whyNoEngine)(
    `goes to OpenSSL and back, with signatures both ways${whyNoEngine ? ` (skipped: ${whyNoEngine})` : ''}`,
    async () => {
      const openssl = new Openssl();
      try {
        const pair = await generateKeyPair(kind);
        const { signing, keys, hash } = pair;
        openssl.write('key.der', await exportPrivateKey(pair));
        openssl.write('data', data);
        const digest = hash === 'STREEBOG-256' ? '-md_gost12_256' : '-md_gost12_512';
        const exported = await openssl.run(
          'pkey',
          '-inform',
          'DER',
          '-in',
          'key.der',
          '-pubout',
          '-out',
          'public.pem',
        );
        expect(exported).toMatchObject({ passed: true });
        openssl.write('ours.sig', new Uint8Array(await crypto.subtle.sign(signing, keys.privateKey, data)));
        const verdict = await openssl.run(
          'dgst',
          digest,
          '-verify',
          'public.pem',
          '-signature',
          'ours.sig',
          'data',
        );
        expect(verdict.text).toContain('Verified OK');
        const signed = await openssl.run(
          'dgst',
          digest,
          '-sign',
          'key.der',
          '-keyform',
          'DER',
          '-out',
          'theirs.sig',
          'data',
        );
        expect(signed).toMatchObject({ passed: true });
        const theirs = openssl.read('theirs.sig');
        expect(await crypto.subtle.verify(signing, keys.publicKey, theirs, data)).toBe(true);
      } finally {
        openssl.close();
      }
    },
  );
});

describe('GOST keys', () => {
  it('name the hash in the old parameter sets and not in the new ones (RFC 9215, section 4.2)', async () => {
    const old = await generateKeyPair('gost2012-256');
    expect(Buffer.from(old.publicKey).toString('hex')).toMatch(
      /^3066301f06082a85030701010101301306072a85030202240006082a850307010102020343000440/,
    );
    const fresh = await generateKeyPair('gost2012-256-tc26-a');
    expect(Buffer.from(fresh.publicKey).toString('hex')).toMatch(
      /^305e301706082a85030701010101300b06092a85030701020101010343000440/,
    );
  });

  it('that cannot be extracted are not exported', async () => {
    const algorithm = { name: gostAlgorithmName, namedCurve: 'CryptoPro-A' };
    const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow('extractable');
    expect((await crypto.subtle.exportKey('spki', publicKey)).byteLength).toBeGreaterThan(64);
  });

  it('of another size, hash, set or off the curve are refused', async () => {
    const { publicKey, keys } = await generateKeyPair('gost2012-256');
    const { subtle } = crypto;
    const importAs = (octets: Uint8Array, algorithm: object) =>
      subtle.importKey('spki', octets, { name: gostAlgorithmName, ...algorithm }, true, ['verify']);
    await expect(importAs(publicKey, { hash: 'STREEBOG-512' })).rejects.toThrow('hash');
    await expect(importAs(publicKey, { namedCurve: 'CryptoPro-A' })).rejects.toThrow('namedCurve');
    const off = publicKey.slice();
    off[off.length - 1] = off[off.length - 1]! ^ 1;
    await expect(importAs(off, {})).rejects.toThrow('not-on-curve');
    await expect(importAs(publicKey.subarray(0, 60), {})).rejects.toThrow();
    const wrongHash = { name: gostAlgorithmName, hash: 'STREEBOG-512' };
    await expect(subtle.sign(wrongHash, keys.privateKey, data)).rejects.toThrow('hash');
    await expect(
      subtle.generateKey({ name: gostAlgorithmName, namedCurve: 'P-256' }, true, ['sign', 'verify']),
    ).rejects.toThrow('namedCurve');
  });

  it('in PKCS #8 with a second OCTET STRING, as other tools write it, are read', async () => {
    const pair = await generateKeyPair('gost2012-256');
    const plain = Buffer.from(await exportPrivateKey(pair));
    const octets = plain.subarray(-32);
    const head = plain.subarray(2, -34);
    const body = Buffer.concat([head, Buffer.from([0x04, 34, 0x04, 32]), octets]);
    const nested = Buffer.concat([Buffer.from([0x30, body.length]), body]);
    expect((await importKeyPair('gost2012-256', nested, pair.publicKey)).publicKey).toEqual(pair.publicKey);
  });

  it('are drawn from the whole range of their parameter set', async () => {
    const tops = await Promise.all(
      Array.from(
        { length: 64 },
        async () => (await exportPrivateKey(await generateKeyPair('gost2012-256-tc26-a'))).at(-1)!,
      ),
    );
    // q is just above 2^254, so that the topmost octet is at most 0x40 and often above 0x20.
    expect(Math.max(...tops)).toBeLessThanOrEqual(0x40);
    expect(Math.max(...tops)).toBeGreaterThan(0x20);
  });

  it('each set has its own identifier', () => {
    const oids = Object.values(gostParameterSets).map(({ oid }) => oid);
    expect(new Set(oids).size).toBe(oids.length);
  });
});
