import type { Budget } from '../budget/budget.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { parseSignedData, type SignedData } from './signed-data.ts';
import { type MessageCertificates, parseCertificates } from './signer-certificate.ts';

/** A message with all that is embedded in it, of which each is parsed once, however many signers ask. */
export class SignedMessage {
  readonly signedData: SignedData;
  private readonly budget: Budget;
  private readonly parse: (der: Uint8Array) => Certificate;
  private parsed: MessageCertificates | undefined;

  /** `parse` may be a CertificateMemory's. */
  constructor(signedData: SignedData, budget: Budget, parse: (der: Uint8Array) => Certificate) {
    this.signedData = signedData;
    this.budget = budget;
    this.parse = parse;
  }

  /** The certificates of the message; parsed when they are first asked for. Throws `budget_exhausted`. */
  get certificates(): MessageCertificates {
    this.parsed ??= parseCertificates(this.signedData.certificates, this.budget, this.parse);
    return this.parsed;
  }
}

/** Opens a CMS SignedData message; throws `signature_malformed` and `budget_exhausted`. */
export function openMessage(
  octets: Uint8Array,
  budget: Budget,
  parse: (der: Uint8Array) => Certificate = parseCertificate,
): SignedMessage {
  budget.spend('octets', octets.length);
  return new SignedMessage(parseSignedData(octets), budget, parse);
}
