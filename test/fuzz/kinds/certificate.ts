import { type Certificate, parseCertificate } from '../../../src/certificate/certificate.ts';
import { verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { contextOf, makeAuthority, pathsIn } from './house.ts';

/** A certificate with a path to a root. */
export const certificate: Kind = {
  name: 'certificate',
  form: 'der',
  meaning: 'number, names, term, key and extensions',
  async make() {
    const { authority, signer } = await makeAuthority('ecdsa-p256');
    return {
      inputs: new Map([['signer', signer.certificate]]),
      context: new Map(contextOf(authority)),
    };
  },
  judge(material) {
    const find = pathsIn(material);
    return (octets) => verdictOf(() => meaningOf(find(parseCertificate(octets)).certificates[0]));
  },
};

function meaningOf({ fields, subject, issuer, serialNumberHex, notBefore, notAfter }: Certificate): string {
  const extensions = [...fields.extensions.values()].map(({ oid, isCritical, value }) => [
    ...[oid, isCritical, hex(value)],
  ]);
  const key = hex(fields.publicKey.der);
  return JSON.stringify([serialNumberHex, subject, issuer, notBefore, notAfter, key, extensions]);
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
