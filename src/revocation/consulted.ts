import type { CertificateList } from './crl/list.ts';
import type { OcspAnswer } from './ocsp/response.ts';

/** A list that a check looked at, and where it is published. */
export interface ConsultedList {
  readonly list: CertificateList;
  readonly url: string;
}

/** An OCSP answer that a check looked at: which responder gave it, and what the store finds it by (see `answerKey`). */
export interface ConsultedAnswer {
  readonly answer: OcspAnswer;
  readonly url: string;
  readonly key: string;
}

/**
 * Takes in every list and answer that checks look at and that did not come with the message, used or not, so that
 * the checks can be repeated without a network.
 */
export class Consulted {
  readonly lists: ConsultedList[] = [];
  readonly answers: ConsultedAnswer[] = [];
}
