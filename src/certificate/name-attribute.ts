/** One attribute of a distinguished name (RFC 5280, section 4.1.2.4). */
export interface NameAttribute {
  readonly type: string;
  /** Identifier octet of the value. */
  readonly tag: number;
  /** Content octets of the value. */
  readonly content: Uint8Array;
  /** The value as text; undefined where it is no character string or breaks its own encoding. */
  readonly text: string | undefined;
}
