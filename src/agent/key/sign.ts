import { SealgateError } from '../../error.ts';
import { makeMessage } from '../../signing/message.ts';
import type { Signer } from '../../token/signer.ts';
import type { FileKeeper, FoundCertificate, TokenKeeper } from './found.ts';

/** What the person has entered for one signature. The PIN or password is wiped by whoever made it. */
export interface Entered {
  readonly pin: Uint8Array;
  /** Show the token the PIN though it may be the last try. */
  readonly confirmFinalTry: boolean;
}

/**
 * Signs `content` with the key of a certificate: a CAdES-BES message, DER. The token sees the PIN once, and a second
 * time only where its key wants it at each signature and the login has been accepted. Throws the failures of token,
 * PIN and key file, and `key_not_found` where another certificate's key answers.
 */
export async function signWith(
  { keeper, certificate }: FoundCertificate,
  content: Uint8Array,
  isDetached: boolean,
  entered: Entered,
): Promise<Uint8Array> {
  const signer =
    keeper.kind === 'token'
      ? await openToken(keeper, certificate.sha256, entered)
      : await openFile(keeper, entered);
  try {
    if (signer.certificate === undefined || Buffer.compare(signer.certificate, certificate.der) !== 0) {
      throw new SealgateError('key_not_found', { certificate: certificate.shortName });
    }
    return await makeMessage(content, signer, { isDetached, signingTime: Date.now() });
  } finally {
    await signer.close();
  }
}

function openToken({ module, token }: TokenKeeper, fingerprint: string, entered: Entered): Promise<Signer> {
  return module.signer({
    token: { label: token.label, serial: token.serial },
    key: { fingerprint },
    pin: ({ isAtPad }) => {
      if (isAtPad) return undefined;
      if (entered.pin.length === 0) throw new SealgateError('pin_unacceptable', { minimum: 1 });
      // A copy each time, since it is wiped after use.
      return Uint8Array.from(entered.pin);
    },
    confirmFinalTry: entered.confirmFinalTry,
  });
}

async function openFile({ path, certificate }: FileKeeper, { pin }: Entered): Promise<Signer> {
  // Loaded here, because it brings PKCS#12 along, and most people have a token.
  const { openKeyFile } = await import('../../token/key-file.ts');
  return openKeyFile(path, {
    ...(pin.length > 0 && { password: Uint8Array.from(pin) }),
    certificates: [certificate],
  });
}
