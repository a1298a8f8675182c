import { randomUUID } from 'node:crypto';
import type { LogoutFront } from '../../oidc/logout-rounds.ts';
import type { ClientSystem } from '../../relying-party/registry.ts';
import { type EsiaContext, issuerFor } from '../context.ts';
import { signCompact } from './jwt.ts';

/** A logout token is used at once, in seconds. */
const lifetime = 120;

/**
 * How client systems are told of the end of a session, where they registered an address. ЕСИА has nothing of the kind, so
 * that it is OpenID Connect's own logout token (Back-Channel Logout 1.0, section 2.4), with `urn:esia:sid` of the tokens
 * as `sid`: by the same issuer and key as the ID tokens, so that a system verifies it as it verifies those.
 */
export function esiaLogouts(context: Pick<EsiaContext, 'esia' | 'issuer'>): LogoutFront {
  return {
    addressOf: ({ esia }) => esia?.backchannelLogoutUri,
    async tokenFor(client, sid, at) {
      const { esia } = client;
      if (esia === undefined) throw new Error('a relying party that is no client system');
      const system: ClientSystem = { ...client, esia };
      const now = Math.floor(at / 1000);
      return signCompact(
        await context.esia.keys.signer(esia.tokenAlgorithm, at),
        { typ: 'logout+jwt' },
        {
          iss: issuerFor(context, system),
          aud: esia.mnemonic,
          iat: now,
          exp: now + lifetime,
          jti: randomUUID(),
          sid,
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        },
      );
    },
  };
}
