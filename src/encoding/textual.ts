/** One block of a textual encoding (RFC 7468), with the headers that RFC 1421 allows before its body. */
export interface TextBlock {
  /** Between BEGIN and the dashes, such as CERTIFICATE or PKCS #7 SIGNED DATA. */
  readonly label: string;
  /** The block as it stands, with its boundaries. */
  readonly whole: string;
  /** Undefined where the body is no base64, or is encrypted (Proc-Type of RFC 1421). */
  readonly octets: Uint8Array | undefined;
}

const begin = '-----BEGIN ';
const dashes = '-----';
const alphabet = /^[A-Za-z0-9+/]+={0,2}$/;
const header = /^[A-Za-z][A-Za-z0-9-]*:.*$/;

/** PEM (RFC 7468) of one value. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `${begin}${label}${dashes}\n${lines.join('\n')}\n-----END ${label}${dashes}\n`;
}

/**
 * The blocks of a text, whatever stands before, between and behind them. A block whose END is missing, or names another
 * label, has no octets. Each octet is looked at a bounded number of times.
 */
export function blocksIn(text: string): readonly TextBlock[] {
  const blocks: TextBlock[] = [];
  for (let start = text.indexOf(begin); start >= 0; ) {
    const labelStart = start + begin.length;
    const labelEnd = text.indexOf(dashes, labelStart);
    if (labelEnd < 0) break;
    const label = text.slice(labelStart, labelEnd);
    const end = `-----END ${label}${dashes}`;
    const next = text.indexOf(begin, labelEnd);
    const limit = next < 0 ? text.length : next;
    const bodyEnd = text.slice(labelEnd, limit).indexOf(end);
    const body = bodyEnd < 0 ? undefined : text.slice(labelEnd + dashes.length, labelEnd + bodyEnd);
    const whole = text.slice(start, bodyEnd < 0 ? limit : labelEnd + bodyEnd + end.length);
    blocks.push({ label, whole, octets: body === undefined ? undefined : octetsOfBody(body) });
    start = next;
  }
  return blocks;
}

/** Headers end at the first line that is none (RFC 1421, section 4.4); those of an encrypted key leave nothing to read. */
function octetsOfBody(body: string): Uint8Array | undefined {
  if (!body.includes(':')) return decodeBase64(body);
  const lines = body.split(/\r?\n/).map((line) => line.trim());
  const isHeader = (line: string) => line === '' || header.test(line);
  const first = lines.findIndex((line) => !isHeader(line));
  if (first < 0 || lines.slice(0, first).some((line) => line.startsWith('Proc-Type:'))) return undefined;
  return decodeBase64(lines.slice(first).join(''));
}

/**
 * The octets of base64 on one line or on many, with or without its padding; line ends may also stand as the two
 * characters `\n` that settings and JSON make of them. Undefined for what is no base64, and for nothing.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const plain = text.replaceAll(/\\[nr]/g, '').replaceAll(/\s+/g, '');
  return alphabet.test(plain) ? Buffer.from(plain, 'base64') : undefined;
}

const isControl = (octet: number) =>
  octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0c && octet !== 0x0d;

/** What programs leave behind the end: line ends, zeros, the end of a file under DOS. */
export function isFiller(octet: number): boolean {
  return octet === 0 || octet === 0x0a || octet === 0x0d || octet === 0x1a;
}

/**
 * The text that octets are: ASCII, UTF-8 or, by its byte order mark, UTF-16. Undefined where there are control
 * characters, which every encoding by DER or BER that is known here has.
 */
export function textOf(octets: Uint8Array): string | undefined {
  const [first, second] = octets;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(octets);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(octets);
  const text = octets.subarray(0, octets.findLastIndex((octet) => !isFiller(octet)) + 1);
  return text.some(isControl) ? undefined : new TextDecoder().decode(text);
}
