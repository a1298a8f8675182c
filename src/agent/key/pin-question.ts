import { SealgateError } from '../../error.ts';
import type { Question } from '../view/model.ts';
import type { FoundCertificate } from './found.ts';

/** What has to be entered to sign with a certificate: a token is asked how its PIN stands now. Throws `token_not_present` where it is gone, and the driver's failures. */
export async function pinQuestion({ keeper }: FoundCertificate): Promise<Question> {
  if (keeper.kind === 'file') return { kind: keeper.isEncrypted ? 'password' : 'nothing' };
  const { label, serial } = keeper.token;
  const tokens = await keeper.module.tokens();
  const token = tokens.find((each) => each.label === label && each.serial === serial);
  if (token === undefined) throw new SealgateError('token_not_present', { token: label.trim() });
  if (token.pin === 'unneeded') return { kind: 'nothing' };
  return { kind: token.hasPinPad ? 'pin-pad' : 'pin', state: token.pin };
}
