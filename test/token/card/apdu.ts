/** A command APDU in its short form (ISO/IEC 7816-4, section 5.1). */
export interface Command {
  readonly chained: boolean;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
  /** How much is expected; undefined where nothing is. */
  readonly le: number | undefined;
}

/** A status word (ISO/IEC 7816-4, section 5.1.3), thrown by whatever refuses. */
export class Status extends Error {
  readonly word: number;

  constructor(word: number) {
    super(`status ${word.toString(16)}`);
    this.word = word;
  }
}

export const status = {
  done: 0x9000,
  wrongLength: 0x6700,
  securityNotSatisfied: 0x6982,
  blocked: 0x6983,
  conditionsNotSatisfied: 0x6985,
  wrongData: 0x6a80,
  functionNotSupported: 0x6a81,
  fileNotFound: 0x6a82,
  notEnoughMemory: 0x6a84,
  wrongParameters: 0x6a86,
  referenceNotFound: 0x6a88,
  alreadyExists: 0x6a89,
  insNotSupported: 0x6d00,
} as const;

/** 63Cx: so many tries are left. */
export function triesLeft(count: number): Status {
  return new Status(count === 0 ? status.blocked : 0x63c0 | count);
}

/** Reads an APDU; throws Status where its length is not that of a short one. */
export function parseCommand(octets: Buffer): Command {
  if (octets.length < 4) throw new Status(status.wrongLength);
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, length = 0] = octets;
  const head = { chained: (cla & 0x10) !== 0, ins, p1, p2 };
  if (octets.length <= 5) {
    const le = octets.length === 5 ? length || 256 : undefined;
    return { ...head, data: Buffer.alloc(0), le };
  }
  const end = 5 + length;
  if (octets.length !== end && octets.length !== end + 1) throw new Status(status.wrongLength);
  const le = octets.length > end ? octets.readUInt8(end) || 256 : undefined;
  return { ...head, data: octets.subarray(5, end), le };
}

/** One data object in BER-TLV; tags of one or two octets. */
export function tlv(tag: number, ...values: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(values);
  const head = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const size =
    value.length < 0x80
      ? [value.length]
      : value.length < 0x100
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([...head, ...size]), value]);
}

/** The data objects that stand one after the other, by tag. Throws Status where they do not fit. */
export function readTlv(octets: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  let at = 0;
  const next = () => {
    if (at >= octets.length) throw new Status(status.wrongData);
    return octets.readUInt8(at++);
  };
  while (at < octets.length) {
    let tag = next();
    if ((tag & 0x1f) === 0x1f) tag = (tag << 8) | next();
    let length = next();
    if (length > 0x80) {
      let count = length & 0x7f;
      for (length = 0; count > 0; count--) length = (length << 8) | next();
    }
    if (at + length > octets.length) throw new Status(status.wrongData);
    found.set(tag, octets.subarray(at, at + length));
    at += length;
  }
  return found;
}
