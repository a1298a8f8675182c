import { isFailure } from '../../error.ts';
import { parseSignedData } from '../../signature/signed-data.ts';
import { cadesOids } from './oids.ts';
import { certificatesIn, partsOf, revocationIn, valuesOfType } from './parts.ts';

/**
 * What is proven to exist together with a file: itself and, where it is a CMS message, everything in it of which the
 * existence may matter: values of signatures, tokens, certificates, lists and answers.
 */
export function octetsIn(file: Uint8Array): readonly Uint8Array[] {
  try {
    const { certificates, crls, ocspResponses, signers } = parseSignedData(file);
    const unsigned = partsOf(file).signers.flatMap((signer) => signer.unsigned);
    const revocation = valuesOfType(unsigned, cadesOids.revocationValues).map(revocationIn);
    return [
      file,
      ...signers.map(({ signature }) => signature),
      ...[...certificates, ...crls, ...ocspResponses],
      ...unsigned.flatMap(({ values }) => values),
      ...valuesOfType(unsigned, cadesOids.certificateValues).flatMap(certificatesIn),
      ...revocation.flatMap(({ lists, answers }) => [...lists, ...answers]),
    ];
  } catch (error) {
    if (!isFailure(error, 'signature_malformed')) throw error;
    return [file];
  }
}
