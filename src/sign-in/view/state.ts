import encodeQr from 'qr';
import { defined } from '../../optional.ts';
import type { Outcome, SignIn } from '../storage.ts';
import type { ShownLink, ShownSigner, View } from './model.ts';

/** White squares around a QR code (ISO/IEC 18004, section 9.1). */
const quiet = 4;

/** How a sign-in stands, for the first browser: `address` is that of the link to another screen. */
export function firstView(signIn: SignIn, address: string | undefined, now: number): View {
  const { state, other, outcome, challenge } = signIn;
  if (state === 'signed' && outcome !== undefined && other !== undefined) {
    return { kind: 'confirm', signer: signerOf(outcome), code: other.code, now };
  }
  if ((state === 'offered' || state === 'opened') && other !== undefined && now < other.expiresAt) {
    return {
      kind: 'offered',
      code: other.code,
      expiresAt: other.expiresAt,
      isOpened: state === 'opened',
      ...(address === undefined ? {} : { link: linkOf(address) }),
    };
  }
  return { kind: 'choice', isLive: false, challenge: challenge.challenge };
}

/** Who signed, out of what was decided. */
export function signerOf({ claims, certificate }: Outcome): ShownSigner {
  const { organisation, signer } = claims;
  return {
    organisation: organisation.name,
    ...defined({ inn: organisation.inn, ogrn: organisation.ogrn }),
    person: signer.name,
    ...defined({ position: signer.position }),
    ...(certificate === undefined
      ? {}
      : {
          authority: certificate.issuer,
          serialNumber: certificate.serialNumber,
          notAfter: certificate.notAfter,
        }),
  };
}

/** A link with its QR code, as the outline of its dark squares, a row after the other. */
export function linkOf(url: string): ShownLink {
  const rows = encodeQr(url, 'raw', { ecc: 'medium', border: quiet });
  let outline = '';
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x += 1;
      const width = x + 1 - start;
      outline += `M${start} ${y}h${width}v1h-${width}z`;
    }
  }
  return { url, outline, side: rows.length };
}
