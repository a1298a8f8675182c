import { Crypto } from '@peculiar/webcrypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

let isReady = false;

/** Verifies a CMS message with its chain the way pkijs does it, everything parsed anew. */
export async function verifyWithPkijs(
  message: Uint8Array,
  root: Uint8Array,
  content: Uint8Array,
): Promise<void> {
  if (!isReady) {
    const crypto = new Crypto();
    pkijs.setEngine(
      'node',
      new pkijs.CryptoEngine({
        name: 'node',
        crypto: crypto as ConstructorParameters<typeof pkijs.CryptoEngine>[0]['crypto'],
      }),
    );
    isReady = true;
  }
  const parsed = asn1js.fromBER(message);
  const contentInfo = new pkijs.ContentInfo({ schema: parsed.result });
  const signedData = new pkijs.SignedData({ schema: contentInfo.content });
  const trusted = new pkijs.Certificate({ schema: asn1js.fromBER(root).result });
  const verdict = await signedData.verify({
    signer: 0,
    data: content.slice().buffer as ArrayBuffer,
    checkChain: true,
    trustedCerts: [trusted],
    extendedMode: true,
  });
  if (!verdict.signatureVerified) throw new Error(`pkijs does not verify: ${verdict.message}`);
}
