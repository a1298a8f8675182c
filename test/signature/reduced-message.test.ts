import { hash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence, encodeSetOf } from '../../src/asn1/writer.ts';
import { createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { signInLimits } from '../../src/budget/limits.ts';
import { Checks } from '../../src/report/check.ts';
import { contentOids } from '../../src/signature/oids.ts';
import { reducedMessage } from '../../src/signature/reduced-message.ts';
import { parseSignedData } from '../../src/signature/signed-data.ts';
import { verifySignature } from '../../src/signature/verify.ts';

const content = Buffer.from('what is signed');
const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};
const sha256 = (octets: Uint8Array) => hash('sha256', octets);

let issued: IssuedCertificate;
let message: Uint8Array;
beforeAll(async () => {
  const authority = await createAuthority({ algorithm: 'ecdsa-p256' });
  issued = await authority.issue({ subscriber: sampleSubscriber('legal-entity') });
  message = await signDetached(content, issued, Date.now());
  await authority.close();
});

const verified = (octets: Uint8Array) =>
  verifySignature(octets, content, rules, new Checks(), new Budget(signInLimits));

/** The message as BER: attached content in pieces, empty ones among them, an unused digest algorithm, unsigned attributes. */
function bloated(): Uint8Array {
  const { certificates, signers } = parseSignedData(message);
  const [signer] = signers;
  if (signer === undefined || signer.identifier.kind !== 'issuer-and-serial') throw new Error('unreachable');
  const constructed = (pieces: readonly Uint8Array[]) =>
    encode(tag.octetString | 0x20, ...pieces.map(encodeOctetString));
  const empty = Array<Uint8Array>(1_000).fill(new Uint8Array());
  const unused = encodeSequence(encodeOid('1.2.3.4'), encodeOctetString(Buffer.alloc(1_000)));
  const unsigned = encodeSequence(
    encodeOid('1.2.3.5'),
    encodeSetOf([encodeOctetString(Buffer.alloc(50_000))]),
  );
  const signerInfo = encodeSequence(
    encode(tag.integer, Uint8Array.of(1)),
    encodeSequence(signer.identifier.issuer.der, encode(tag.integer, signer.identifier.serialNumber)),
    signer.digestAlgorithm.der,
    signer.signedAttributes ?? new Uint8Array(),
    signer.signatureAlgorithm.der,
    constructed([...empty, signer.signature]),
    encode(contextConstructed(1), unsigned),
  );
  const signedData = encodeSequence(
    encode(tag.integer, Uint8Array.of(1)),
    encode(tag.set, signer.digestAlgorithm.der, unused),
    encodeSequence(
      encodeOid(contentOids.data),
      encode(contextConstructed(0), constructed([...empty, content])),
    ),
    encode(contextConstructed(0), ...certificates),
    encode(tag.set, signerInfo),
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

describe('a reduced message', () => {
  it('verifies as the whole one, with the certificates that are needed and nothing that is not signed', () => {
    const large = bloated();
    expect(large.length).toBeGreaterThan(50_000);
    const needed = new Set([sha256(issued.certificate)]);
    const small = reducedMessage(large, needed);
    expect(small.length).toBeLessThan(issued.certificate.length + 1_000);
    const [before, after] = [verified(large), verified(small)];
    expect(after.signer.sha256).toBe(before.signer.sha256);
    expect(after.signingTime).toBe(before.signingTime);
    expect(after.certificates).toEqual([]);
    expect(after.signerInfo.signedAttributes).toEqual(before.signerInfo.signedAttributes);
    expect(parseSignedData(small).signers[0]?.unsignedAttributes).toBeUndefined();
  });

  it('of a plain detached message is as it was, in DER', () => {
    const needed = new Set([issued.certificate, ...issued.chain].map(sha256));
    expect(Buffer.from(reducedMessage(message, needed)).equals(message)).toBe(true);
  });

  it('keeps lists and answers that are needed, under the version that they ask for', () => {
    const { certificates, signers } = parseSignedData(message);
    const list = encodeSequence(encodeOid('1.2.3'));
    const answer = encodeSequence(encode(tag.enumerated, Uint8Array.of(6)));
    const other = encode(contextConstructed(1), encodeOid('1.3.6.1.5.5.7.16.2'), answer);
    const parts = [...certificates.map(sha256), sha256(list), sha256(answer)];
    // Built from the reduced one, whose last field is the signers.
    const withValues = (values: readonly Uint8Array[]) => {
      const plain = parseSignedData(reducedMessage(message, new Set(parts)));
      return encodeSequence(
        encodeOid(contentOids.signedData),
        encode(
          contextConstructed(0),
          encodeSequence(
            encode(tag.integer, Uint8Array.of(5)),
            encode(tag.set, ...plain.digestAlgorithms.map(({ der }) => der)),
            encodeSequence(encodeOid(contentOids.data)),
            encode(contextConstructed(0), ...plain.certificates),
            encode(contextConstructed(1), ...values),
            encode(tag.set, signerOf()),
          ),
        ),
      );
    };
    const signerOf = () => {
      const [signer] = signers;
      if (signer === undefined || signer.identifier.kind !== 'issuer-and-serial')
        throw new Error('unreachable');
      return encodeSequence(
        encode(tag.integer, Uint8Array.of(1)),
        encodeSequence(signer.identifier.issuer.der, encode(tag.integer, signer.identifier.serialNumber)),
        signer.digestAlgorithm.der,
        signer.signedAttributes ?? new Uint8Array(),
        signer.signatureAlgorithm.der,
        encodeOctetString(signer.signature),
      );
    };
    const both = parseSignedData(reducedMessage(withValues([list, other]), new Set(parts)));
    expect([both.crls, both.ocspResponses].map(({ length }) => length)).toEqual([1, 1]);
    const withoutAnswer = new Set(parts.filter((part) => part !== sha256(answer)));
    const one = parseSignedData(reducedMessage(withValues([list, other]), withoutAnswer));
    expect([one.crls, one.ocspResponses].map(({ length }) => length)).toEqual([1, 0]);
  });
});
