/** Files of the suite of documents that are judged otherwise than expected, and why. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  [
    'dss-cades-CAdES-BpB-att-SHA256-SHA3_256withRSAandMGF1.p7m',
    'message digest SHA-256 beside a signature algorithm of SHA3-256: CMS knows one hash function (RFC 5652, section 5.3)',
  ],
]);
