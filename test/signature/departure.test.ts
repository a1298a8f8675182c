import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AlgorithmPolicy, currentAlgorithms } from '../../src/algorithm/policy.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import {
  encode,
  encodeIntegerContent,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSetOf,
} from '../../src/asn1/writer.ts';
import { signDetached } from '../../src/authority/detached.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { isFailure } from '../../src/error.ts';
import { Checks } from '../../src/report/check.ts';
import { signedAttributeOids } from '../../src/signature/oids.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { madeAt, makeAuthority } from '../fuzz/kinds/house.ts';
import { readTree, writeTree } from '../fuzz/mutation/tree.ts';
import { type MessageOrder, makeCms, type SignerParts } from '../hostile/message.ts';
import { issue, name, newKeys, printable, usage, utf8 } from '../path/certificates.ts';

const content = Buffer.from('Sign in to the portal\n');
const at = Date.UTC(2026, 5, 1);
const keys = newKeys();
const organisation = '2.5.4.10';
const certificate = issue({
  subject: name([organisation, utf8('Signer')]),
  issuer: name([organisation, utf8('Authority')]),
  keys,
  signer: newKeys(),
  extensions: [usage(0xc0)],
});

const ecdsaWithSha512 = encodeSequence(encodeOid('1.2.840.10045.4.3.4'));

function verify(message: Uint8Array, algorithms: AlgorithmPolicy = currentAlgorithms) {
  const rules = {
    algorithms,
    requiresSignedAttributes: true,
    requiresSigningCertificate: true,
    acceptsUtf16Content: false,
  };
  try {
    return verifySignature(message, content, rules, new Checks(), new Budget());
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error;
  }
}

/** The failure's code, or the SHA-256 of whom the message was found to be signed by. */
function outcome(order: Partial<MessageOrder>, known = certificate): string {
  const signers = [{ certificate: known, key: keys.privateKey }];
  const found = verify(makeCms({ content, signers, certificates: [known.der], at, ...order }));
  return isFailure(found) ? found.code : found.signer.sha256;
}

const passed = certificate.sha256;

/** SignerIdentifier by an issuer and the certificate's number. */
function identifierBy(issuer: Uint8Array, { fields }: Certificate): Partial<SignerParts> {
  return { identifier: encodeSequence(issuer, encodeIntegerContent(fields.serialNumber)) };
}

describe('the issuer in a message', () => {
  const printed = name([organisation, printable('Authority')]);
  const other = name([organisation, utf8('Another authority')]);

  it('names the signer’s certificate in another string type as well (RFC 5280, section 7.1)', () => {
    expect(outcome({})).toBe(passed);
    expect(outcome({ change: () => identifierBy(printed, certificate) })).toBe(passed);
    expect(outcome({ change: () => identifierBy(other, certificate) })).toBe('signer_certificate_missing');
  });

  /** The signed attributes with issuer and number in the reference to the certificate (RFC 5035). */
  const referring = (issuer: Uint8Array) => ({
    change: ({ attributes = [] }: SignerParts) => {
      const hash = encodeOctetString(createHash('sha256').update(certificate.der).digest());
      const names = encodeSequence(encode(contextConstructed(4), issuer));
      const number = encodeIntegerContent(certificate.fields.serialNumber);
      const reference = encodeSequence(hash, encodeSequence(names, number));
      const value = encodeSequence(encodeSequence(reference));
      const oid = encodeOid(signedAttributeOids.signingCertificateV2);
      const others = attributes.filter((attribute) => Buffer.from(attribute).indexOf(oid) < 0);
      const all = [...others, encodeSequence(oid, encodeSetOf([value]))].sort(Buffer.compare);
      return { attributes: all, signed: encode(tag.set, ...all) };
    },
  });

  it('names it so in the signed reference too', () => {
    expect(outcome(referring(certificate.issuer.der))).toBe(passed);
    expect(outcome(referring(printed))).toBe(passed);
    expect(outcome(referring(other))).toBe('signer_certificate_substituted');
  });
});

describe('signed attributes that are not sorted', () => {
  const reversed = ({ attributes = [] }: SignerParts) => attributes.toReversed();

  it('are told to be the tool’s fault where the signature covers them as they were sent', () => {
    const change = (parts: SignerParts) => {
      const attributes = reversed(parts);
      return { attributes, signed: encode(tag.set, ...attributes) };
    };
    expect(outcome({ change })).toBe('signature_attributes_unsorted');
  });

  it('pass where the signature covers them sorted, which is what the standard asks for', () => {
    expect(outcome({ change: (parts) => ({ attributes: reversed(parts) }) })).toBe(passed);
  });

  it('do not hide a signature that holds over neither', () => {
    const change = (parts: SignerParts) => ({ attributes: reversed(parts), signed: content });
    expect(outcome({ change })).toBe('signature_invalid');
  });
});

describe('a digest that differs from the one inside of the signature algorithm', () => {
  it('is refused by the names of both', () => {
    const change = () => ({ signatureAlgorithm: ecdsaWithSha512 });
    const signers = [{ certificate, key: keys.privateKey }];
    const found = verify(makeCms({ content, signers, certificates: [certificate.der], at, change }));
    expect(found).toMatchObject({
      code: 'signature_digests_differ',
      details: { messageDigest: 'SHA-256', signatureDigest: 'SHA-512' },
    });
  });

  it('is no difference where the algorithm of the key stands alone', () => {
    const change = () => ({ signatureAlgorithm: encodeSequence(encodeOid('1.2.840.10045.2.1')) });
    expect(outcome({ change })).toBe(passed);
  });

  it('and an algorithm that is not accepted is still called so', () => {
    const change = () => ({ signatureAlgorithm: encodeSequence(encodeOid('1.2.3.4')) });
    expect(outcome({ change })).toBe('algorithm_forbidden');
  });
});

describe('a GOST R 34.10-2012 signature under the name of GOST R 34.10-2001', () => {
  /** The message of a real signer with another name for its algorithm; nothing that is signed repeats the name. */
  async function messageCalled(oid: string): Promise<Uint8Array> {
    const { signer } = await makeAuthority('gost2012-256');
    const tree = readTree(await signDetached(content, signer, madeAt))!;
    const signedData = tree[0]!.children![1]!.children![0]!;
    const signerInfo = signedData.children!.at(-1)!.children![0]!;
    signerInfo.children![4] = readTree(encodeSequence(encodeOid(oid)))![0]!;
    return writeTree(tree);
  }

  it('is refused unless the policy accepts it, and then conceded', async () => {
    const message = await messageCalled('1.2.643.2.2.19');
    expect(verify(message)).toMatchObject({
      code: 'signature_algorithm_mislabelled',
      details: { algorithm: 'GOST R 34.10-2012 with Streebog-256' },
    });
    const accepting = { ...currentAlgorithms, acceptsMislabelledGost: true };
    expect(verify(message, accepting)).toMatchObject({ concessions: ['mislabelled-gost'] });
  });

  it('passes under its own name, and by no policy under that of the older signature with its older hash', async () => {
    expect(verify(await messageCalled('1.2.643.7.1.1.1.1'))).toMatchObject({ concessions: [] });
    const accepting = { ...currentAlgorithms, acceptsMislabelledGost: true };
    expect(verify(await messageCalled('1.2.643.2.2.3'), accepting)).toMatchObject({
      code: 'signature_digests_differ',
    });
  });
});
