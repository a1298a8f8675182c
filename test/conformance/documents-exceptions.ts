/** Files of the suite of documents that are judged otherwise than expected, and why. */
export const exceptions: ReadonlyMap<string, string> = new Map([
  [
    'dss-cades-CAdES-BpB-att-SHA256-SHA3_256withRSAandMGF1.p7m',
    'message digest SHA-256 beside a signature algorithm of SHA3-256: CMS knows one hash function (RFC 5652, section 5.3)',
  ],
  [
    'dss-xades-xades-ecc-brainpool',
    'a key on a Brainpool curve: refused as an algorithm that is not accepted, so that nothing is computed under it',
  ],
  [
    'dss-pades-corrupted',
    'the changed octet makes the cross-references lead nowhere: refused as malformed, before any hash is asked for',
  ],
  ...['multifiles-wrong-file.asice', 'onefile-wrong-file.asice', 'onefile-wrong-file.asics'].map(
    (name): [string, string] => [
      `dss-asic-xades-${name}`,
      'the signed name is not in the container, so that the signed file is missing; the source takes the other file for a changed one',
    ],
  ),
]);
