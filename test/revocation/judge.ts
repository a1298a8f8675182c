import { Budget } from '../../src/budget/budget.ts';
import { atOnce } from '../../src/budget/slices.ts';
import { type CrlAnswer, type CrlQuestion, evaluateCrl } from '../../src/revocation/crl/evaluate.ts';
import { evaluateOcsp, type OcspQuestion, type OcspVerdict } from '../../src/revocation/ocsp/evaluate.ts';
import type { Payment } from '../../src/revocation/signed.ts';

function payment(): Payment {
  return { budget: new Budget(), origin: 'operator' };
}

/** The answer of `evaluateCrl` on a budget of its own; candidates are all valid and current, or none is. */
export function answerOfLists({
  isIssuerValid,
  ...question
}: Omit<CrlQuestion, 'payment' | 'isIssuerValid' | 'isIssuerCurrent'> & {
  readonly isIssuerValid: boolean;
}): CrlAnswer {
  const told = function* () {
    yield undefined;
    return isIssuerValid;
  };
  return atOnce(evaluateCrl({ ...question, payment: payment(), isIssuerValid: told, isIssuerCurrent: told }));
}

/** The verdict of `evaluateOcsp` on a budget of its own. */
export function verdictOfAnswer(question: Omit<OcspQuestion, 'payment'>): OcspVerdict {
  return atOnce(evaluateOcsp({ ...question, payment: payment() }));
}
