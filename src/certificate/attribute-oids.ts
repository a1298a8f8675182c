import { declareOids } from '../asn1/oid.ts';

/** Attribute types of distinguished names (RFC 4519, RFC 5280, RFC 9215 section 5.1). */
export const attributeOids = declareOids({
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  state: '2.5.4.8',
  street: '2.5.4.9',
  organisation: '2.5.4.10',
  organisationalUnit: '2.5.4.11',
  title: '2.5.4.12',
  postalAddress: '2.5.4.16',
  givenName: '2.5.4.42',
  organisationIdentifier: '2.5.4.97',
  email: '1.2.840.113549.1.9.1',
  domainComponent: '0.9.2342.19200300.100.1.25',
  ogrn: '1.2.643.100.1',
  snils: '1.2.643.100.3',
  innLegalEntity: '1.2.643.100.4',
  ogrnip: '1.2.643.100.5',
  inn: '1.2.643.3.131.1.1',
});
