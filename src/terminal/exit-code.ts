import type { SealgateError } from '../error.ts';

/** Exit codes of the command line: 0 passed, 1 refused, 2 could not be decided, 64 wrong usage. */
export const exitCode = { passed: 0, refused: 1, undecided: 2, usage: 64 } as const;

/** What the caller or the operator has to set right before anything can be asked. */
const usage: ReadonlySet<string> = new Set([
  'argument_invalid',
  'command_invalid',
  'configuration_invalid',
  'encoding_unexpected',
  'file_unreadable',
  'file_unwritable',
]);

/** Failures of the surroundings, which leave open what the answer would have been. */
const surroundings =
  /^(?:pkcs11_|token_(?:choice|not_|removed|uninitialized|in_use)|login_ended|key_choice|certificate_choice|signing_timed_out|agent_|command_failed|stand_|service_|database_|evidence_malformed)/;

/** Exit code of a command that ended with `failure`: refused unless something else stood in the way of an answer. */
export function exitCodeOf({ code, failure: { subIndication, status = 0 } }: SealgateError): number {
  if (usage.has(code)) return exitCode.usage;
  const isOpen = subIndication === 'TRY_LATER' || status >= 500 || status === 429 || surroundings.test(code);
  return isOpen ? exitCode.undecided : exitCode.refused;
}
