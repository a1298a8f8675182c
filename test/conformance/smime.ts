/** A signed S/MIME message: the CMS, and the content where the signature is detached (RFC 8551, section 3.5). */
export interface SignedMail {
  readonly message: Buffer;
  readonly content: Buffer | undefined;
}

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function split(text: string): Part {
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) throw new Error('no body in the message');
  const headers = new Map<string, string>();
  for (const line of text
    .slice(0, end.index)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: text.slice(end.index + end[0].length) };
}

/** Reads `multipart/signed` and `application/pkcs7-mime`; line ends of the content become CRLF as they were signed. */
export function readSignedMail(mail: Buffer): SignedMail {
  const whole = split(mail.toString('latin1'));
  const type = whole.headers.get('content-type') ?? '';
  if (!/^multipart\/signed/i.test(type))
    return { message: Buffer.from(whole.body, 'base64'), content: undefined };
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) throw new Error('no boundary in the message');
  const [, content, signature] = `\n${whole.body}`.split(
    new RegExp(`\\r?\\n--${RegExp.escape(boundary)}(?:--)?[ \\t]*(?:\\r?\\n|$)`),
  );
  if (content === undefined || signature === undefined) throw new Error('parts are missing');
  const canonical = content.replace(/\r?\n/g, '\r\n');
  return { message: Buffer.from(split(signature).body, 'base64'), content: Buffer.from(canonical, 'latin1') };
}
