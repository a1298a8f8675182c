/** Extensions of certificates as their standards name them; those that are decoded here bear the same names. */
const names: ReadonlyMap<string, string> = new Map([
  // RFC 5280, section 4.2.
  ['2.5.29.9', 'subjectDirectoryAttributes'],
  ['2.5.29.14', 'subjectKeyIdentifier'],
  ['2.5.29.15', 'keyUsage'],
  ['2.5.29.16', 'privateKeyUsagePeriod'],
  ['2.5.29.17', 'subjectAltName'],
  ['2.5.29.18', 'issuerAltName'],
  ['2.5.29.19', 'basicConstraints'],
  ['2.5.29.30', 'nameConstraints'],
  ['2.5.29.31', 'cRLDistributionPoints'],
  ['2.5.29.32', 'certificatePolicies'],
  ['2.5.29.33', 'policyMappings'],
  ['2.5.29.35', 'authorityKeyIdentifier'],
  ['2.5.29.36', 'policyConstraints'],
  ['2.5.29.37', 'extendedKeyUsage'],
  ['2.5.29.46', 'freshestCRL'],
  ['2.5.29.54', 'inhibitAnyPolicy'],
  ['1.3.6.1.5.5.7.1.1', 'authorityInfoAccess'],
  ['1.3.6.1.5.5.7.1.3', 'qcStatements'],
  ['1.3.6.1.5.5.7.1.11', 'subjectInfoAccess'],
  ['1.3.6.1.5.5.7.48.1.5', 'id-pkix-ocsp-nocheck'],
  // RFC 7633 and RFC 6962.
  ['1.3.6.1.5.5.7.1.24', 'tlsFeature'],
  ['1.3.6.1.4.1.11129.2.4.2', 'signedCertificateTimestampList'],
  // Order of the FSB no. 795 of 27 December 2011: what a qualified certificate says of the tools.
  ['1.2.643.100.111', 'subjectSignTool'],
  ['1.2.643.100.112', 'issuerSignTool'],
  ['1.2.643.100.114', 'identificationKind'],
  // Of Microsoft’s and Netscape’s programs.
  ['1.3.6.1.4.1.311.20.2', 'enrollCerttypeExtension'],
  ['1.3.6.1.4.1.311.21.1', 'caVersion'],
  ['1.3.6.1.4.1.311.21.7', 'certificateTemplate'],
  ['1.3.6.1.4.1.311.21.10', 'applicationCertPolicies'],
  ['2.16.840.1.113730.1.1', 'netscapeCertType'],
  ['2.16.840.1.113730.1.13', 'netscapeComment'],
]);

/** An extension by its name and its OID, `keyUsage (2.5.29.15)`; by the OID alone where it has no name here. */
export function nameOfExtension(oid: string): string {
  const name = names.get(oid);
  return name === undefined ? oid : `${name} (${oid})`;
}
