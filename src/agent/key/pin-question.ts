import { SealgateError } from '../../error.ts';
import type { PinState } from '../../token/flags.ts';
import type { FoundCertificate } from './found.ts';

/** What has to be entered to sign with a certificate. */
export type PinQuestion =
  /** The PIN of a token; `state` is what the token tells of the tries left. */
  | { readonly kind: 'pin'; readonly state: PinState }
  /** The PIN, at the reader's own keys. */
  | { readonly kind: 'pin-pad'; readonly state: PinState }
  /** The password of a key file. */
  | { readonly kind: 'password' }
  | { readonly kind: 'nothing' };

/** Asks the token how its PIN stands now. Throws `token_not_present` where it is gone, and the driver's failures. */
export async function pinQuestion({ keeper }: FoundCertificate): Promise<PinQuestion> {
  if (keeper.kind === 'file') return { kind: keeper.isEncrypted ? 'password' : 'nothing' };
  const { label, serial } = keeper.token;
  const tokens = await keeper.module.tokens();
  const token = tokens.find((each) => each.label === label && each.serial === serial);
  if (token === undefined) throw new SealgateError('token_not_present', { token: label.trim() });
  return { kind: token.hasPinPad ? 'pin-pad' : 'pin', state: token.pin };
}
