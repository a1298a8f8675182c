import { createRequire } from 'node:module';

const signatureUri = 'http://www.w3.org/2000/09/xmldsig#';
const exclusiveUri = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** What is used of xml-crypto and its parser; their own types bring those of browsers along, into every module. */
interface SignedXml {
  loadSignature(node: unknown): void;
  checkSignature(text: string): boolean;
  addReference(reference: {
    readonly xpath: string;
    readonly transforms: readonly string[];
    readonly digestAlgorithm: string;
    readonly isEmptyUri: boolean;
  }): void;
  computeSignature(text: string): void;
  getSignedXml(): string;
}
interface XmlCrypto {
  readonly SignedXml: new (options: Readonly<Record<string, string>>) => SignedXml;
}
interface Parser {
  readonly DOMParser: new () => {
    parseFromString(
      text: string,
      type: string,
    ): { getElementsByTagNameNS(uri: string, name: string): ArrayLike<unknown> };
  };
}

/** xml-crypto as a second opinion; keys and certificates are PEM. */
export function xmlCrypto() {
  const load = createRequire(import.meta.url);
  const { SignedXml } = load('xml-crypto') as XmlCrypto;
  const { DOMParser } = createRequire(load.resolve('xml-crypto'))('@xmldom/xmldom') as Parser;
  return {
    /** Whether the first signature of a document holds under a certificate's key. */
    verifies(text: string, publicCert: string): boolean {
      const document = new DOMParser().parseFromString(text, 'text/xml');
      const [node] = Array.from(document.getElementsByTagNameNS(signatureUri, 'Signature'));
      const signature = new SignedXml({ publicCert });
      signature.loadSignature(node);
      return signature.checkSignature(text);
    },
    /** A document with an enveloped signature over all of it. */
    signedBy(text: string, privateKey: string, publicCert: string): string {
      const signature = new SignedXml({
        ...{ privateKey, publicCert, canonicalizationAlgorithm: exclusiveUri },
        signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      });
      signature.addReference({
        xpath: '/*',
        transforms: [`${signatureUri}enveloped-signature`, exclusiveUri],
        digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
        isEmptyUri: true,
      });
      signature.computeSignature(text);
      return signature.getSignedXml();
    },
  };
}
