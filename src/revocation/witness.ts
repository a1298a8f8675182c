import type { CertificateList } from './crl/list.ts';
import type { OcspAnswer } from './ocsp/response.ts';

/** Told of every list and answer that a check looked at and that did not come with the message, so that it can be repeated. */
export interface RevocationWitness {
  /** `url` is where the list is published. */
  list(list: CertificateList, url: string): void;
  /** `key` is what the store finds the answer by (see `answerKey`). */
  answer(answer: OcspAnswer, url: string, key: string): void;
}
