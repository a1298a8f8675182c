import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeOctetString, encodeOid } from '../../src/asn1/writer.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { keyType, objectClass } from '../../src/token/cryptoki.ts';
import { pairObjects } from '../../src/token/pairing.ts';
import type { ObjectAttributes, SlotInfo, TokenObject } from '../../src/token/protocol.ts';
import { encodePublicKey, readPublicKey } from '../../src/token/public-key.ts';
import { selectKey, selectToken } from '../../src/token/selection.ts';
import { noOpenssl, OpensslFolder } from './openssl.ts';

const xchA = encodeOid('1.2.643.2.2.36.0');
const streebog256 = encodeOid('1.2.643.7.1.1.2.2');
const gost94 = encodeOid('1.2.643.2.2.30.1');
const point = new Uint8Array(64).fill(7);

function object(handle: string, attributes: ObjectAttributes): TokenObject {
  return { handle, attributes };
}

const id = Uint8Array.of(1);
const gostPublic = {
  class: objectClass.publicKey,
  keyType: keyType.gost,
  id,
  gostR3410Params: xchA,
  gostR3411Params: streebog256,
  value: point,
};
const gostPrivate = {
  class: objectClass.privateKey,
  keyType: keyType.gost,
  id,
  gostR3410Params: xchA,
  gostR3411Params: streebog256,
};

describe('keys of a token', () => {
  it('GOST: public and private half pair by identifier, kind and parameters', () => {
    const [key] = pairObjects([object('a', gostPublic), object('b', gostPrivate)]).keys;
    expect(key).toMatchObject({
      id: '01',
      privateKeys: [{ handle: 'b' }],
      publicKey: { type: 'gost', bits: 256, parameterSet: '1.2.643.2.2.36.0' },
    });
  });

  it('GOST: a public value in an OCTET STRING, as some drivers give it, is the same key', () => {
    const wrapped = { ...gostPublic, value: encodeOctetString(point) };
    expect(pairObjects([object('a', wrapped)]).keys[0]?.publicKey).toMatchObject({ point });
  });

  it.each([
    ['another identifier', { ...gostPrivate, id: Uint8Array.of(2) }],
    ['another size', { ...gostPrivate, keyType: keyType.gost512 }],
    ['the hash of 1994, which makes it a key of 2001', { ...gostPrivate, gostR3411Params: gost94 }],
    ['another kind', { class: objectClass.privateKey, keyType: keyType.ec, id }],
  ])('a private key with %s does not pair', (_, half) => {
    const { keys } = pairObjects([object('a', gostPublic), object('b', half)]);
    expect(
      keys.filter(({ publicKey, privateKeys }) => publicKey !== undefined && privateKeys.length > 0),
    ).toEqual([]);
  });

  it('of GOST R 34.10-2001 are passed over, though they have the same CKK number', () => {
    expect(pairObjects([object('a', { ...gostPublic, gostR3411Params: gost94 })]).keys).toEqual([]);
  });

  it('RSA: halves pair by modulus, whatever their identifiers', () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const modulus = Buffer.from(jwk.n ?? '', 'base64url');
    const publicExponent = Buffer.from(jwk.e ?? '', 'base64url');
    const rsa = { keyType: keyType.rsa, modulus, publicExponent };
    const { keys } = pairObjects([
      object('a', { class: objectClass.publicKey, ...rsa, id }),
      object('b', { class: objectClass.privateKey, ...rsa, id: Uint8Array.of(9) }),
    ]);
    expect(keys).toMatchObject([{ privateKeys: [{ handle: 'b' }], publicKey: { type: 'rsa', bits: 2048 } }]);
  });

  it('that are broken or of a kind that we do not know hide no others', () => {
    const { keys } = pairObjects([
      object('a', {
        class: objectClass.publicKey,
        keyType: keyType.ec,
        id,
        paramsECDSA: encodeOid('1.2.840.10045.3.1.7'),
        pointEC: Uint8Array.of(4, 3, 1),
      }),
      object('b', { class: objectClass.publicKey, keyType: 0x1f, id }),
      object('c', { class: objectClass.certificate, value: Uint8Array.of(0x30, 0x80) }),
      object('d', gostPublic),
      object('e', gostPrivate),
    ]);
    expect(keys).toMatchObject([{ privateKeys: [{ handle: 'e' }] }]);
  });

  it('GOST: the SPKI names the digest with the sets of 2001 and leaves it out with those of TC 26', () => {
    const hex = (parameterSet: string, bits: 256 | 512) =>
      Buffer.from(
        encodePublicKey({ type: 'gost', bits, parameterSet, point: new Uint8Array(bits / 4) }),
      ).toString('hex');
    expect(hex('1.2.643.2.2.36.0', 256)).toMatch(
      /^3066301f06082a85030701010101301306072a85030202240006082a850307010102020343000440/,
    );
    expect(hex('1.2.643.7.1.2.1.1.1', 256)).toMatch(
      /^305e301706082a85030701010101300b06092a85030701020101010343000440/,
    );
    expect(hex('1.2.643.7.1.2.1.2.3', 512)).toMatch(
      /^3081a0301706082a85030701010102300b06092a850307010201020303818400048180/,
    );
  });
});

describe.skipIf(noOpenssl)(`certificates of a token${noOpenssl ? ` (skipped: ${noOpenssl})` : ''}`, () => {
  let objects: TokenObject[];
  let now: number;
  beforeAll(async () => {
    const openssl = await OpensslFolder.make();
    await openssl.makeAuthority();
    await openssl.run(
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-out',
      'key.pem',
    );
    await openssl.run(
      'req',
      '-new',
      '-key',
      'key.pem',
      '-subj',
      '/CN=Login',
      '-outform',
      'DER',
      '-out',
      'key.csr',
    );
    const request = await openssl.read('key.csr');
    const short = await openssl.certify(request, 1);
    const long = await openssl.certify(request, 20);
    await openssl.run('x509', '-in', 'ca.crt', '-outform', 'DER', '-out', 'ca.der');
    const authority = await openssl.read('ca.der');
    await openssl.remove();
    const { publicKey } = parseCertificate(short);
    const key = readPublicKey(publicKey);
    now = parseCertificate(short).notBefore + 1000;
    const certificate = (value: Uint8Array, own: Uint8Array) => ({
      class: objectClass.certificate,
      certType: 0,
      value,
      id: own,
    });
    objects = [
      object('1', certificate(short, id)),
      object('2', certificate(long, id)),
      object('3', certificate(authority, Uint8Array.of(5))),
      object('4', {
        class: objectClass.publicKey,
        keyType: keyType.ec,
        id,
        label: 'login',
        paramsECDSA: encodeOid('1.2.840.10045.3.1.7'),
        pointEC: key.type === 'ec' ? encodeOctetString(key.point) : point,
      }),
      object('5', { class: objectClass.privateKey, keyType: keyType.ec, id, label: 'login' }),
    ];
  });

  const day = 86_400_000;
  const select = (selector: object, at = now, from = objects) =>
    selectKey(pairObjects(from), selector, 'test', at);

  it('pair with their key; one without its key is loose', () => {
    const contents = pairObjects(objects);
    expect(contents.keys).toMatchObject([{ privateKeys: [{ handle: '5' }], certificates: [{}, {}] }]);
    expect(contents.loose).toHaveLength(1);
  });

  it('pair by identifier where the token has no public key object', () => {
    const contents = pairObjects(objects.filter(({ handle }) => handle !== '4'));
    expect(contents.keys).toMatchObject([{ privateKeys: [{ handle: '5' }], certificates: [{}, {}] }]);
  });

  it('several fit: certificate_choice_needed lists them; one chosen by its fingerprint: found', () => {
    expect(() => select({})).toThrow(
      expect.objectContaining({
        code: 'certificate_choice_needed',
        details: { certificates: [expect.stringContaining('Login'), expect.any(String)] },
      }),
    );
    const print = parseCertificate(objects[1]?.attributes.value ?? new Uint8Array()).sha256;
    expect(select({ fingerprint: print.slice(0, 12) }).certificate?.certificate.sha256).toBe(print);
    expect(select({ name: print.toUpperCase() }).certificate?.certificate.sha256).toBe(print);
  });

  it('a fingerprint’s beginning of fewer than eight digits means none', () => {
    const print = parseCertificate(objects[1]?.attributes.value ?? new Uint8Array()).sha256;
    expect(() => select({ fingerprint: print.slice(0, 7) })).toThrow(
      expect.objectContaining({ code: 'key_not_found' }),
    );
  });

  it('only one is within its term: it is taken without a question', () => {
    const { certificate } = select({}, now + 2 * day);
    expect(certificate?.certificate.notAfter).toBeGreaterThan(now + 10 * day);
  });

  it('the key is not on the token: key_not_found names the certificate', () => {
    const keyless = objects.filter(({ handle }) => handle !== '5');
    const print = parseCertificate(objects[2]?.attributes.value ?? new Uint8Array()).sha256;
    expect(() => select({ name: print }, now, keyless)).toThrow(
      expect.objectContaining({
        code: 'key_not_found',
        details: expect.objectContaining({ certificate: expect.stringContaining('Sealgate test authority') }),
      }),
    );
  });

  it('two certificates, and the key of one is not for signing: the other is taken', () => {
    const other = objects.map(({ handle, attributes }) => ({
      handle,
      attributes: attributes.class === objectClass.privateKey ? { ...attributes, sign: false } : attributes,
    }));
    expect(select({}, now + 2 * day, other).key.privateKeys[0]?.isForOtherUse).toBe(true);
    const twin = { class: objectClass.privateKey, keyType: keyType.gost, id: Uint8Array.of(9), sign: true };
    const pair = [object('8', { ...gostPublic, id: Uint8Array.of(9) }), object('9', twin)];
    const keys = pairObjects([...other, ...pair]);
    expect(
      selectKey(keys, { withoutCertificate: true }, 'test', now + 2 * day).key.privateKeys,
    ).toMatchObject([{ handle: '9' }]);
  });

  it('of another kind than asked for: key_not_found', () => {
    expect(() => select({ family: 'rsa' })).toThrow(expect.objectContaining({ code: 'key_not_found' }));
    expect(select({ family: 'ec' }, now + 2 * day).key.privateKeys[0]?.handle).toBe('5');
  });
});

describe('the token that is meant', () => {
  const empty: SlotInfo = { slot: '00', description: 'Reader 0' };
  const refuses = (slots: SlotInfo[], code: string) =>
    expect(() => selectToken(slots, {})).toThrow(expect.objectContaining({ code }));

  it('no slot holds one: token_not_present', () => refuses([empty], 'token_not_present'));
  it('a slot holds what the driver does not know: token_not_recognized', () =>
    refuses(
      [empty, { ...empty, trouble: { code: 'token_not_recognized', problem: 'x' } }],
      'token_not_recognized',
    ));
  it('a slot holds one that went away just now: token_not_present', () =>
    refuses([{ ...empty, trouble: { code: 'token_not_present', problem: 'x' } }], 'token_not_present'));
  it('a slot holds one that fails: pkcs11_module_failed', () =>
    refuses([{ ...empty, trouble: { code: 'pkcs11_module_failed', problem: 'x' } }], 'pkcs11_module_failed'));

  it('two of one device, and a mechanism that only one has: that one is meant; one that none has: choose', () => {
    const token = (serial: string, mechanisms: number[]): SlotInfo => ({
      ...empty,
      token: {
        label: 'JaCarta',
        serial,
        manufacturer: '',
        model: '',
        flags: 0x40d,
        minimumPin: 4,
        maximumPin: 8,
        mechanisms,
        isBlank: false,
      },
    });
    const slots = [token('1', [0x1]), token('2', [0xd4321008])];
    expect(selectToken(slots, { mechanisms: [0x1201, 0xd4321008] }).serial).toBe('2');
    const choose = () => selectToken(slots, { mechanisms: [0x1057] });
    expect(choose).toThrow(expect.objectContaining({ code: 'token_choice_needed' }));
  });
});
