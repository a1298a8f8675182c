import { certificateIn } from '../../encoding/certificates.ts';
import { SealgateError } from '../../error.ts';
import type { PinSource } from '../../token/pin.ts';
import { type Renewal, renew } from '../../token/renewal.ts';
import type { FoundToken } from './found-token.ts';

/** What is done to a token's PINs. */
export type PinCare = 'change' | 'unblock' | 'unblock-by-puk';

/** PINs as octets; whoever has made them wipes them. Of a reader with keys of its own they are empty. */
export interface TwoPins {
  /** The present PIN, the administrator's PIN or the PUK. */
  readonly present: Uint8Array;
  readonly wanted: Uint8Array;
}

/**
 * Changes the user's PIN, or sets a new one with the administrator's PIN or the PUK. Each PIN is shown to the token
 * once. Throws the failures of token and PIN.
 */
export async function carePin(
  { module, token }: FoundToken,
  care: PinCare,
  { present, wanted }: TwoPins,
  confirmFinalTry: boolean,
): Promise<void> {
  const access = { token: selectorOf(token), pin: sourceOf(present), confirmFinalTry };
  switch (care) {
    case 'change':
      return module.changePin(access, sourceOf(wanted));
    case 'unblock':
      return module.unblockPin(access, sourceOf(wanted));
    case 'unblock-by-puk':
      return module.unblockWithPuk(access, sourceOf(wanted));
  }
}

/**
 * Sets up a token that was never set up; nothing is ever erased from here. Throws `request_malformed` for one that was, and
 * the failures of token and PIN.
 */
export async function setUp(
  { module, token }: FoundToken,
  label: string,
  { present: officerPin, wanted: userPin }: TwoPins,
): Promise<void> {
  if (token.isInitialized)
    throw new SealgateError('request_malformed', { field: 'token', problem: 'it is set up' });
  const pins = token.hasPinPad ? { officerPin: null, userPin: null } : { officerPin, userPin };
  await module.initialise({ label, ...pins });
}

/** Writes an issued certificate, PEM or DER, beside its key; gives whether it was not there yet. */
export async function importIssued(
  { module, token }: FoundToken,
  certificate: Uint8Array,
  pin: Uint8Array,
): Promise<boolean> {
  const access = { token: selectorOf(token), pin: sourceOf(pin) };
  const { isNew } = await module.importCertificate(access, certificateIn(certificate));
  return isNew;
}

/**
 * A new key on the same token, and the request for the certificate that follows the one of that SHA-256 (hexadecimal).
 * Throws `key_not_found` where the token does not show it, and the failures of token and PIN.
 */
export async function renewOn(
  { module, token, contents }: FoundToken,
  fingerprint: string,
  pin: Uint8Array,
): Promise<Renewal> {
  const present = contents.keys
    .flatMap(({ certificates }) => certificates)
    .find(({ certificate }) => certificate.sha256 === fingerprint);
  if (present === undefined) throw new SealgateError('key_not_found', {});
  return renew(module, token, present, { pin: sourceOf(pin) }, Date.now());
}

/** What is removed from a token for good: a key with its certificates, or one certificate. */
export type Removed = { readonly key: string } | { readonly certificate: string };

/** Removes a key, by its CKA_ID (hexadecimal), or a certificate, by its SHA-256 (hexadecimal). Throws the failures of token and PIN. */
export async function removeFrom(
  { module, token }: FoundToken,
  removed: Removed,
  pin: Uint8Array,
): Promise<void> {
  const access = { token: selectorOf(token), pin: sourceOf(pin) };
  const removal =
    'key' in removed
      ? await module.removal(access, { id: removed.key }, 'key')
      : await module.removal(access, { fingerprint: removed.certificate }, 'certificate');
  try {
    await removal.carryOut();
  } finally {
    await removal.close();
  }
}

function selectorOf({ label, serial }: FoundToken['token']): {
  readonly label: string;
  readonly serial: string;
} {
  return { label, serial };
}

/** A copy each time, since it is wiped after use; nothing for what is entered at the reader. */
function sourceOf(pin: Uint8Array): PinSource {
  return ({ isAtPad }) => (isAtPad ? undefined : Uint8Array.from(pin));
}
