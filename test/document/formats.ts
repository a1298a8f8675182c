import { makeContainer } from '../../src/signing/container.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { signPdf } from '../../src/signing/pdf.ts';
import { signXml } from '../../src/signing/xml.ts';
import type { Signer } from '../../src/token/signer.ts';
import type { Archive } from './archive.ts';
import { packedPdf, samplePdf, sampleXml } from './samples.ts';

/** Makes a signed document of level B. */
type Make = (signer: Signer, archive: Archive) => Promise<Uint8Array>;

/** Every format that documents are made in. */
export const formats: Readonly<Record<string, Make>> = {
  'CMS, detached': (signer, { content, now }) =>
    makeMessage(content, signer, { signingTime: now, isDetached: true }),
  'CMS, attached': (signer, { content, now }) => makeMessage(content, signer, { signingTime: now }),
  'PDF with a table of references': async (signer, { now }) =>
    signPdf(await samplePdf(), signer, { signingTime: now }),
  'PDF with packed objects': (signer, { now }) => signPdf(packedPdf(), signer, { signingTime: now }),
  XML: (signer, { now }) => signXml(sampleXml, signer, { signingTime: now }),
  'ASiC-E with CAdES': (signer, { content, now }) =>
    makeContainer([{ name: 'contract.txt', octets: content }], signer, { form: 'CAdES', signingTime: now }),
  'ASiC-E with XAdES': (signer, { content, now }) =>
    makeContainer([{ name: 'contract.txt', octets: content }], signer, { form: 'XAdES', signingTime: now }),
};
