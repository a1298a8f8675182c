import { type DigestAlgorithm, digestByOid, digestLengths } from '../algorithm/digest.ts';
import { hasNoParameters, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed, tag } from '../asn1/tag.ts';
import { type Extensions, noExtensions, readExtensions } from '../certificate/extension.ts';
import { type GeneralName, readGeneralName } from '../certificate/general-name.ts';

/** TSTInfo (RFC 3161, section 2.4.2): what a time-stamp authority attests; nothing verified. */
export interface TimestampInfo {
  readonly policy: string;
  /** Hash of what was stamped. */
  readonly imprint: { readonly algorithm: DigestAlgorithm; readonly value: Uint8Array };
  /** Content octets of the INTEGER. */
  readonly serialNumber: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** By how much the time may be wrong at most, ms; undefined where the authority does not say. */
  readonly accuracy: number | undefined;
  /** Content octets of the INTEGER. */
  readonly nonce: Uint8Array | undefined;
  /** Name that the authority gives itself. */
  readonly authority: GeneralName | undefined;
}

/** Reads a DER TSTInfo, strictly: version 1, a known hash function, no critical extension. Throws an EncodingError. */
export function readTimestampInfo(der: Uint8Array): TimestampInfo {
  const reader = Reader.der(der);
  const fields = reader.sequence();
  reader.finish();
  if (fields.smallInteger() !== 1) fields.refuse('version of the time-stamp is not 1');
  const policy = fields.oid();
  const imprint = readImprint(fields.sequence());
  const serialNumber = fields.integer();
  const time = fields.generalizedTime(tag.generalizedTime, 'allowed');
  const accuracy = fields.peek() === tag.sequence ? readAccuracy(fields.sequence()) : undefined;
  fields.booleanDefaultFalse();
  const nonce = fields.peek() === tag.integer ? fields.integer() : undefined;
  const wrapper = fields.optionalConstructed(contextConstructed(0));
  const authority = wrapper && readGeneralName(wrapper);
  wrapper?.finish();
  const extensions = fields.peek() === contextConstructed(1) ? readTagged(fields) : noExtensions;
  fields.finish();
  for (const { oid, isCritical } of extensions.values())
    if (isCritical) fields.refuse(`critical extension ${oid} is unknown`);
  return { policy, imprint, serialNumber, time, accuracy, nonce, authority };
}

/** Extensions under their implicit tag, which take the place of that of a SEQUENCE. */
function readTagged(fields: Reader): Extensions {
  const octets = Uint8Array.from(fields.any());
  octets[0] = tag.sequence;
  return readExtensions(Reader.der(octets));
}

function readImprint(fields: Reader): TimestampInfo['imprint'] {
  const identifier = readAlgorithmIdentifier(fields);
  const value = fields.octetString();
  fields.finish();
  const algorithm = hasNoParameters(identifier) ? digestByOid(identifier.oid) : undefined;
  if (algorithm === undefined) return fields.refuse(`hash function ${identifier.oid} is unknown`);
  if (value.length !== digestLengths[algorithm]) fields.refuse('hash is not of the length of its function');
  return { algorithm, value };
}

const second = 1000;

/** Seconds, milliseconds and microseconds, each of which may be absent. */
function readAccuracy(fields: Reader): number {
  const seconds = fields.peek() === tag.integer ? fields.smallInteger() : 0;
  const milliseconds = fields.peek() === context(0) ? fields.smallInteger(context(0)) : 0;
  const microseconds = fields.peek() === context(1) ? fields.smallInteger(context(1)) : 0;
  fields.finish();
  if (milliseconds >= second || microseconds >= second) fields.refuse('accuracy is out of its range');
  return seconds * second + milliseconds + Math.ceil(microseconds / second);
}
