import { sign } from 'node:crypto';
import { tag } from '../../src/asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodeIntegerContent,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/writer.ts';
import { integer, type Keys } from '../path/certificates.ts';

const text = new TextEncoder();

/** What a revocation list is made of. */
export interface ListOrder {
  /** Encoded name. */
  readonly issuer: Uint8Array;
  readonly signer: Keys;
  /** Content octets of serial numbers. */
  readonly revoked?: readonly Uint8Array[];
}

/** DER of a revocation list of 2026, signed with ECDSA and SHA-256. */
export function listOf({ issuer, signer, revoked = [] }: ListOrder): Uint8Array {
  const algorithm = encodeSequence(encodeOid('1.2.840.10045.4.3.2'));
  const time = (value: string) => encode(tag.utcTime, text.encode(value));
  const entries = revoked.map((serial) =>
    encodeSequence(encodeIntegerContent(serial), time('260201000000Z')),
  );
  const signed = encodeSequence(
    integer(1),
    algorithm,
    issuer,
    time('260101000000Z'),
    time('270101000000Z'),
    ...(entries.length === 0 ? [] : [encodeSequence(...entries)]),
  );
  return encodeSequence(signed, algorithm, encodeBitString(sign('sha256', signed, signer.privateKey)));
}
