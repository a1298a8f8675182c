/** PEM (RFC 7468) of one value. */
export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The first value with that label in PEM, or the octets as they are where they are not PEM. */
export function fromPem(label: string, octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets).toString('latin1');
  const block = new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`).exec(text)?.[1];
  return block === undefined ? octets : Buffer.from(block, 'base64');
}
